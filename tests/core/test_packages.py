import importlib
import sys
from pathlib import Path

import pytest

from bot.core.packages import hold


def test_parts_of_a_held_package_are_imported_and_the_whole_is_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("outer", "outer/inner"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "__init__.py").write_text("raise AssertionError(__name__)\n")
    (tmp_path / "outer" / "inner" / "part.py").write_text("import outer.inner\nMET = outer.inner\n")
    monkeypatch.syspath_prepend(tmp_path)
    try:
        hold("outer")
        hold("outer.inner")
        part = importlib.import_module("outer.inner.part")
        assert part.MET is sys.modules["outer.inner"]
    finally:
        for name in ("outer", "outer.inner", "outer.inner.part"):
            sys.modules.pop(name, None)


def test_what_is_imported_already_and_what_is_not_there_is_left_alone() -> None:
    before = sys.modules["importlib"]
    hold("importlib")
    hold("no_such_package_anywhere")
    assert sys.modules["importlib"] is before
    assert "no_such_package_anywhere" not in sys.modules
