"""A few words to say what a JSON value must look like, and the check that reads them.

Pure: takes a shape and a value, yields problems in Slack's own sentences and pointers.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias, assert_never

Json: TypeAlias = dict[str, Any]
"""An object as Slack's JSON carries it."""


@dataclass(frozen=True, slots=True)
class Str:
    """A string; lengths in characters."""

    longest: int | None = None
    shortest: int = 1
    choices: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Num:
    """A number, whole unless said otherwise, between two ends, both allowed."""

    least: float | None = None
    most: float | None = None
    above: float | None = None
    """The greatest number that is too small."""
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""


@dataclass(frozen=True, slots=True)
class Many:
    """A list whose items all have one shape."""

    of: "Shape"
    most: int | None = None
    least: int = 1


@dataclass(frozen=True, slots=True)
class Record:
    """An object with these fields and, unless it is open, no others."""

    required: Mapping[str, "Shape"]
    optional: Mapping[str, "Shape"] = field(default_factory=dict)
    either: tuple[str, ...] = ()
    """Of these optional fields at least one must be there."""
    open: bool = False


@dataclass(frozen=True, slots=True)
class Tagged:
    """An object whose `type` says which record it is."""

    variants: Mapping[str, Record]


Shape: TypeAlias = Str | Num | Flag | Many | Record | Tagged


def record(
    optional: Mapping[str, Shape] | None = None, either: tuple[str, ...] = (), **required: Shape
) -> Record:
    """Return a record whose required fields are written as keyword arguments."""
    return Record(required, optional or {}, either)


def one_of(*choices: str) -> Str:
    """Return a string that is one of these."""
    return Str(choices=frozenset(choices))


def problem(sentence: str, at: str) -> str:
    """Return a sentence with its place, as Slack writes it."""
    return f"{sentence} [json-pointer:{at}]"


def check(shape: Shape, value: object, at: str) -> Iterator[str]:
    """Yield what is wrong with `value`, which stands at the JSON pointer `at`."""
    match shape:
        case Str():
            yield from _check_string(shape, value, at)
        case Num():
            yield from _check_number(shape, value, at)
        case Flag():
            if not isinstance(value, bool):
                yield problem("must provide a boolean", at)
        case Many():
            yield from _check_list(shape, value, at)
        case Record():
            yield from _check_record(shape, value, at)
        case Tagged():
            yield from _check_tagged(shape, value, at)
        case _:
            assert_never(shape)


def _check_string(shape: Str, value: object, at: str) -> Iterator[str]:
    if not isinstance(value, str):
        yield problem("must provide a string", at)
        return
    if shape.longest is not None and len(value) > shape.longest:
        yield problem(f"must be less than {shape.longest + 1} characters", at)
    if len(value) < shape.shortest:
        yield problem(f"must be more than {shape.shortest - 1} characters", at)
    if shape.choices is not None and value not in shape.choices:
        yield problem("must be a valid enum value", at)


def _check_number(shape: Num, value: object, at: str) -> Iterator[str]:
    kinds = int if shape.whole else int | float
    if not isinstance(value, kinds) or isinstance(value, bool):
        yield problem("must provide a number", at)
        return
    if shape.least is not None and value < shape.least:
        yield problem(f"must be greater than or equal to {shape.least}", at)
    if shape.above is not None and value <= shape.above:
        yield problem(f"must be greater than {shape.above}", at)
    if shape.most is not None and value > shape.most:
        yield problem(f"must be less than or equal to {shape.most}", at)


def _check_list(shape: Many, value: object, at: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield problem("must provide an array", at)
        return
    if shape.most is not None and len(value) > shape.most:
        yield problem(f"no more than {shape.most} items allowed", at)
    if len(value) < shape.least:
        yield problem(f"no fewer than {shape.least} items allowed", at)
    for index, item in enumerate(value):
        yield from check(shape.of, item, f"{at}/{index}")


def _check_record(shape: Record, value: object, at: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield problem("must provide an object", at)
        return
    for name in shape.required:
        if name not in value:
            yield problem(f"missing required field: {name}", at)
    if shape.either and not any(name in value for name in shape.either):
        names = " or ".join(f"`{name}`" for name in shape.either)
        yield problem(f"must define either {names}", f"{at}/type")
    known = {**shape.required, **shape.optional}
    for name, item in value.items():
        if name in known:
            yield from check(known[name], item, f"{at}/{name}")
        elif name != "type" and not shape.open:
            yield problem(f"invalid additional property: {name}", at)


def _check_tagged(shape: Tagged, value: object, at: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield problem("must provide an object", at)
        return
    kind = value.get("type")
    if kind is None:
        yield problem("missing required field: type", at)
    elif not isinstance(kind, str) or kind not in shape.variants:
        yield problem(f"unsupported type: {kind}", f"{at}/type")
    else:
        yield from check(shape.variants[kind], value, at)
