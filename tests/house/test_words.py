"""What may not stand in the product: other ways to the cluster, and other ways to be somebody."""

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PRODUCT = sorted((ROOT / "bot").rglob("*.py"))

# Where a name may be called or imported, and nowhere else.
ONLY_IN = {
    "KubeconfigUser": {"bot/terminal.py", "bot/rights.py"},
    "create_subprocess_exec": {
        "bot/kube/credentials.py",
        "bot/render/drawing.py",
        "bot/store/upgrade.py",
    },
    "create_subprocess_shell": set(),
    "Popen": set(),
    "system": set(),
}


@cache
def called(module: Path) -> frozenset[str]:
    """Return what the module calls, as far as it is among the names."""
    text = module.read_text("utf-8")
    if not any(name in text for name in ONLY_IN):
        return frozenset()  # to parse all of them takes seconds
    calls = [node.func for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    return frozenset(
        call.attr if isinstance(call, ast.Attribute) else getattr(call, "id", "") for call in calls
    )


@pytest.mark.parametrize("name", ONLY_IN)
def test_it_is_called_where_it_belongs_and_nowhere_else(name: str) -> None:
    places = {str(path.relative_to(ROOT)) for path in PRODUCT if name in called(path)}
    assert places == ONLY_IN[name]
