"""Wherever the bot runs in a test, what it sends is right: Slack refuses none of it unforeseen."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
# The simulator's own tests send what is wrong on purpose.
EXEMPT = (ROOT / "tests" / "demo" / "slack", ROOT / "tests" / "slack" / "opened.py")


def test_every_test_opens_its_workspace_where_refusals_are_counted() -> None:
    direct = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sorted((ROOT / "tests").rglob("*.py"))
        if not any(path.is_relative_to(exempt) for exempt in EXEMPT)
        for text in [path.read_text()]
        if "Workspace" in text  # to parse all of them takes seconds
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Workspace"
    ]
    assert direct == []
