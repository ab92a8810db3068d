"""What an expression's tree is made of, as plain values that can be compared.

Pure. The library's own `==` says no of equal trees, and its `str` writes strings unescaped.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from promql_parser import (
    AggModifier,
    AggModifierType,
    AggregateExpr,
    BinaryExpr,
    BinModifier,
    Call,
    Expr,
    Matchers,
    MatchOp,
    MatrixSelector,
    NumberLiteral,
    ParenExpr,
    StringLiteral,
    SubqueryExpr,
    UnaryExpr,
    VectorSelector,
)

Test: TypeAlias = tuple[str, str, str]
"""A matcher: the label, the operator and the value."""
Shape: TypeAlias = tuple[Any, ...]
"""What a node is and holds, without its children."""

_OPERATORS = (
    (MatchOp.Equal, "="),
    (MatchOp.NotEqual, "!="),
    (MatchOp.Re, "=~"),
    (MatchOp.NotRe, "!~"),
)


def is_number(node: Expr) -> bool:
    """Return whether the part is a number, or a string, and no series."""
    match node:
        case NumberLiteral() | StringLiteral():
            return True
        case Call():
            return str(node.func.return_type) == "ValueType.Scalar"
        case ParenExpr() | UnaryExpr():
            return is_number(node.expr)
        case BinaryExpr():
            return is_number(node.lhs) and is_number(node.rhs)
        case _:
            return False


def children(node: Expr) -> Sequence[Expr]:
    """Return the expressions that a node is made of, in their order.

    Raises:
        TypeError: the library knows a node that is not known here.
    """
    match node:
        case MatrixSelector():
            return (node.vector_selector,)
        case Call():
            return node.args
        case AggregateExpr():
            return (node.expr,) if node.param is None else (node.param, node.expr)
        case BinaryExpr():
            return (node.lhs, node.rhs)
        case ParenExpr() | UnaryExpr() | SubqueryExpr():
            return (node.expr,)
        case NumberLiteral() | StringLiteral() | VectorSelector():
            return ()
        case _:
            raise TypeError(f"unknown in PromQL: {type(node).__name__}")


def shape(node: Expr) -> Shape:
    """Return what the node is and holds, without its children; equal nodes have equal ones."""
    held = _HELD.get(type(node))
    return type(node).__name__, *(held(node) if held else ())


def groups(matchers: Matchers) -> list[list[Test]]:
    """Return the groups of matchers, one of which has to hold; each in the order of its labels."""
    written = matchers.or_matchers or [matchers.matchers]
    return [sorted((one.name, _operator(one.op), one.value) for one in group) for group in written]


def _operator(wanted: MatchOp) -> str:
    # The library's operators cannot be hashed.
    return next(written for operator, written in _OPERATORS if operator == wanted)


def _pairing(modifier: BinModifier | None) -> Shape | None:
    if modifier is None:
        return None
    on, fill = modifier.matching, modifier.fill_values
    return (
        str(modifier.card),
        modifier.return_bool,
        on and (str(on.type), sorted(on.labels)),
        sorted(modifier.group_labels or ()),
        repr((fill.lhs, fill.rhs)),
    )


def _grouping(modifier: AggModifier | None) -> Shape | None:
    # `by ()` is what stands there where nothing does.
    if modifier is None or (modifier.type == AggModifierType.By and not modifier.labels):
        return None
    return str(modifier.type), sorted(modifier.labels)


_HELD: Mapping[type[Expr], Callable[[Any], Shape]] = {
    VectorSelector: lambda node: (
        node.name,
        groups(node.matchers),
        node.offset,
        str(node.at),
    ),
    MatrixSelector: lambda node: (node.range,),
    SubqueryExpr: lambda node: (node.range, node.step, node.offset, str(node.at)),
    Call: lambda node: (node.func.name, len(node.args)),
    AggregateExpr: lambda node: (str(node.op), _grouping(node.modifier)),
    BinaryExpr: lambda node: (str(node.op), _pairing(node.modifier)),
    # As text, or NaN would differ from itself.
    NumberLiteral: lambda node: (repr(node.val),),
    StringLiteral: lambda node: (node.val,),
}
