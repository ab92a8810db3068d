"""What stands between two expressions: arithmetic, comparison, and sets."""

import math
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from promql_parser import LabelModifierType, VectorMatchCardinality

from bot.demo.prometheus import numeric
from bot.demo.prometheus.refusals import QueryRefusedError
from bot.demo.prometheus.values import (
    Labels,
    Sample,
    Value,
    Vector,
    dropped,
    kept,
    nameless,
    scalar,
    spelt,
    with_label,
)

ARITHMETIC: Mapping[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": numeric.divided,
    "%": numeric.remainder,
    "^": numeric.power,
    "atan2": math.atan2,
}
COMPARISON: Mapping[str, Callable[[float, float], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
}
SETS = ("and", "or", "unless")


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator, and how the elements of two vectors find each other."""

    name: str
    tells: bool = False
    """A comparison answers 0 or 1 and leaves nothing out."""
    on: Sequence[str] | None = None
    ignoring: Sequence[str] = ()
    many: str = ""
    """The side of which several may match one: `left`, `right` or none."""
    included: Sequence[str] = ()
    """The labels that come over from the side of the one."""

    def joins(self, labels: Labels) -> Labels:
        """Return the labels that have to be equal."""
        return dropped(labels, self.ignoring) if self.on is None else kept(labels, self.on)

    def value(self, left: float, right: float) -> float | None:
        """Return what the operator makes of two numbers; None: the element is left out."""
        if self.name in ARITHMETIC:
            return ARITHMETIC[self.name](left, right)
        true = COMPARISON[self.name](left, right)
        if self.tells:
            return float(true)
        return left if true else None

    @property
    def renames(self) -> bool:
        """Return whether a result is no longer what its metric's name says."""
        return self.tells or self.name in ARITHMETIC


def operation(node: Any) -> Operation:
    """Return what a node of the tree asks for."""
    modifier, name = node.modifier, str(node.op)
    if modifier is None:
        return Operation(name)
    matching, card = modifier.matching, modifier.card
    labels = list(matching.labels) if matching else []
    listed = bool(matching) and matching.type == LabelModifierType.Include
    sides = {"left": VectorMatchCardinality.ManyToOne, "right": VectorMatchCardinality.OneToMany}
    return Operation(
        name,
        tells=modifier.return_bool,
        on=labels if listed else None,
        ignoring=() if listed else labels,
        many=next((side for side, each in sides.items() if card == each), ""),
        included=list(modifier.group_labels or ()),
    )


def between(this: Operation, left: Value, right: Value) -> Value:
    """Return what the operator makes of two scalars, a vector and a scalar, or two vectors."""
    if isinstance(left, list) and isinstance(right, list):
        return _sets(this, left, right) if this.name in SETS else _matched(this, left, right)
    if isinstance(left, list):
        it = scalar(right)
        return _named(this, [(each, this.value(each.value, it)) for each in left])
    it = scalar(left)
    if not isinstance(right, list):
        value = this.value(it, scalar(right))
        return math.nan if value is None else value
    made = [(each, this.value(it, each.value)) for each in right]
    if not this.renames:
        # Of a comparison that leaves elements out, the others keep their own values.
        made = [(each, value if value is None else each.value) for each, value in made]
    return _named(this, made)


def _named(this: Operation, made: Iterable[tuple[Sample, float | None]]) -> Vector:
    return [
        Sample(nameless(each.labels) if this.renames else each.labels, value)
        for each, value in made
        if value is not None
    ]


def _sets(this: Operation, left: Vector, right: Vector) -> Vector:
    if this.name == "or":
        there = {this.joins(each.labels) for each in left}
        return left + [each for each in right if this.joins(each.labels) not in there]
    there = {this.joins(each.labels) for each in right}
    wanted = this.name == "and"
    return [each for each in left if (this.joins(each.labels) in there) is wanted]


def _matched(this: Operation, left: Vector, right: Vector) -> Vector:
    swapped = this.many == "right"
    several, ones = (right, left) if swapped else (left, right)
    by_signature = _ones(this, ones, "left" if swapped else "right") if several and ones else {}
    found: Vector = []
    taken: dict[Labels, set[Labels]] = {}
    for each in several:
        signature = this.joins(each.labels)
        if (one := by_signature.get(signature)) is None:
            continue
        pair = (one.value, each.value) if swapped else (each.value, one.value)
        value = this.value(*pair)
        labels = _labels(this, each.labels, one.labels)
        _unique(this, taken.setdefault(signature, set()), labels)
        if value is not None:
            found.append(Sample(labels, value))
    return found


def _ones(this: Operation, vector: Vector, side: str) -> dict[Labels, Sample]:
    found: dict[Labels, Sample] = {}
    for each in vector:
        signature = this.joins(each.labels)
        if other := found.get(signature):
            raise QueryRefusedError(
                f"found duplicate series for the match group {spelt(signature)} on the {side} "
                f"hand-side of the operation: [{spelt(each.labels)}, {spelt(other.labels)}];"
                "many-to-many matching not allowed: matching labels must be unique on one side"
            )
        found[signature] = each
    return found


def _unique(this: Operation, taken: set[Labels], labels: Labels) -> None:
    """Note a match. Raises: there was one before, and it cannot be told from this one."""
    if not this.many and taken:
        raise QueryRefusedError(
            "multiple matches for labels: many-to-one matching must be explicit "
            "(group_left/group_right)"
        )
    if labels in taken:
        raise QueryRefusedError(
            "multiple matches for labels: grouping labels must ensure unique matches"
        )
    taken.add(labels)


def _labels(this: Operation, many: Labels, one: Labels) -> Labels:
    labels = nameless(many) if this.renames else many
    if not this.many and this.on is not None:
        labels = kept(labels, this.on)
    elif not this.many:
        gone = this.ignoring
        labels = Labels((name, value) for name, value in labels.items() if name not in gone)
    for name in this.included:
        labels = with_label(labels, name, one.get(name, ""))
    return labels
