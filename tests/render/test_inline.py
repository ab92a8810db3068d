"""A terminal that can show pictures is sent one whole, and no other is."""

import base64
import re

import pytest

from bot.render.inline import Inline, drawn, inline

PNG = b"\x89PNG\r\n" + bytes(range(256)) * 40


@pytest.mark.parametrize(
    ("environment", "how"),
    [
        ({"TERM": "xterm-kitty"}, Inline.KITTY),
        ({"TERM": "xterm-256color", "KITTY_WINDOW_ID": "1"}, Inline.KITTY),
        ({"TERM": "xterm-ghostty", "TERM_PROGRAM": "ghostty"}, Inline.KITTY),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, Inline.ITERM2),
        ({"TERM": "xterm-256color", "LC_TERMINAL": "iTerm2"}, Inline.ITERM2),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, Inline.ITERM2),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "ghostty"}, Inline.KITTY),
        ({"TERM": "xterm-256color"}, None),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "vscode", "KITTY_WINDOW_ID": "1"}, None),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, None),
        ({"TERM": "tmux-256color", "KITTY_WINDOW_ID": "1"}, None),
        ({"TERM": "screen.xterm-256color", "LC_TERMINAL": "iTerm2"}, None),
        ({"TERM": "xterm-kitty", "TMUX": "/tmp/tmux,1,0"}, None),
        ({"TERM": "dumb", "TERM_PROGRAM": "iTerm.app"}, None),
        ({}, None),
    ],
)
def test_terminals_are_known_by_what_they_set(
    environment: dict[str, str], how: Inline | None
) -> None:
    assert inline(environment) is how


@pytest.mark.parametrize("png", [PNG, b"\x89PNG"])
def test_kitty_is_sent_the_whole_picture_in_pieces(png: bytes) -> None:
    sent = drawn(png, Inline.KITTY, 80)
    pieces = re.findall(r"\x1b_G([^;]*);([A-Za-z0-9+/=]*)\x1b\\", sent)
    assert "".join(f"\x1b_G{head};{chunk}\x1b\\" for head, chunk in pieces) + "\n" == sent
    assert all(len(chunk) <= 4_096 for _, chunk in pieces)
    assert base64.b64decode("".join(chunk for _, chunk in pieces)) == png
    last = ["m=0"] if len(pieces) > 1 else []
    heads = [head.removeprefix("a=T,f=100,q=2,c=80,") for head, _ in pieces]
    assert heads == [*["m=1"] * (len(pieces) - 1), *(last or ["m=0"])]


def test_iterm2_is_sent_the_whole_picture_at_once() -> None:
    found = re.fullmatch(r"\x1b\]1337;File=([^:]*):([^\a]*)\a\n", drawn(PNG, Inline.ITERM2, 500))
    assert found is not None
    assert found[1] == f"inline=1;size={len(PNG)};width=100;preserveAspectRatio=1"
    assert base64.b64decode(found[2]) == PNG
