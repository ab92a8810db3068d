"""An object as decoding into Go's types leaves it: refused where a type is wrong, in Go's words.

Pure. Empty values are dropped, and quantities written in their canonical form.
"""

import re
from typing import Any

from bot.core.units import parse_quantity
from bot.demo.cluster.formats import data
from bot.demo.cluster.kinds import Kind
from bot.demo.cluster.refusals import ApiRefusalError, JsonObject

# Their entries are kept whatever they are; without any they are dropped themselves.
_MAPS = {
    "annotations", "binaryData", "data", "labels", "matchLabels", "nodeSelector",
    "openAPIV3Schema", "stringData",
}  # fmt: skip
_QUANTITIES = {"allocatable", "averageValue", "capacity", "limits", "requests"}
# Truths that are not written when they are false.
_FALSE = {
    "hostIPC", "hostNetwork", "hostPID", "paused", "publishNotReadyAddresses", "readOnly", "stdin",
    "stdinOnce", "tty", "unschedulable",
}  # fmt: skip
_SCALARS: dict[str, tuple[type, ...]] = {
    "string": (str,), "bool": (bool,), "int32": (int,), "int64": (int,), "intstr": (int, str),
}  # fmt: skip
_WORDS = ((bool, "bool"), (str, "string"), (list, "array"), (dict, "object"), (int, "number"))
_NOT_A_QUANTITY = (
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
)


def decoded(kind: Kind, item: JsonObject) -> JsonObject:
    """Return the object in its canonical form, a copy of it.

    Raises:
        ApiRefusalError: 400, a value is of another type than its field, or no quantity.
    """
    try:
        _struct("ObjectMeta", item.get("metadata") or {}, "metadata.")
        _struct(kind.kind, item, "")
        return _kept(item)
    except ValueError as error:
        what = f'{kind.kind} in version "{kind.version}" cannot be handled as a {kind.kind}'
        raise ApiRefusalError(400, "BadRequest", f"{what}: {error}") from None


def _struct(name: str, value: JsonObject, path: str) -> None:
    for field, type_ in data("types").get(name, {}).items():
        if value.get(field) is not None:
            _check(type_, value[field], f"{name}.{path}{field}", f"{path}{field}.")


def _check(type_: str, value: Any, where: str, path: str) -> None:
    """Check a value against its type; `where` is Go's name of the field, `path` leads on."""
    if type_.startswith("[]"):
        _demand(isinstance(value, list), value, where, type_)
        for each in value:
            _check(type_[2:], each, where, path)
    elif type_ in ("map", "bytes"):
        _demand(isinstance(value, dict), value, where, "map[string]string")
        for each in value.values():
            _demand(isinstance(each, str), each, where, "string" if type_ == "map" else "[]uint8")
            _check_base64(each if type_ == "bytes" else "")
    elif "." in type_:
        _demand(isinstance(value, dict), value, where, type_)
        _struct(type_.partition(".")[2], value, path)
    else:
        fits = isinstance(value, _SCALARS[type_])
        fits = fits and (type_ == "bool" or not isinstance(value, bool))
        _demand(fits, value, where, "int32" if type_ == "intstr" else type_)


def _demand(fits: bool, value: Any, where: str, type_: str) -> None:
    if not fits:
        word = next((word for kind, word in _WORDS if isinstance(value, kind)), f"number {value}")
        raise ValueError(
            f"json: cannot unmarshal {word} into Go struct field {where} of type {type_}"
        )


def _check_base64(text: str) -> None:
    right = len(re.match("[A-Za-z0-9+/\r\n]*={0,2}", text)[0])  # type: ignore[index]  # it is never None
    if right < len(text) or len(text.replace("\n", "").replace("\r", "")) % 4:
        raise ValueError(f"illegal base64 data at input byte {min(right, len(text) - 1)}")


def _kept(item: JsonObject) -> JsonObject:
    return {key: _value(key, value) for key, value in item.items() if not _is_empty(key, value)}


def _value(key: str, value: Any) -> Any:
    if key in _QUANTITIES:
        return _canonical(value)
    if isinstance(value, dict):
        return dict(value) if key in _MAPS else _kept(value)
    if isinstance(value, list):
        return [_kept(each) if isinstance(each, dict) else each for each in value]
    return value


def _canonical(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _canonical(each) for key, each in value.items()}
    try:
        return str(parse_quantity(str(value)))
    except ValueError:
        raise ValueError(_NOT_A_QUANTITY) from None


def _is_empty(key: str, value: Any) -> bool:
    if isinstance(value, dict):
        return not value and key in _MAPS
    return value is None or value in ("", []) or (value is False and key in _FALSE)
