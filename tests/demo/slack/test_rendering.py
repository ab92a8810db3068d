"""Block Kit as text, block by block."""

from typing import Any

import pytest

from bot.demo.slack.blocks import BLOCKS, check_blocks
from bot.demo.slack.rendering import DRAWINGS, plain_blocks
from tests.demo.slack import samples
from tests.demo.slack.bots import actions, button, plain, section
from tests.every import every


def names(identifier: str) -> str:
    return {"U1": "@ada", "C1": "#shop", "S1": "@sre"}.get(identifier, identifier)


def rich(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text", "elements": list(parts)}


def words(*texts: str) -> dict[str, Any]:
    elements = [{"type": "text", "text": text} for text in texts]
    return {"type": "rich_text_section", "elements": elements}


def inline(**element: Any) -> dict[str, Any]:
    return rich({"type": "rich_text_section", "elements": [element]})


def test_every_block_that_may_be_posted_can_be_read() -> None:
    assert DRAWINGS.keys() == BLOCKS.keys()


@every(
    ("block", "text"),
    [
        pytest.param(section("a &lt;b&gt; <@U1> in <#C1>"), "a <b> @ada in #shop", id="mrkdwn"),
        pytest.param(
            section("<https://x.test|link> <https://y.test>"),
            "link https://y.test",
            id="links",
        ),
        pytest.param(section("<!channel> <!subteam^S1>"), "@channel @sre", id="broadcasts"),
        pytest.param(section("<!date^1^{date}|1 January>"), "1 January", id="date"),
        pytest.param(
            {
                "type": "section",
                "fields": [{"type": "plain_text", "text": "a"}, {"type": "mrkdwn", "text": "b"}],
                "accessory": button("More", "m"),
            },
            "a\nb\n[More]",
            id="fields and accessory",
        ),
        pytest.param(
            {"type": "header", "text": {"type": "plain_text", "text": "H"}}, "H", id="header"
        ),
        pytest.param({"type": "divider"}, "----", id="divider"),
        pytest.param(
            {
                "type": "context",
                "elements": [
                    {"type": "mrkdwn", "text": "by"},
                    {"type": "image", "image_url": "u", "alt_text": "ada's face"},
                ],
            },
            "by [image: ada's face]",
            id="context",
        ),
        pytest.param(
            actions(button("Confirm", "a"), button("Cancel", "b")),
            "[Confirm] [Cancel]",
            id="buttons",
        ),
        pytest.param(
            actions(
                {
                    "type": "static_select",
                    "placeholder": {"type": "plain_text", "text": "pick: "},
                    "options": [
                        {"text": {"type": "plain_text", "text": t}, "value": t} for t in "ab"
                    ],
                }
            ),
            "[pick: a | b]",
            id="menu",
        ),
        pytest.param({"type": "markdown", "text": "# T"}, "# T", id="markdown"),
        pytest.param(
            {
                "type": "image",
                "image_url": "u",
                "alt_text": "rising",
                "title": {"type": "plain_text", "text": "CPU"},
            },
            "CPU\n[image: rising]",
            id="image",
        ),
        pytest.param(
            {
                "type": "input",
                "label": {"type": "plain_text", "text": "Reason"},
                "hint": {"type": "plain_text", "text": "for the audit"},
                "element": {"type": "plain_text_input", "initial_value": "fire"},
            },
            "Reason: [fire]\nfor the audit",
            id="input",
        ),
        pytest.param(
            rich(
                {
                    "type": "rich_text_preformatted",
                    "elements": [{"type": "text", "text": "NAME\nweb &lt; <@U1> ```"}],
                }
            ),
            "NAME\nweb &lt; <@U1> ```",
            id="preformatted text is taken as it is",
        ),
        pytest.param(
            rich({"type": "rich_text_quote", "elements": [{"type": "text", "text": "a\nb"}]}),
            "> a\n> b",
            id="quote",
        ),
        pytest.param(
            rich(
                {
                    "type": "rich_text_list",
                    "style": "ordered",
                    "offset": 1,
                    "indent": 1,
                    "elements": [words("a"), words("b")],
                }
            ),
            "  2. a\n  3. b",
            id="ordered list",
        ),
        pytest.param(
            rich({"type": "rich_text_list", "style": "bullet", "elements": [words("a", "b")]}),
            "• ab",
            id="bullets",
        ),
        pytest.param(inline(type="user", user_id="U1"), "@ada", id="user"),
        pytest.param(inline(type="channel", channel_id="C1"), "#shop", id="channel"),
        pytest.param(inline(type="usergroup", usergroup_id="S1"), "@sre", id="group"),
        pytest.param(inline(type="broadcast", range="here"), "@here", id="broadcast"),
        pytest.param(inline(type="emoji", name="fire"), ":fire:", id="emoji"),
        pytest.param(inline(type="link", url="https://x.test"), "https://x.test", id="link"),
        pytest.param(inline(type="color", value="#fff"), "#fff", id="colour"),
        pytest.param(
            inline(type="date", timestamp=1, format="{date}", fallback="then"),
            "then",
            id="rich date",
        ),
    ],
)
def test_a_block_reads_as_its_text(block: dict[str, Any], text: str) -> None:
    assert check_blocks([block], "message") == []
    assert plain_blocks([block], names) == text


CHILDREN = [section("inside"), actions(button("Undo", "undo"))]
SERIES = [{"name": "cpu", "data": [{"label": "a", "value": 1}, {"label": "b", "value": 2.5}]}]


@every(
    ("block", "text"),
    [
        pytest.param(samples.table(rows=2, columns=2)[0], "x  x\nx  x", id="columns of a table"),
        pytest.param(
            {"type": "table", "rows": [[rich(words("web-1")), samples.cell("1/1")]]},
            "web-1  1/1",
            id="rich cell",
        ),
        pytest.param(samples.data_table(text="longer")[0], "pods\nx\nlonger", id="data table"),
        pytest.param(samples.pie(count=2, value=3)[0], "CPU (pie)\nx: 3\nx: 3", id="pie"),
        pytest.param(
            samples.chart(type="line", series=SERIES, axis_config={"categories": ["a", "b"]})[0],
            "CPU (line)\ncpu: 1 2.5",
            id="line",
        ),
        pytest.param(
            samples.card(subtitle=plain("shop"), actions=[button("Open", "open")])[0],
            "web\nshop\n[Open]",
            id="card",
        ),
        pytest.param(
            {"type": "carousel", "elements": samples.card() * 2}, "web\nweb", id="carousel"
        ),
        pytest.param(
            samples.container(child_blocks=CHILDREN)[0], "x\ninside\n[Undo]", id="container"
        ),
        pytest.param(
            {
                "type": "container",
                "rich_text_title": rich(words("title")),
                "subtitle": plain("below"),
                "child_blocks": [section("a")],
            },
            "title\nbelow\na",
            id="container with a rich title",
        ),
        pytest.param(samples.plan(2)[0], "Rollout\n(pending) x\n(pending) x", id="plan"),
        pytest.param(
            {
                "type": "task_card",
                "task_id": "t",
                "title": "Pull",
                "status": "complete",
                "output": rich(words("done")),
            },
            "(complete) Pull\ndone",
            id="task",
        ),
        pytest.param(samples.feedback()[0], "[Good] [Bad]", id="feedback"),
        pytest.param(samples.icon()[0], "[Delete]", id="icon"),
    ],
)
def test_blocks_of_data_and_frames_read_as_their_text(block: dict[str, Any], text: str) -> None:
    assert check_blocks([block], "message") == []
    assert plain_blocks([block], names) == text


def test_an_alert_says_its_level_in_words() -> None:
    alert = {"type": "alert", "level": "warning", "text": {"type": "plain_text", "text": "Prod!"}}
    assert check_blocks([alert], "modal") == []
    assert plain_blocks([alert], names) == "(warning) Prod!"
