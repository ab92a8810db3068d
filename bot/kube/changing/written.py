"""A patch that somebody wrote: what it says, what it is about, and what would come of it. Pure.

Rules and texts: kubectl 1.37 `pkg/cmd/patch`; the API server's for what cannot be a patch.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import orjson
import yaml

from bot.core.errors import KubernetesError, UsageError
from bot.core.plan import JsonValue, Operation
from bot.core.ports import JsonObject
from bot.kube.changing.merging import merged, named, strategic
from bot.kube.patches import GONE, Path, at, patched, path_of

_TYPES = ("json", "merge", "strategic")
_OPS = {"test", "add", "replace", "remove", "move", "copy"}
_REJECTED = "the server rejected our request due to an error in our request"
_MAP = "map[string]interface {}"
_GO = {dict: "object", list: "array", str: "string", bool: "bool", int: "number", float: "number"}


@dataclass(frozen=True, slots=True)
class Written:
    """One patch, of one of the three types."""

    type: Literal["json", "merge", "strategic"]
    document: JsonValue
    """A list of operations for `json`, else an object."""

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Return the operations of a JSON Patch.

        Raises:
            KubernetesError: one of them is none, in the API server's words.
        """
        return tuple(_operation(each) for each in self.document)

    def applied(self, item: JsonObject) -> JsonObject:
        """Return the object as it would be, as far as that can be told here.

        Raises:
            KubernetesError: the patch does not fit the object, in the API server's words.
        """
        match self.type:
            case "json":
                return _applied(item, self.operations)
            case "merge":
                return dict(merged(item, self.document))
            case "strategic":
                return strategic(item, self.document)

    def taken(self, item: JsonObject) -> Iterator[tuple[Path, Path]]:
        """Yield from where to where the patch copies or moves a value."""
        for each in self.operations if self.type == "json" else ():
            if each.op in ("move", "copy"):
                yield path_of(item, each.source), _place(item, each.path, inserts=True)

    def about(self, item: JsonObject) -> list[Path]:
        """Return the fields that the patch reads or writes."""
        if self.type != "json":
            return [path for path in named(self.document) if path]
        paths = list[Path]()
        for each in self.operations:
            paths.append(_place(item, each.path, inserts=each.op in ("add", "move", "copy")))
            paths += [path_of(item, each.source)] if each.op in ("move", "copy") else []
        return paths


def read_patch(typed: str, kind: str) -> Written:
    """Return the patch that was typed.

    Raises:
        UsageError: it, or its type, cannot be read.
        KubernetesError: it cannot be a patch of its type.
    """
    if not typed:
        raise UsageError(
            "error: must specify --patch or --patch-file containing the contents of the patch",
            next_step="""Write it behind -p, such as -p '{"spec":{"paused":true}}'.""",
        )
    kind = kind.lower() or "strategic"
    if kind not in _TYPES:
        raise UsageError(f'error: --type must be one of [{" ".join(_TYPES)}], not "{kind}"')
    document = _read(typed)
    if kind == "json":
        _check(list, document, "[]handlers.jsonPatchOp", decoding=True)
        return Written("json", document)
    _check(dict, document, _MAP, decoding=kind == "merge")
    return Written("merge" if kind == "merge" else "strategic", document)


def _read(typed: str) -> JsonValue:
    text = typed.strip()
    # What begins like JSON has to be JSON, as with kubectl.
    if text.startswith("{"):
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError:
            raise _bad("invalid JSON patch") from None
    try:
        if any(isinstance(each, yaml.AliasEvent) for each in yaml.parse(text, _Loader)):
            raise UsageError(
                "error: the patch repeats another place of itself (*)",
                next_step="Write the value out where it is used.",
            )
        return yaml.load(text, _Loader)  # noqa: S506 - it makes plain values alone
    except yaml.YAMLError as error:
        why = getattr(error, "problem", None) or str(error)
        raise UsageError(f'error: unable to parse "{typed}": yaml: {why}') from None


class _Loader(yaml.CSafeLoader):
    """Reads plain values; a day stays a text, as in Go."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - overrides an attribute of PyYAML's
        first: [each for each in pairs if each[0] != "tag:yaml.org,2002:timestamp"]
        for first, pairs in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }


def _check(wanted: type, document: JsonValue, go: str, *, decoding: bool) -> None:
    if isinstance(document, wanted):
        return
    if document is None:
        raise _bad("Invalid JSON Patch")
    raise _mismatch(document, go, decoding=decoding)


def _mismatch(value: JsonValue, go: str, *, decoding: bool) -> KubernetesError:
    said = _GO.get(type(value), "value")
    before = "error decoding patch: " if decoding else ""
    return _bad(f"{before}json: cannot unmarshal {said} into Go value of type {go}")


def _operation(each: Any) -> Operation:
    if not isinstance(each, dict):
        raise _mismatch(each, "handlers.jsonPatchOp", decoding=True)
    path, source = each.get("path"), each.get("from", "")
    if each.get("op") not in _OPS or not isinstance(path, str) or not isinstance(source, str):
        raise rejected()
    if any(text and not text.startswith("/") for text in (path, source)):
        raise rejected()
    return Operation(each["op"], path, each.get("value"), source)


def _applied(item: JsonObject, steps: Sequence[Operation]) -> JsonObject:
    """Return the object after the operations, each as the API server's library does it."""
    for step in steps:
        path = path_of(item, step.path)
        if step.op == "test":
            if at(item, path) not in ((step.value, GONE) if step.value is None else (step.value,)):
                raise rejected()
            continue
        # It replaces what is not there, if its parent is.
        new = step.op == "replace" and at(item, path) is GONE
        try:
            item = patched(item, [Operation("add", step.path, step.value) if new else step])
        except UsageError:
            raise rejected() from None
    return item


def _place(item: JsonObject, pointer: str, *, inserts: bool) -> Path:
    path = path_of(item, pointer)
    # What is put between the elements of a list moves the others.
    within = inserts and path and isinstance(at(item, path[:-1]), list)
    return path[:-1] if within else path


def rejected() -> KubernetesError:
    """Return what the API server says of a JSON Patch that does not fit."""
    text = f"The request is invalid: {_REJECTED}"
    return KubernetesError(
        text,
        code=422,
        reason="Invalid",
        message=_REJECTED,
        next_step="Look at its paths and tests: `get` the object with -o yaml.",
    )


def _bad(message: str) -> KubernetesError:
    text = f"Error from server (BadRequest): {message}"
    return KubernetesError(text, code=400, reason="BadRequest", message=message)
