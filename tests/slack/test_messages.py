"""Whatever comes from a cluster, Slack takes the message, and it does only what it says."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.access import Audience
from bot.core.errors import QuarterdeckError, UsageError
from bot.core.ports import Heading
from bot.core.reply import (
    Aside,
    Attached,
    Chart,
    Choice,
    Choices,
    Diff,
    Fields,
    Link,
    Part,
    Problem,
    Progress,
    Proposal,
    Table,
    Text,
    Verdict,
)
from bot.core.request import Place, Surface
from bot.demo.slack.blocks import check_blocks, weight
from bot.slack.answer import Answer, Stage
from bot.slack.blocks import MESSAGE_CHARACTERS
from bot.slack.controls import Asked
from bot.slack.messages import Frame, compose, plain
from bot.slack.sections import Selection
from bot.slack.tables import Tables
from tests.slack.nasty import CASES, LINE, NASTY, OURS, PEOPLE, TEAMS, TEXT
from tests.slack.scripted import PODS, PUBLIC, proposal

_ERRORS = st.builds(lambda text, step: QuarterdeckError(text, next_step=step), TEXT, TEXT)
_TABLES = st.builds(
    lambda rows: Table("t", ("NAME", "STATUS"), rows), st.lists(st.tuples(TEXT, TEXT), max_size=4)
)
_PARTS: st.SearchStrategy[list[Part]] = st.lists(
    st.one_of(
        st.builds(Text, TEXT),
        st.builds(Aside, TEXT),
        st.builds(Problem, _ERRORS),
        st.builds(Proposal, CASES),
        _TABLES,
        st.builds(Diff, TEXT),
        st.builds(Fields, st.lists(st.tuples(LINE, LINE), max_size=20).map(tuple)),
        st.builds(Progress, LINE, LINE, st.integers(-5, 200), st.integers(-5, 100)),
        st.builds(Choices, LINE, st.lists(st.builds(Choice, LINE, LINE), max_size=7).map(tuple)),
        st.builds(Chart, LINE, st.just(b"png"), LINE),
        st.builds(Attached, LINE, st.just(b"bytes")),
        st.builds(lambda label, path: Link(label, f"https://p/{path}"), LINE, LINE),
    ),
    max_size=8,
)
_SELECTIONS = st.builds(
    Selection,
    pattern=st.text(max_size=100) | NASTY,
    invert=st.booleans(),
    column=st.integers(-1, 3),
    descending=st.booleans(),
    page=st.integers(0, 4),
)
_ASKED = st.none() | st.builds(
    Asked, LINE, st.builds(Place, st.sampled_from(Surface), st.just("C1")), st.just("U0ADA")
)
_ANSWERS = st.builds(
    Answer,
    selection=_SELECTIONS,
    asked=_ASKED,
    result=st.sampled_from(["", "r" * 16]),
    tables=st.sampled_from(get_args(Tables)),
)
_HEADINGS = st.none() | st.builds(Heading, TEXT, TEXT, st.sampled_from(Audience), TEXT)
_FRAMES = st.builds(
    Frame,
    person=st.just("U0ADA"),
    pressed=st.sampled_from(["", "Shared by"]),
    case=st.none() | CASES,
    remark=TEXT,
    whereabouts=st.sampled_from(["", "in the thread"]),
    request=st.sampled_from(["", "req-1"]),
)
_STAGES = st.sampled_from(Stage)
_VERBATIM = "rich_text_preformatted"


def answer(
    parts: list[Part], heading: Heading | None, stage: Stage, made: Answer | None = None
) -> Answer:
    made = made or Answer()
    if heading:
        made.open(heading)
    for part in parts:
        made.add(part)
    made.end(stage)
    for number, picture in enumerate(made.sidelines.pictures):
        picture.file = f"F{number}" if number else ""
    return made


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, (dict, list, tuple)):
            yield from nodes(inner)


@settings(deadline=None)
@given(_PARTS, _HEADINGS, _STAGES, _FRAMES, _ANSWERS)
def test_slack_takes_whatever_is_composed(
    parts: list[Part],
    heading: Heading | None,
    stage: Stage,
    frame: Frame,
    made: Answer,
) -> None:
    message = compose(answer(parts, heading, stage, made).view(), frame)
    assert len(message.blocks) <= 50
    assert check_blocks(list(message.blocks), "message") == []
    assert weight(list(message.blocks)) <= MESSAGE_CHARACTERS
    assert message.blocks
    assert 0 < len(message.text.strip()) <= 4000


@settings(deadline=None)
@given(_PARTS, _HEADINGS, _STAGES, _FRAMES, _ANSWERS)
def test_no_block_holds_markup(
    parts: list[Part], heading: Heading | None, stage: Stage, frame: Frame, made: Answer
) -> None:
    message = compose(answer(parts, heading, stage, made).view(), frame)
    kinds = {node["type"] for node in nodes(message.blocks) if "type" in node}
    assert kinds <= {
        "rich_text",
        "rich_text_section",
        "rich_text_preformatted",
        "text",
        "link",
        "user",
        "usergroup",
        "date",
        "actions",
        "button",
        "plain_text",
        "static_select",
        "image",
        "table",
        "data_table",
        "raw_text",
    }
    users = {node["user_id"] for node in nodes(message.blocks) if "user_id" in node}
    assert users <= PEOPLE
    teams = {node["usergroup_id"] for node in nodes(message.blocks) if "usergroup_id" in node}
    assert teams <= TEAMS
    shown = {node["url"] for node in nodes(message.blocks) if node.get("type") == "link"}
    assert shown <= {part.url for part in parts if isinstance(part, Link)}


@settings(deadline=None)
@given(_PARTS, _HEADINGS, _STAGES, _FRAMES)
def test_the_texts_for_notifications_mention_nobody_but_who_pressed(
    parts: list[Part], heading: Heading | None, stage: Stage, frame: Frame
) -> None:
    view = answer(parts, heading, stage).view()
    for message in (compose(view, frame), plain(view, frame)):
        without_ours = OURS.sub("", message.text)
        assert not {"<", ">"} & set(without_ours)
        assert not re.search(r"&(?!amp;|lt;|gt;)", without_ours)
        assert len(message.text) <= 4000
        assert message.text.count("```") in (0, 2)


def test_the_text_for_screen_readers_carries_the_result() -> None:
    message = compose(answer([PODS], PUBLIC, Stage.DONE).view(), Frame())
    table = "NAME    READY\nweb-1   1/1\nweb-2   0/1"
    assert message.text == f"kubectl get pods in prod/shop: 2 rows.\n{table}"


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ([Table("", ("NAME",), (("web-1",),))], ": 1 row.\nNAME\nweb-1"),
        ([Text("alone\n")], ": alone"),
        ([Problem(UsageError("error: no", next_step="Try."))], ": error: no\nTry."),
        (
            [Verdict("1 of 2 pods is not ready: a"), Text("a\nb\n")],
            ": 1 of 2 pods is not ready: a\na\nb",
        ),
        ([Fields((("Slack", "U1"),))], "\nSlack: U1"),
    ],
    ids=["row", "line", "error", "verdict", "fields"],
)
def test_a_screen_reader_hears_each_line_once_and_no_count_of_nothing(
    parts: list[Part], said: str
) -> None:
    message = compose(answer(parts, PUBLIC, Stage.DONE).view(), Frame())
    assert message.text == f"kubectl get pods in prod/shop{said}"


def test_output_of_the_cluster_is_preformatted_verbatim() -> None:
    text = "<!channel> *bold* ``` &amp; :smile:"
    message = compose(answer([Text(text)], PUBLIC, Stage.DONE).view(), Frame())
    [element] = [one for one in nodes(message.blocks) if one.get("type") == _VERBATIM]
    assert element["elements"] == [{"type": "text", "text": text}]


def test_a_command_that_says_nothing_is_said_to_be_done() -> None:
    message = compose(answer([], PUBLIC, Stage.DONE).view(), Frame())
    assert "Done, without any output." in message.text


def test_the_buttons_carry_the_ticket_and_no_more() -> None:
    message = compose(answer([proposal("t-9")], PUBLIC, Stage.DONE).view(), Frame())
    confirm, cancel = message.blocks[-1]["elements"]
    assert (confirm["action_id"], confirm["value"]) == ("confirm", "t-9")
    assert (cancel["action_id"], cancel["value"]) == ("withdraw", "t-9")
    assert confirm["accessibility_label"].startswith("Confirm in prod/shop: kubectl scale")


def test_a_heading_of_all_namespaces_names_the_cluster_alone() -> None:
    head = replace(PUBLIC, namespace="")
    message = compose(answer([PODS], head, Stage.DONE).view(), Frame())
    assert message.text.startswith("kubectl get pods in prod: 2 rows.\n")


def test_an_interruption_is_said_once() -> None:
    message = compose(answer([PODS], PUBLIC, Stage.INTERRUPTED).view(), Frame())
    assert message.text.count("Interrupted") == 1
