"""What `-o` asks for, read once. Pure.

Rules: kubectl 1.37 `pkg/cmd/get/{get_flags,customcolumn}.go`, cli-runtime `pkg/genericclioptions`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias, assert_never

from bot.core.errors import UsageError
from bot.core.plan import Plan
from bot.core.ports import JsonObject
from bot.core.reply import Row, Text
from bot.kube import documents
from bot.kube.jsonpath import values
from bot.kube.jsonpath.finding import find
from bot.kube.jsonpath.reading import Template, TemplateError, read_template, relaxed
from bot.kube.jsonpath.values import PathError
from bot.kube.jsonpath.writing import checked, printed

_FORMATS = (
    "custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,"
    "jsonpath-as-json,jsonpath-file,kyaml,name,template,templatefile,wide,yaml"
)
_PLAIN_FORMATS = (
    "go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,kyaml,name,"
    "template,templatefile,yaml"
)
_WORKING = "Here these work: -o wide, -o yaml, -o json, -o name, -o jsonpath=…, -o custom-columns=…"


@dataclass(frozen=True, slots=True)
class Human:
    """A table for people."""

    wide: bool


@dataclass(frozen=True, slots=True)
class Documents:
    """Whole objects, as YAML or as JSON."""

    yaml: bool


@dataclass(frozen=True, slots=True)
class Names:
    """`type/name`, a line each."""


@dataclass(frozen=True, slots=True)
class Jsonpath:
    """A template, filled from one object or from the list of all."""

    template: str
    as_json: bool


@dataclass(frozen=True)
class Columns:
    """Columns of one's own, each a path."""

    headers: tuple[str, ...]
    paths: tuple[str, ...]

    @cached_property
    def templates(self) -> tuple[Template, ...]:
        """Return the paths, read; kubectl reads them when it has the objects.

        Raises:
            UsageError: one of them cannot be read.
        """
        return tuple(map(_template, self.headers, self.paths))

    def row(self, item: Any) -> Row:
        """Return an object's cells; several values of one path stand in one cell.

        Raises:
            UsageError: a path cannot be gone in this object.
        """
        return tuple(_cell(path, item) for path in self.templates)


Plain: TypeAlias = Documents | Names | Jsonpath
"""What commands offer that print one object and not what `get` prints."""
Output: TypeAlias = Human | Plain | Columns


def read_output(typed: str, template: str = "") -> Output:
    """Return what was asked for; `template` is the text of `--template`.

    Raises:
        UsageError: kubectl knows no such format, or it does not work here.
    """
    if typed in ("", "wide"):
        return Human(wide=typed == "wide")
    name, given, text = typed.partition("=")
    text = text if given else template
    match name:
        case "jsonpath" | "jsonpath-as-json":
            return _jsonpath(name, text)
        case "custom-columns":
            return _columns(text)
        case _:
            pass
    # These three in any case.
    if typed.lower() in ("yaml", "json"):
        return Documents(yaml=typed.lower() == "yaml")
    if typed.lower() == "name":
        return Names()
    raise _unmatched(typed, _FORMATS)


def read_plain(typed: str) -> Plain | None:
    """Return what was asked for where there are neither wide nor own columns; None: a table.

    Raises:
        UsageError: kubectl knows no such format, or it does not work here.
    """
    name = typed.partition("=")[0]
    if not typed:
        return None
    if name in ("wide", "custom-columns"):
        raise _unmatched(typed, _PLAIN_FORMATS)
    try:
        output = read_output(typed)
    except _FormatError:
        raise _unmatched(typed, _PLAIN_FORMATS) from None
    return output if isinstance(output, Documents | Names | Jsonpath) else None


def written(output: Plain, found: JsonObject, names: str) -> Text:
    """Return an object as it was asked for; `names` is what `-o name` prints of it."""
    match output:
        case Documents(yaml):
            text = documents.to_yaml(found) if yaml else documents.to_json(found)
            return Text(text, "yaml" if yaml else "json")
        case Names():
            return Text(names)
        case Jsonpath(template, as_json):
            return Text(printed(template, found, as_json=as_json))
        case _:
            assert_never(output)


def said_of_nothing(plan: Plan) -> str:
    """Return what a plan without steps says."""
    if plan.output and plan.shown:
        documents_ = enumerate(plan.shown)
        return "".join(_document(plan.output, item, first=not at) for at, item in documents_)
    return "".join(f"{line}\n" for line in (*plan.done, *plan.ending))


def _document(typed: str, item: JsonObject, *, first: bool) -> str:
    output = read_plain(typed) or Names()
    name = f"{item['kind'].lower()}/{item['metadata']['name']}\n"
    between = "---\n" if isinstance(output, Documents) and output.yaml and not first else ""
    return between + written(output, documents.prepared(dict(item)), name).text


class _FormatError(UsageError):
    """There is no such format."""


def _unmatched(typed: str, formats: str) -> "_FormatError":
    return _FormatError(
        f'error: unable to match a printer suitable for the output format "{typed}",'
        f" allowed formats are: {formats}",
        next_step=_WORKING,
    )


def _jsonpath(name: str, template: str) -> Jsonpath:
    if not template:
        raise UsageError(
            "error: template format specified but no template given",
            next_step="Such as -o jsonpath='{.items[*].metadata.name}'",
        )
    checked(template)
    return Jsonpath(template, as_json=name == "jsonpath-as-json")


def _columns(spec: str) -> Columns:
    if not spec:
        raise UsageError(
            "error: custom-columns format specified but no custom columns given",
            next_step="Such as -o custom-columns=NAME:.metadata.name,NODE:.spec.nodeName",
        )
    pairs = [_column(part) for part in spec.split(",")]
    return Columns(tuple(header for header, _ in pairs), tuple(path for _, path in pairs))


def _column(part: str) -> tuple[str, str]:
    header, colon, path = part.partition(":")
    if not colon:
        raise UsageError(
            f"error: unexpected custom-columns spec: {part}, expected <header>:<json-path-expr>"
        )
    return header, relaxed(path)


def _template(header: str, path: str) -> Template:
    try:
        return read_template(path)
    except TemplateError as error:
        raise UsageError(f"error: {error}", next_step=f"Look at the path of {header}.") from None


def _cell(path: Template, item: Any) -> str:
    try:
        found: Sequence[Any] = [value for piece in find(path, item) for value in piece]
    except PathError as error:
        raise UsageError(f"error: {error}") from error
    return ",".join(map(values.general, found)) if found else "<none>"
