"""What a field is for, from the cluster's own OpenAPI document. Pure.

Rules: kubectl 1.37 `pkg/explain/v2/templates/plaintext.tmpl`, odd blank lines included.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from bot.core.errors import UsageError
from bot.core.ports import JsonObject, Resource

Schema: TypeAlias = dict[str, Any]
_GVK = "x-kubernetes-group-version-kind"
# So many values of a field are shown in a list of fields.
_ENUM = 4
_NO_BREAK = "\u00a0"


@dataclass(frozen=True, slots=True)
class Explainer:
    """One OpenAPI v3 document, and how much of it is wanted."""

    document: JsonObject
    recursive: bool = False
    max_depth: int = 0
    """0: no limit."""

    def explain(self, resource: Resource, path: Sequence[str]) -> str:
        """Return the text about a type, or about the field of it that the path leads to.

        Raises:
            UsageError: the document has no such type or field; the text is kubectl's.
        """
        gvk = {"group": resource.group, "version": resource.version, "kind": resource.kind}
        schema = next((s for s in self._schemas() if gvk in (s.get(_GVK) or ())), None)
        if schema is None:
            shown = f"map[group:{resource.group} kind:{resource.kind} version:{resource.version}]"
            raise UsageError(f"error: GVK {shown} not found in OpenAPI schema")
        text = self._output(schema, list(path), frozenset())
        if not text:
            raise UsageError(
                f'error: field "{path[-1]}" does not exist',
                next_step="`explain` without the last word lists the fields that there are.",
            )
        return f"{text}\n"

    def _schemas(self) -> Iterable[Schema]:
        found: dict[str, Schema] = (self.document.get("components") or {}).get("schemas") or {}
        return [found[name] for name in sorted(found)]

    def _output(self, schema: Schema, path: list[str], seen: frozenset[str]) -> str:
        reference = schema.get("$ref", "")
        resolved = self._resolved(reference) or schema
        if not path:
            return self._whole(resolved)
        if reference and reference in seen:
            return ""
        seen |= {reference}
        properties = resolved.get("properties") or {}
        if path[0] in properties:
            inner = properties[path[0]]
            head = ""
            if len(path) == 1:
                head = f"FIELD: {path[0]} <{self._type(inner)}>\n{_long_enum(inner)}\n\n"
            return head + self._output(inner, path[1:], frozenset())
        if resolved.get("items"):
            return self._output(resolved["items"], path, seen)
        if isinstance(resolved.get("additionalProperties"), dict):
            return self._output(resolved["additionalProperties"], path, seen)
        found = (self._output(each, path, seen) for each in resolved.get("allOf") or ())
        return next(filter(None, found), "")

    def _whole(self, schema: Schema) -> str:
        described = self._description(schema) or "<empty>"
        text = f"DESCRIPTION:\n{_indented(wrapped(described, 76), 4)}\n"
        if documents := schema.get("externalDocs"):
            text += "\n" + _external(documents, 0)
        fields = self._fields(schema, 1, frozenset())
        return text + (f"FIELDS:\n{fields}" if fields else "")

    def _description(self, schema: Schema) -> str:
        schema = self._resolved(schema.get("$ref", "")) or schema
        text = f"{schema['description']}\n" if schema.get("description") else ""
        for inner in _inner(schema):
            text += self._description(inner)
        return text

    def _fields(self, schema: Schema, level: int, seen: frozenset[str]) -> str:
        reference = schema.get("$ref", "")
        if reference and reference in seen:
            return ""
        seen |= {reference}
        resolved = self._resolved(reference) or schema
        text = ""
        for name, field in sorted((resolved.get("properties") or {}).items()):
            text += self._field(resolved, name, level)
            if self.recursive and (not self.max_depth or level < self.max_depth):
                text += self._fields(field, level + 1, seen)
        return text + "".join(self._fields(inner, level, seen) for inner in _inner(resolved))

    def _field(self, schema: Schema, name: str, level: int) -> str:
        field, indent = schema["properties"][name], 2 * level
        required = " -required-" if name in (schema.get("required") or ()) else ""
        line = (
            f"{' ' * indent}{name}\t<{self._type(field)}>{required}{_short_enum(field, indent)}\n"
        )
        if self.recursive:
            return line
        described = field.get("description") or "<no description>"
        text = f"{line}{_indented(wrapped(described, 78 - indent), indent + 2)}\n"
        if documents := field.get("externalDocs"):
            text += "\n" + _external(documents, indent + 2)
        return f"{text}\n"

    def _type(self, schema: Schema) -> str:
        alternatives: list[Schema] = schema.get("allOf") or []
        if schema.get("items"):
            return f"[]{self._type(schema['items'])}"
        if isinstance(schema.get("additionalProperties"), dict) and schema["additionalProperties"]:
            return f"map[string]{self._type(schema['additionalProperties'])}"
        if len(alternatives) == 1 and not schema.get("properties"):
            return self._type(alternatives[0])
        reference = schema.get("$ref")
        if reference:
            kind = (self._resolved(reference) or {}).get("type")
            if not kind or kind == "object":
                return str(reference).rpartition("/")[2].rpartition(".")[2] or "Object"
            return str(kind)
        kind = schema.get("type")
        return "Object" if not kind or kind == "object" else str(kind)

    def _resolved(self, reference: str) -> Schema | None:
        if not reference.startswith("#"):
            return None
        found: Any = self.document
        for part in filter(None, reference.removeprefix("#").split("/")):
            found = found.get(part) if isinstance(found, dict) else None
        return found if isinstance(found, dict) else None


def heading(resource: Resource) -> str:
    """Return the lines that say which type is explained."""
    group = f"GROUP:      {resource.group}\n" if resource.group else ""
    return f"{group}KIND:       {resource.kind}\nVERSION:    {resource.version}\n\n"


def _inner(schema: Schema) -> list[Schema]:
    more = schema.get("additionalProperties")
    return [
        *(schema.get("allOf") or ()),
        *([schema["items"]] if schema.get("items") else ()),
        *([more] if isinstance(more, dict) and more else ()),
    ]


def _external(documents: Schema, indent: int) -> str:
    text = f"{' ' * indent}EXTERNAL DOCS:\n"
    if documents.get("description"):
        text += f"{_indented(wrapped(documents['description'], 76), indent + 4)}\n"
    if documents.get("url"):
        text += f"{' ' * (indent + 4)}URL: {documents['url']}\n"
    return text


def _long_enum(schema: Schema) -> str:
    if not schema.get("enum"):
        return ""
    return "ENUM:" + "".join(f"\n    {_shown(each)}" for each in schema["enum"])


def _short_enum(schema: Schema, indent: int) -> str:
    values = schema.get("enum") or ()
    if not values:
        return ""
    more = ", ...." if len(values) > _ENUM else ""
    return f"\n{' ' * indent}enum: {', '.join(map(_shown, values[:_ENUM]))}{more}"


def _shown(value: object) -> str:
    return '""' if value == "" else str(value)


def _indented(text: str, amount: int) -> str:
    pad = " " * amount
    return pad + text.replace("\n", f"\n{pad}")


def wrapped(text: str, limit: int) -> str:
    """Return the text in lines of at most `limit` characters, a longer word excepted.

    As Go's `mitchellh/go-wordwrap`: blanks are kept but where a line is broken.
    """
    lines = [_wrapped_line(line, limit) for line in text.split("\n")]
    return "\n".join(lines)


def _wrapped_line(line: str, limit: int) -> str:
    out, at = "", 0
    for blanks, word in _words(line):
        if not word:
            return out if at + len(blanks) > limit else out + blanks
        if at + len(blanks) + len(word) <= limit:
            out, at = out + blanks + word, at + len(blanks) + len(word)
        elif _broken_before(at + len(blanks), len(word), limit):
            out, at = f"{out}\n{word}", len(word)
        else:
            out, at = out + blanks + word, at + len(blanks) + len(word)
    return out


def _broken_before(at: int, length: int, limit: int) -> bool:
    # The break comes when the word first reaches the limit, unless it fills a line by itself then.
    return limit - at + 1 < limit or length < limit


def _words(line: str) -> Iterable[tuple[str, str]]:
    blanks = word = ""
    for char in line:
        if char.isspace() and char != _NO_BREAK:
            if word:
                yield blanks, word
                blanks = word = ""
            blanks += char
        else:
            word += char
    if blanks or word:
        yield blanks, word
