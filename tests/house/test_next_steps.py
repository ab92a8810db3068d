"""What a failure says to type next can be typed as it stands.

Read from the source, so that the next step of a failure that no other test meets counts, too. A
phrase that can be typed stands in backticks, where Slack shows it as such and a thumb can copy it.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from bot.commands import Registry
from bot.core.command import Family
from bot.grammar.bind import read
from tests.every import every

_ROOT = Path(__file__).parents[2]
# What stands for a value that is only known when the failure happens.
_VALUE = "web"
_VERBS = sorted({phrase.split(" ")[0] for phrase in Registry().phrases()})
_BARE = re.compile(
    r"(?:^|[.:;] |\b(?:[Ss]uch as|[Tt]ype|[Uu]se|[Ss]ee|[Ll]ook with) )"
    rf"(?:{'|'.join(map(re.escape, _VERBS))})\b"
    rf"|(?:[Ss]uch as|[Tt]ype) {_VALUE} "
)
_QUOTED = re.compile(r"`([^`]*)`")
# These are for the person's own machine, where there is kubectl.
_ELSEWHERE = ("kubectl ", "quarterdeck ", "make ")


def _steps() -> Iterator[tuple[str, str]]:
    """Yield where each next step stands, and what it says."""
    for path in sorted((_ROOT / "bot").rglob("*.py")):
        tree = ast.parse(path.read_text())
        constants = {
            target.id: node.value
            for node in tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.keyword) and node.arg in ("next_step", "otherwise"):
                said = " ".join(_said(node.value, constants))
                if said:
                    yield f"{path.relative_to(_ROOT)}:{node.value.lineno}", said


def _said(node: ast.expr, constants: Mapping[str, ast.expr]) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=values):
            yield "".join(text for value in values for text in _said(value, constants))
        case ast.FormattedValue():
            yield _VALUE
        case ast.Name(id=name) if name in constants:
            yield from _said(constants[name], {})
        case ast.IfExp(body=body, orelse=other):
            yield from _said(body, constants)
            yield from _said(other, constants)
        case ast.BinOp(left=left, right=right):
            yield from _said(left, constants)
            yield from _said(right, constants)
        case _:
            pass


_STEPS = tuple(_steps())


def test_the_next_steps_are_found() -> None:
    assert len(_STEPS) > 200


@every(("where", "said"), _STEPS)
def test_what_can_be_typed_stands_in_backticks(where: str, said: str) -> None:
    assert not _BARE.search(_QUOTED.sub("…", said)), (where, said)


@every(("where", "said"), _STEPS)
def test_what_stands_in_backticks_is_read(where: str, said: str) -> None:
    for phrase in _QUOTED.findall(said):
        typed = phrase.removeprefix("/")
        first = typed.split(" ")[0]
        if first in (*_VERBS, *Family) and not phrase.startswith(_ELSEWHERE):
            read(typed, Registry())


@pytest.mark.parametrize("said", ["rollout undo deploy/web", "Such as get pods", "Or: scale web "])
def test_a_bare_phrase_is_seen(said: str) -> None:
    assert _BARE.search(said)
