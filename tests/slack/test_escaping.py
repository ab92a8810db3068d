"""No text from a cluster can act on Slack or deceive its reader."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.escaping import escaped, fenced, visible
from tests.every import every


@every(
    ("text", "shown"),
    [
        pytest.param("NAME   READY\nweb\t1/1\n", "NAME   READY\nweb\t1/1\n", id="a-table"),
        pytest.param("größe → 5 ✅", "größe → 5 ✅", id="unicode"),
        pytest.param("\x1b[31mred\x1b[0m", "red", id="colours"),
        pytest.param("\x1b]8;;http://evil\x07here\x1b]8;;\x07", "here", id="terminal-links"),
        pytest.param("a\r\nb", "a\nb", id="dos-line-ends"),
        pytest.param("50%\r100%", "50%\ufffd100%", id="carriage-return"),
        pytest.param("a\x00b\x07", "a\ufffdb\ufffd", id="controls"),
        pytest.param("user\u202egnp.exe", "user\ufffdgnp.exe", id="right-to-left"),
        pytest.param("ad\u200bmin\ufeff", "admin", id="zero-width"),
        pytest.param("a\ud800b", "a\ufffdb", id="lone-surrogate"),
    ],
)
def test_what_is_seen_is_what_is_there(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("<!channel>", "&lt;!channel&gt;"),
        ("<@U123>", "&lt;@U123&gt;"),
        ("<https://evil|docs>", "&lt;https://evil|docs&gt;"),
        ("&lt;", "&amp;lt;"),
    ],
)
def test_nothing_in_mrkdwn_is_a_mention_or_a_link(text: str, sent: str) -> None:
    assert escaped(text) == sent


@given(st.text(alphabet=st.characters(codec="utf-8") | st.sampled_from("`<>&\n")))
def test_a_fence_is_ended_by_nothing_inside_of_it(text: str) -> None:
    block = fenced(text)
    assert block.startswith("```\n")
    assert block.endswith("\n```")
    inside = block.removeprefix("```").removesuffix("```")
    assert "```" not in inside
    assert not {"<", ">"} & set(inside)
