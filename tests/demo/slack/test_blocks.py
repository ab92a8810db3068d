"""Each rule of Block Kit: what stands at a limit is accepted, one more is refused."""

from typing import Any

import pytest
import slackblocks._limits as oracle
import slackblocks._surfaces as oracle_surfaces

from bot.demo.slack import limits
from bot.demo.slack.blocks import BLOCKS, Surface, check_blocks, weight
from bot.demo.slack.viewrules import check_view
from tests.demo.slack.bots import actions, button, plain, section
from tests.demo.slack.samples import (
    ALL_LEAST,
    ALL_MOST,
    SMALLER,
    Blocks,
    asking,
    asking_with,
    card,
    cell,
    chart,
    container,
    data_table,
    line,
    picture,
    pie,
    plan,
    rich,
    table,
)
from tests.every import every

# Blocks, elements and surfaces that the workspace does not offer; each is refused as unknown.
LACKING = (
    "BUTTON_AGENT_PROMPT",
    "DATA_VISUALIZATION_SEGMENT_VALUE",  # exclusive, so it has a test of its own
    "MESSAGE_ATTACHMENTS",  # compared with the Web API, which counts them
    "MESSAGE_CHANNEL",
    "VIDEO",
    "WORKFLOW_BUTTON",
)


def refused(sample: Any) -> list[str]:
    """Return what is wrong with the blocks of a message, or with a modal."""
    return (
        check_view(sample, "modal") if isinstance(sample, dict) else check_blocks(sample, "message")
    )


@every("name", ALL_MOST)
def test_the_limit_that_slackblocks_knows_is_the_last_thing_accepted(name: str) -> None:
    most: int = SMALLER.get(name, getattr(oracle, name))
    sample = ALL_MOST[name]
    assert refused(sample(most)) == []
    assert refused(sample(most + 1)) != []


@every("name", ALL_LEAST)
def test_the_least_that_slackblocks_knows_is_the_first_thing_accepted(name: str) -> None:
    least: int = getattr(oracle, name)
    sample = ALL_LEAST[name]
    assert refused(sample(least)) == []
    assert refused(sample(least - 1)) != []


def test_where_we_are_stricter_than_slackblocks_our_number_is_the_smaller_one() -> None:
    assert all(ours < getattr(oracle, name) for name, ours in SMALLER.items())


def test_every_limit_of_slackblocks_is_compared_but_those_of_parts_we_lack() -> None:
    theirs = {name for name in vars(oracle) if name.isupper() and not name.startswith(LACKING)}
    assert theirs == ALL_MOST.keys() | ALL_LEAST.keys()


@pytest.mark.parametrize("surface", ["message", "modal", "home"])
def test_a_block_stands_only_where_slackblocks_lets_it_stand(surface: Surface) -> None:
    allowed = oracle_surfaces._BLOCK_TYPES_BY_SURFACE[surface]
    ours = {kind for kind, rule in BLOCKS.items() if surface in rule.surfaces}
    unsure = (
        {"table", "data_table", "data_visualization", "container"} if surface == "home" else set()
    )
    assert ours == (allowed & BLOCKS.keys()) - unsure


@every(
    ("blocks", "sentence"),
    [
        pytest.param(
            [{"type": "divider"}] * 51,
            "no more than 50 items allowed [json-pointer:/blocks]",
            id="51 blocks",
        ),
        pytest.param(
            [section("x" * 3001)],
            "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
            id="long section",
        ),
        pytest.param(
            [section("")],
            "must be more than 0 characters [json-pointer:/blocks/0/text/text]",
            id="empty section",
        ),
        pytest.param(
            [{"type": "sections"}],
            "unsupported type: sections [json-pointer:/blocks/0/type]",
            id="unknown block",
        ),
        pytest.param(
            [{"type": "section"}],
            "must define either `text` or `fields` [json-pointer:/blocks/0/type]",
            id="bare section",
        ),
        pytest.param(
            [{"type": "header"}],
            "missing required field: text [json-pointer:/blocks/0]",
            id="bare header",
        ),
        pytest.param(
            [{"text": plain("x")}],
            "missing required field: type [json-pointer:/blocks/0]",
            id="no type",
        ),
        pytest.param(
            [{"type": "divider", "colour": "red"}],
            "invalid additional property: colour [json-pointer:/blocks/0]",
            id="unknown property",
        ),
        pytest.param(
            [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
            "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]",
            id="mrkdwn header",
        ),
        pytest.param(
            [{"type": "header", "text": "x"}],
            "must provide an object [json-pointer:/blocks/0/text]",
            id="text is no object",
        ),
        pytest.param(
            [actions(button("x", "a", value=5))],
            "must provide a string [json-pointer:/blocks/0/elements/0/value]",
            id="value is no string",
        ),
        pytest.param(
            [actions(button("x", "a", style="green"))],
            "must be a valid enum value [json-pointer:/blocks/0/elements/0/style]",
            id="unknown style",
        ),
        pytest.param(
            [actions(plain("x"))],
            "unsupported type: plain_text [json-pointer:/blocks/0/elements/0/type]",
            id="text among buttons",
        ),
        pytest.param(
            [{"type": "divider", "block_id": "b"}, {"type": "divider", "block_id": "b"}],
            "`block_id` b must be unique [json-pointer:/blocks/1/block_id]",
            id="repeated block_id",
        ),
        pytest.param(
            [actions(button("x", "a"), button("y", "a"))],
            "`action_id` a must be unique within its block [json-pointer:/blocks/0]",
            id="repeated action_id",
        ),
        pytest.param(
            rich({"type": "rich_text_preformatted", "elements": [{"type": "emoji", "name": "x"}]}),
            "unsupported type: emoji [json-pointer:/blocks/0/elements/0/elements/0/type]",
            id="emoji in code",
        ),
        pytest.param(
            picture(image_url=None),
            "must provide a string [json-pointer:/blocks/0/image_url]",
            id="null is not absent",
        ),
        pytest.param(
            asking(optional="yes"),
            "must provide a boolean [json-pointer:/blocks/0/optional]",
            id="flag is a word",
        ),
        pytest.param(
            [{"type": "context", "elements": {}}],
            "must provide an array [json-pointer:/blocks/0/elements]",
            id="list is an object",
        ),
        pytest.param(
            asking(element={"max_length": True}),
            "must provide a number [json-pointer:/blocks/0/element/max_length]",
            id="number is a flag",
        ),
    ],
)
def test_a_refusal_names_the_place_in_slacks_words(blocks: Blocks, sentence: str) -> None:
    assert check_blocks(blocks, "message") == [sentence]


@every(
    ("blocks", "sentence"),
    [
        pytest.param(table() * 2, "only_one_table_allowed [json-pointer:/blocks/1]", id="2 tables"),
        pytest.param(
            pie() * 3,
            "no more than 2 charts allowed [json-pointer:/blocks/2]",
            id="3 charts",
        ),
        pytest.param(
            [{"type": "table", "rows": [[cell("")]]}],
            "must be more than 0 characters [json-pointer:/blocks/0/rows/0/0/text]",
            id="empty cell",
        ),
        pytest.param(
            [{"type": "table", "rows": [[cell("x" * 10_001)]]}],
            "must be less than 10001 characters [json-pointer:/blocks/0/rows]",
            id="full table",
        ),
        pytest.param(
            [{**data_table()[0], "rows": [[cell()], [cell(), cell()]]}],
            "all rows must have the same number of cells [json-pointer:/blocks/0/rows/1]",
            id="ragged rows",
        ),
        pytest.param(
            [{**data_table()[0], "rows": [[{"type": "rich_text", "elements": []}], [cell()]]}],
            "no fewer than 1 items allowed [json-pointer:/blocks/0/rows/0/0/elements]",
            id="empty rich text",
        ),
        pytest.param(
            [
                {
                    **data_table()[0],
                    "rows": [
                        rich({"type": "rich_text_section", "elements": []}),
                        [cell()],
                    ],
                }
            ],
            "unsupported type: rich_text [json-pointer:/blocks/0/rows/0/0/type]",
            id="rich header",
        ),
        pytest.param(
            data_table(row_header_column_index=1),
            "must be the index of a column [json-pointer:/blocks/0/row_header_column_index]",
            id="no such column",
        ),
        pytest.param(
            pie(value=0),
            "must be greater than 0 [json-pointer:/blocks/0/chart/segments/0/value]",
            id="nothing of a pie",
        ),
        pytest.param(
            line(series=2, name="same"),
            "must have unique names [json-pointer:/blocks/0/chart/series]",
            id="series of one name",
        ),
        pytest.param(
            chart(
                type="bar",
                series=[{"name": "a", "data": [{"label": "x", "value": 1}]}],
                axis_config={"categories": ["y"]},
            ),
            "must have one point for each category [json-pointer:/blocks/0/chart/series/0/data]",
            id="other categories",
        ),
        pytest.param(
            container(child_blocks=container()),
            "unsupported type: container [json-pointer:/blocks/0/child_blocks/0/type]",
            id="container in a container",
        ),
        pytest.param(
            container(default_collapsed=True),
            "must define `is_collapsible` [json-pointer:/blocks/0/default_collapsed]",
            id="collapsed for ever",
        ),
        pytest.param(
            [
                {"type": "divider", "block_id": "b"},
                *container(child_blocks=[{"type": "divider", "block_id": "b"}]),
            ],
            "`block_id` b must be unique [json-pointer:/blocks/1/child_blocks/0/block_id]",
            id="repeated block_id inside",
        ),
        pytest.param(
            [{**plan(1)[0], "tasks": plan(1)[0]["tasks"] * 2}],
            "`task_id` must be unique [json-pointer:/blocks/0/tasks]",
            id="repeated task",
        ),
        pytest.param(
            [{"type": "task_card", "task_id": "t", "title": "x", "status": "pending"}],
            "must be a valid enum value [json-pointer:/blocks/0/status]",
            id="pending on its own",
        ),
        pytest.param(
            card(icon=picture()[0], slack_icon={"type": "icon", "name": "bug"}),
            "cannot define both `icon` and `slack_icon` [json-pointer:/blocks/0]",
            id="two icons",
        ),
        pytest.param(
            [{"type": "alert", "text": plain("x")}],
            "unsupported type: alert [json-pointer:/blocks/0/type]",
            id="alert in a message",
        ),
        pytest.param(
            asking_with("file_input"),
            "unsupported type: file_input [json-pointer:/blocks/0/element/type]",
            id="file input in a message",
        ),
    ],
)
def test_what_binds_parts_to_each_other_is_checked(blocks: Blocks, sentence: str) -> None:
    assert check_blocks(blocks, "message") == [sentence]


@pytest.mark.parametrize("kind", ["table", "data_table", "data_visualization", "container"])
def test_data_is_refused_where_sources_disagree_about_it(kind: str) -> None:
    samples = {
        "table": table(),
        "data_table": data_table(),
        "container": container(),
        "data_visualization": pie(),
    }
    assert check_blocks(samples[kind], "message") == []
    assert check_blocks(samples[kind], "home") != []


def test_a_view_may_have_more_blocks_than_a_message() -> None:
    blocks: Blocks = [{"type": "divider"}] * limits.VIEW_BLOCKS
    assert check_blocks(blocks, "modal") == []
    assert check_blocks([*blocks, {"type": "divider"}], "home") != []


@pytest.mark.parametrize(
    ("blocks", "characters"),
    [
        pytest.param([section("x" * 10), section("y")], 11, id="sections"),
        pytest.param([actions(button("four", "a", value="not seen"))], 4, id="buttons"),
        pytest.param(picture(alt_text="seven"), 5, id="alternative text"),
        pytest.param([{"type": "markdown", "text": "# a\nb\n## c"}], 10 + 2 * 100, id="headings"),
        pytest.param(
            rich({"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "abc"}]}),
            3,
            id="rich text",
        ),
    ],
)
def test_the_budget_counts_what_is_read(blocks: Blocks, characters: int) -> None:
    assert check_blocks(blocks, "message") == []
    assert weight(blocks) == characters
