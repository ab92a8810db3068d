"""Each rule of Block Kit: what stands at a limit is accepted, one more is refused."""

from collections.abc import Callable
from typing import Any

import pytest
import slackblocks._limits as oracle
import slackblocks._surfaces as oracle_surfaces

from bot.demo.slack import limits
from bot.demo.slack.blocks import BLOCKS, Surface, check_blocks, weight
from tests.demo.slack.bots import actions, button, section

Blocks = list[dict[str, Any]]


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def in_actions(element: dict[str, Any]) -> Blocks:
    return [actions(element)]


def pressed(**more: Any) -> Blocks:
    return in_actions(button(more.pop("label", "OK"), more.pop("action_id", "a"), **more))


def confirming(**changed: str) -> Blocks:
    words = {"title": "Sure?", "text": "Really?", "confirm": "Yes", "deny": "No", **changed}
    return pressed(confirm={key: plain(text) for key, text in words.items()})


def option(text: str = "x", value: str = "x", **more: Any) -> dict[str, Any]:
    return {"text": plain(text), "value": value, **more}


def selecting(**more: Any) -> Blocks:
    return in_actions({"type": "static_select", "options": [option()], **more})


def overflowing(count: int) -> Blocks:
    return in_actions({"type": "overflow", "options": [option() for _ in range(count)]})


def choosing(kind: str) -> Callable[[int], Blocks]:
    return lambda count: in_actions({"type": kind, "options": [option() for _ in range(count)]})


def grouped(label: str = "x", options: int = 1, groups: int = 1) -> Blocks:
    group = {"label": plain(label), "options": [option() for _ in range(options)]}
    return in_actions({"type": "static_select", "option_groups": [group for _ in range(groups)]})


def asking(label: str = "Name", **more: Any) -> Blocks:
    element = {"type": "plain_text_input", **more.pop("element", {})}
    return [{"type": "input", "label": plain(label), "element": element, **more}]


def picture(**more: Any) -> Blocks:
    image = {"type": "image", "image_url": "https://x.test/a.png", "alt_text": "a chart"}
    return [{**image, **more}]


def rich(part: dict[str, Any]) -> Blocks:
    return [{"type": "rich_text", "elements": [part]}]


def rich_list(**more: Any) -> Blocks:
    item = {"type": "rich_text_section", "elements": []}
    return rich({"type": "rich_text_list", "style": "bullet", "elements": [item], **more})


def bordered(kind: str) -> Callable[[int], Blocks]:
    return lambda n: rich({"type": kind, "elements": [], "border": n})


MOST: dict[str, Callable[[int], Blocks]] = {
    "ACTION_ID_MAX_LENGTH": lambda n: pressed(action_id="a" * n),
    "BLOCK_ID_MAX_LENGTH": lambda n: [{"type": "divider", "block_id": "b" * n}],
    "BUTTON_TEXT_MAX_LENGTH": lambda n: pressed(label="x" * n),
    "BUTTON_URL_MAX_LENGTH": lambda n: pressed(url="u" * n),
    "BUTTON_VALUE_MAX_LENGTH": lambda n: pressed(value="v" * n),
    "BUTTON_ACCESSIBILITY_LABEL_MAX_LENGTH": lambda n: pressed(accessibility_label="x" * n),
    "CONFIRMATION_TITLE_MAX_LENGTH": lambda n: confirming(title="x" * n),
    "CONFIRMATION_TEXT_MAX_LENGTH": lambda n: confirming(text="x" * n),
    "CONFIRMATION_CONFIRM_MAX_LENGTH": lambda n: confirming(confirm="x" * n),
    "CONFIRMATION_DENY_MAX_LENGTH": lambda n: confirming(deny="x" * n),
    "OPTION_TEXT_MAX_LENGTH": lambda n: selecting(options=[option("x" * n)]),
    "OPTION_VALUE_MAX_LENGTH": lambda n: selecting(options=[option(value="x" * n)]),
    "OPTION_DESCRIPTION_MAX_LENGTH": lambda n: selecting(
        options=[option(description=plain("x" * n))]
    ),
    "OPTION_URL_MAX_LENGTH": lambda n: selecting(options=[option(url="x" * n)]),
    "OPTION_GROUP_LABEL_MAX_LENGTH": lambda n: grouped(label="x" * n),
    "OPTION_GROUP_OPTIONS_MAX_ITEMS": lambda n: grouped(options=n),
    "SELECT_OPTION_GROUPS_MAX_ITEMS": lambda n: grouped(groups=n),
    "SELECT_OPTIONS_MAX_ITEMS": lambda n: selecting(options=[option() for _ in range(n)]),
    "SELECT_PLACEHOLDER_MAX_LENGTH": lambda n: selecting(placeholder=plain("x" * n)),
    "OVERFLOW_OPTIONS_MAX_ITEMS": overflowing,
    "CHECKBOXES_OPTIONS_MAX_ITEMS": choosing("checkboxes"),
    "RADIO_BUTTONS_OPTIONS_MAX_ITEMS": choosing("radio_buttons"),
    "PLAIN_TEXT_INPUT_MIN_LENGTH_MAX": lambda n: asking(element={"min_length": n}),
    "PLAIN_TEXT_INPUT_MAX_LENGTH_MAX": lambda n: asking(element={"max_length": n}),
    "PLAIN_TEXT_INPUT_PLACEHOLDER_MAX_LENGTH": lambda n: asking(
        element={"placeholder": plain("x" * n)}
    ),
    "DISPATCH_ACTION_CONFIGURATION_TRIGGER_ACTIONS_ON_MAX_ITEMS": lambda n: asking(
        element={"dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"] * n}}
    ),
    "ACTIONS_ELEMENTS_MAX_ITEMS": lambda n: [actions(*(button("x", f"a{i}") for i in range(n)))],
    "CONTEXT_ELEMENTS_MAX_ITEMS": lambda n: [{"type": "context", "elements": [plain("x")] * n}],
    "HEADER_TEXT_MAX_LENGTH": lambda n: [{"type": "header", "text": plain("x" * n)}],
    "IMAGE_IMAGE_URL_MAX_LENGTH": lambda n: picture(image_url="x" * n),
    "IMAGE_ALT_TEXT_MAX_LENGTH": lambda n: picture(alt_text="x" * n),
    "IMAGE_TITLE_MAX_LENGTH": lambda n: picture(title=plain("x" * n)),
    "IMAGE_ELEMENT_IMAGE_URL_MAX_LENGTH": lambda n: [
        {"type": "context", "elements": picture(image_url="x" * n)}
    ],
    "IMAGE_ELEMENT_ALT_TEXT_MAX_LENGTH": lambda n: [
        {"type": "context", "elements": picture(alt_text="x" * n)}
    ],
    "INPUT_LABEL_MAX_LENGTH": lambda n: asking(label="x" * n),
    "INPUT_HINT_MAX_LENGTH": lambda n: asking(hint=plain("x" * n)),
    "MARKDOWN_TEXT_MAX_LENGTH": lambda n: [{"type": "markdown", "text": "x" * n}],
    "MARKDOWN_TOTAL_TEXT_MAX_LENGTH": lambda n: [
        {"type": "markdown", "text": "x" * 6_000},
        {"type": "markdown", "text": "x" * (n - 6_000)},
    ],
    "RICH_TEXT_LIST_INDENT_MAX": lambda n: rich_list(indent=n),
    "RICH_TEXT_LIST_BORDER_MAX": lambda n: rich_list(border=n),
    "RICH_TEXT_QUOTE_BORDER_MAX": bordered("rich_text_quote"),
    "RICH_TEXT_PREFORMATTED_BORDER_MAX": bordered("rich_text_preformatted"),
    "SECTION_TEXT_MAX_LENGTH": lambda n: [section("x" * n)],
    "TEXT_MAX_LENGTH": lambda n: [section("x" * n)],
    "SECTION_FIELDS_MAX_ITEMS": lambda n: [{"type": "section", "fields": [plain("x")] * n}],
    "SECTION_FIELDS_ITEM_MAX_LENGTH": lambda n: [{"type": "section", "fields": [plain("x" * n)]}],
    "MESSAGE_BLOCKS_MAX_ITEMS": lambda n: [{"type": "divider"}] * n,
}

LEAST: dict[str, Callable[[int], Blocks]] = {
    "TEXT_MIN_LENGTH": lambda n: [section("x" * n)],
    "OPTION_GROUP_OPTIONS_MIN_ITEMS": lambda n: grouped(options=n),
    "SELECT_OPTION_GROUPS_MIN_ITEMS": lambda n: grouped(groups=n),
    "SELECT_OPTIONS_MIN_ITEMS": lambda n: selecting(options=[option() for _ in range(n)]),
    "SELECT_MIN_QUERY_LENGTH_MIN": lambda n: in_actions(
        {"type": "external_select", "min_query_length": n}
    ),
    "OVERFLOW_OPTIONS_MIN_ITEMS": overflowing,
    "CHECKBOXES_OPTIONS_MIN_ITEMS": choosing("checkboxes"),
    "RADIO_BUTTONS_OPTIONS_MIN_ITEMS": choosing("radio_buttons"),
    "PLAIN_TEXT_INPUT_MIN_LENGTH_MIN": lambda n: asking(element={"min_length": n}),
    "PLAIN_TEXT_INPUT_MAX_LENGTH_MIN": lambda n: asking(element={"max_length": n}),
    "DISPATCH_ACTION_CONFIGURATION_TRIGGER_ACTIONS_ON_MIN_ITEMS": lambda n: asking(
        element={"dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"] * n}}
    ),
    "RICH_TEXT_LIST_INDENT_MIN": lambda n: rich_list(indent=n),
    "RICH_TEXT_LIST_OFFSET_MIN": lambda n: rich_list(offset=n),
    "RICH_TEXT_LIST_BORDER_MIN": lambda n: rich_list(border=n),
    "RICH_TEXT_QUOTE_BORDER_MIN": bordered("rich_text_quote"),
    "RICH_TEXT_PREFORMATTED_BORDER_MIN": bordered("rich_text_preformatted"),
}


# Blocks, elements and surfaces that the workspace does not offer; each is refused as unknown.
LACKING = (
    "ALERT",
    "BUTTON_AGENT_PROMPT",
    "CARD",
    "CAROUSEL",
    "CONTAINER",
    "CONTEXT_ACTIONS",
    "CONVERSATION_FILTER",
    "DATA_TABLE",
    "DATA_VISUALIZATION",
    "DATE_PICKER",
    "EMAIL_INPUT",
    "FEEDBACK_BUTTON",
    "FILE_INPUT",
    "ICON_BUTTON",
    "MESSAGE_ATTACHMENTS",  # compared with the Web API, which counts them
    "MESSAGE_CHANNEL",
    "MESSAGE_DATA_VISUALIZATIONS",
    "MULTI_SELECT",
    "NUMBER_INPUT",
    "PLAN",
    "RICH_TEXT_INPUT",
    "TABLE",
    "TIME_PICKER",
    "URL_INPUT",
    "VIDEO",
    "VIEW",
    "WORKFLOW_BUTTON",
)


@pytest.mark.parametrize("name", MOST)
def test_the_limit_that_slackblocks_knows_is_the_last_thing_accepted(name: str) -> None:
    most: int = getattr(oracle, name)
    assert check_blocks(MOST[name](most), "message") == []
    assert check_blocks(MOST[name](most + 1), "message") != []


@pytest.mark.parametrize("name", LEAST)
def test_the_least_that_slackblocks_knows_is_the_first_thing_accepted(name: str) -> None:
    least: int = getattr(oracle, name)
    assert check_blocks(LEAST[name](least), "message") == []
    assert check_blocks(LEAST[name](least - 1), "message") != []


def test_every_limit_of_slackblocks_is_compared_but_those_of_parts_we_lack() -> None:
    theirs = {name for name in vars(oracle) if name.isupper() and not name.startswith(LACKING)}
    assert theirs == MOST.keys() | LEAST.keys()


@pytest.mark.parametrize("surface", ["message", "modal", "home"])
def test_a_block_stands_only_where_slackblocks_lets_it_stand(surface: Surface) -> None:
    allowed = oracle_surfaces._BLOCK_TYPES_BY_SURFACE[surface]
    ours = {kind for kind, rule in BLOCKS.items() if surface in rule.surfaces}
    assert ours == allowed & BLOCKS.keys()


@pytest.mark.parametrize(
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
