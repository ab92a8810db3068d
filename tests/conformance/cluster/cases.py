"""Every case, found by its module's name: `cases_ROOM.py` holds the room's `CASES`."""

import importlib
import inspect
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType

from tests.conformance.cluster.recordings import Placed

HERE = Path(__file__).parent


def rooms() -> dict[str, str]:
    """Return the rooms in order, each with the first line of its module's docstring."""
    return {room: (inspect.getdoc(_module(room)) or "").splitlines()[0] for room in _names()}


def cases(*patterns: str) -> list[Placed]:
    """Return the cases whose `room/sentence` has one of the patterns in it; none means all."""
    found = (placed for room in _names() for placed in _of(room))
    return [each for each in found if not patterns or any(p in str(each) for p in patterns)]


def _names() -> Sequence[str]:
    return sorted(file.stem.removeprefix("cases_") for file in HERE.glob("cases_*.py"))


def _of(room: str) -> Iterator[Placed]:
    for case in _module(room).CASES:
        yield Placed(room, case)


def _module(room: str) -> ModuleType:
    return importlib.import_module(f"tests.conformance.cluster.cases_{room}")
