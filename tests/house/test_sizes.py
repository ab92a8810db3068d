"""Modules and functions stay small enough to read in one go."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
MODULE_LINES, FUNCTION_LINES = 500, 50
PRODUCT = sorted((ROOT / "bot").rglob("*.py"))
EVERYTHING = PRODUCT + sorted((ROOT / "tests").rglob("*.py"))


@cache
def tree(module: Path) -> ast.Module:
    return ast.parse(module.read_text("utf-8"))


def functions(module: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    waiting: list[ast.AST] = [tree(module)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
        # No expression holds a function, and to walk through all of them takes seconds.
        waiting += [each for each in ast.iter_child_nodes(node) if not isinstance(each, ast.expr)]


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def test_modules_are_short() -> None:
    lengths = {module: len(module.read_text("utf-8").splitlines()) for module in EVERYTHING}
    assert [_name(module) for module, lines in lengths.items() if lines > MODULE_LINES] == []


def test_functions_are_short() -> None:
    assert [
        f"{_name(module)}: {node.name}"
        for module in PRODUCT
        for node in functions(module)
        if length(node) > FUNCTION_LINES
    ] == []


def test_modules_say_what_they_are_for() -> None:
    assert [_name(module) for module in PRODUCT if not ast.get_docstring(tree(module))] == []


def _name(module: Path) -> str:
    return str(module.relative_to(ROOT))
