"""Blocks and views that stand at each limit, by the name that slackblocks gives to the limit."""

from collections.abc import Callable
from typing import Any

from tests.demo.slack import bots
from tests.demo.slack.bots import actions, button, plain, section

Blocks = list[dict[str, Any]]


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
    return [bots.asking(label, more.pop("element", {}), **more)]


def asking_with(kind: str, **more: Any) -> Blocks:
    return asking(element={"type": kind, **more})


def cell(text: str = "x") -> dict[str, Any]:
    return {"type": "raw_text", "text": text}


def table(rows: int = 1, columns: int = 1, **more: Any) -> Blocks:
    return [{"type": "table", "rows": [[cell()] * columns] * rows, **more}]


def data_table(rows: int = 2, columns: int = 1, text: str = "x", **more: Any) -> Blocks:
    cells = [[cell()] * columns] * (rows - 1) + [[cell(text)] * columns]
    return [{"type": "data_table", "caption": "pods", "rows": cells, **more}]


def chart(title: str = "CPU", **parts: Any) -> Blocks:
    return [{"type": "data_visualization", "title": title, "chart": parts}]


def pie(count: int = 1, label: str = "x", value: float = 1) -> Blocks:
    return chart(type="pie", segments=[{"label": label, "value": value}] * count)


def line(
    points: int = 1,
    series: int = 1,
    prefix: str = "",
    name: str = "",
    title: str = "CPU",
    **axes: str,
) -> Blocks:
    labels = [f"{prefix}{n}" for n in range(points)]
    data = [{"label": label, "value": 1.5} for label in labels]
    lines = [{"name": name or f"s{n}", "data": data} for n in range(series)]
    axis_config = {"categories": labels, **axes}
    return chart(title, type="line", series=lines, axis_config=axis_config)


def card(**more: Any) -> Blocks:
    return [{"type": "card", "title": plain("web"), **more}]


def container(count: int = 1, **more: Any) -> Blocks:
    children = [{"type": "divider"}] * count
    return [{"type": "container", "title": plain("x"), "child_blocks": children, **more}]


def feedback(**more: Any) -> Blocks:
    one = {"text": plain("Good"), "value": "good", **more}
    pair = {"positive_button": one, "negative_button": {"text": plain("Bad"), "value": "bad"}}
    element = {"type": "feedback_buttons", **pair}
    return [{"type": "context_actions", "elements": [element]}]


def icon(count: int = 1, **more: Any) -> Blocks:
    element = {"type": "icon_button", "icon": "trash", "text": plain("Delete"), **more}
    elements = [{**element, "action_id": f"a{n}"} for n in range(count)]
    return [{"type": "context_actions", "elements": elements}]


def plan(count: int) -> Blocks:
    tasks = [{"task_id": f"t{n}", "title": "x", "status": "pending"} for n in range(count)]
    return [{"type": "plan", "title": "Rollout", "tasks": tasks}]


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


def held_out(kind: str, **more: Any) -> Callable[[int], Blocks]:
    return lambda n: asking_with(kind, placeholder=plain("x" * n), **more)


# What may stand in a message, by the name of its limit in slackblocks.
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
    "TABLE_ROWS_MAX_ITEMS": lambda n: table(rows=n),
    "TABLE_COLUMNS_MAX_ITEMS": lambda n: table(columns=n),
    "TABLE_COLUMN_SETTINGS_MAX_ITEMS": lambda n: table(column_settings=[{"align": "right"}] * n),
    "DATA_TABLE_ROWS_MAX_ITEMS": lambda n: data_table(rows=n),
    "DATA_TABLE_COLUMNS_MAX_ITEMS": lambda n: data_table(columns=n),
    "DATA_TABLE_PAGE_SIZE_MAX": lambda n: data_table(page_size=n),
    "DATA_TABLE_CONTENT_MAX_LENGTH": lambda n: data_table(text="x" * (n - 1)),
    "DATA_TABLE_TOTAL_CONTENT_MAX_LENGTH": lambda n: [
        *data_table(text="x" * 5_000),
        *data_table(text="x" * (n - 5_002)),
    ],
    "DATA_VISUALIZATION_TITLE_MAX_LENGTH": lambda n: line(title="x" * n),
    "DATA_VISUALIZATION_SEGMENTS_MAX_ITEMS": pie,
    "DATA_VISUALIZATION_SEGMENT_LABEL_MAX_LENGTH": lambda n: pie(label="x" * n),
    "DATA_VISUALIZATION_SERIES_MAX_ITEMS": lambda n: line(series=n),
    "DATA_VISUALIZATION_SERIES_NAME_MAX_LENGTH": lambda n: line(name="x" * n),
    "DATA_VISUALIZATION_DATA_MAX_ITEMS": line,
    "DATA_VISUALIZATION_POINT_LABEL_MAX_LENGTH": lambda n: line(prefix="x" * (n - 1)),
    "DATA_VISUALIZATION_CATEGORIES_MAX_ITEMS": line,
    "DATA_VISUALIZATION_CATEGORY_LABEL_MAX_LENGTH": lambda n: line(prefix="x" * (n - 1)),
    "DATA_VISUALIZATION_AXIS_LABEL_MAX_LENGTH": lambda n: line(y_label="x" * n),
    "MESSAGE_DATA_VISUALIZATIONS_MAX_ITEMS": lambda n: pie() * n,
    "CARD_TITLE_MAX_LENGTH": lambda n: card(title=plain("x" * n)),
    "CARD_SUBTITLE_MAX_LENGTH": lambda n: card(subtitle=plain("x" * n)),
    "CARD_BODY_MAX_LENGTH": lambda n: card(body=plain("x" * n)),
    "CARD_SUBTEXT_MAX_LENGTH": lambda n: card(subtext=plain("x" * n)),
    "CARD_ACTIONS_MAX_ITEMS": lambda n: card(actions=[button("x", f"a{i}") for i in range(n)]),
    "CAROUSEL_ELEMENTS_MAX_ITEMS": lambda n: [{"type": "carousel", "elements": card() * n}],
    "CONTAINER_TITLE_MAX_LENGTH": lambda n: container(title=plain("x" * n)),
    "CONTAINER_SUBTITLE_MAX_LENGTH": lambda n: container(subtitle=plain("x" * n)),
    "CONTAINER_CHILD_BLOCKS_MAX_ITEMS": container,
    "CONTEXT_ACTIONS_ELEMENTS_MAX_ITEMS": icon,
    "FEEDBACK_BUTTON_TEXT_MAX_LENGTH": lambda n: feedback(text=plain("x" * n)),
    "FEEDBACK_BUTTON_VALUE_MAX_LENGTH": lambda n: feedback(value="x" * n),
    "FEEDBACK_BUTTON_ACCESSIBILITY_LABEL_MAX_LENGTH": lambda n: feedback(
        accessibility_label="x" * n
    ),
    "ICON_BUTTON_VALUE_MAX_LENGTH": lambda n: icon(value="x" * n),
    "ICON_BUTTON_ACCESSIBILITY_LABEL_MAX_LENGTH": lambda n: icon(accessibility_label="x" * n),
    "ICON_BUTTON_VISIBLE_TO_USER_IDS_MAX_ITEMS": lambda n: icon(visible_to_user_ids=["U1"] * n),
    "PLAN_TASKS_MAX_ITEMS": plan,
    "EMAIL_INPUT_PLACEHOLDER_MAX_LENGTH": held_out("email_text_input"),
    "URL_INPUT_PLACEHOLDER_MAX_LENGTH": held_out("url_text_input"),
    "NUMBER_INPUT_PLACEHOLDER_MAX_LENGTH": held_out("number_input", is_decimal_allowed=False),
    "DATE_PICKER_PLACEHOLDER_MAX_LENGTH": held_out("datepicker"),
    "TIME_PICKER_PLACEHOLDER_MAX_LENGTH": held_out("timepicker"),
    "RICH_TEXT_INPUT_PLACEHOLDER_MAX_LENGTH": held_out("rich_text_input"),
    "RICH_TEXT_INPUT_MIN_LINES_MAX": lambda n: asking_with("rich_text_input", min_lines=n),
    "RICH_TEXT_INPUT_MAX_LINES_MAX": lambda n: asking_with("rich_text_input", max_lines=n),
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
    "MULTI_SELECT_MAX_SELECTED_ITEMS_MIN": lambda n: asking_with(
        "multi_users_select", max_selected_items=n
    ),
    "CONVERSATION_FILTER_INCLUDE_MIN_ITEMS": lambda n: asking_with(
        "conversations_select", filter={"include": ["public"] * n}
    ),
    "RICH_TEXT_INPUT_MIN_LINES_MIN": lambda n: asking_with("rich_text_input", min_lines=n),
    "RICH_TEXT_INPUT_MAX_LINES_MIN": lambda n: asking_with("rich_text_input", max_lines=n),
    "CAROUSEL_ELEMENTS_MIN_ITEMS": lambda n: [{"type": "carousel", "elements": card() * n}],
    "CONTAINER_CHILD_BLOCKS_MIN_ITEMS": container,
    "DATA_TABLE_ROWS_MIN_ITEMS": data_table,
    "DATA_TABLE_COLUMNS_MIN_ITEMS": lambda n: data_table(columns=n),
    "DATA_TABLE_PAGE_SIZE_MIN": lambda n: data_table(page_size=n),
    "DATA_TABLE_CELL_TEXT_MIN_LENGTH": lambda n: data_table(text="x" * n),
    "DATA_TABLE_ROW_HEADER_COLUMN_INDEX_MIN": lambda n: data_table(row_header_column_index=n),
    "DATA_VISUALIZATION_SEGMENTS_MIN_ITEMS": pie,
    "DATA_VISUALIZATION_SERIES_MIN_ITEMS": lambda n: line(series=n),
    "DATA_VISUALIZATION_DATA_MIN_ITEMS": line,
    "DATA_VISUALIZATION_CATEGORIES_MIN_ITEMS": line,
}

# The smaller number counts where Slack's pages and newer specifications differ.
SMALLER = {
    "DATA_TABLE_ROWS_MAX_ITEMS": 101,
    "DATA_TABLE_CONTENT_MAX_LENGTH": 10_000,
    "DATA_TABLE_TOTAL_CONTENT_MAX_LENGTH": 10_000,
    "DATA_VISUALIZATION_SERIES_MAX_ITEMS": 6,
}

# What stands in modals only, or is a view itself.
VIEW_MOST: dict[str, Callable[[int], dict[str, Any]]] = {
    "ALERT_TEXT_MAX_LENGTH": lambda n: bots.modal({"type": "alert", "text": plain("x" * n)}),
    "FILE_INPUT_MAX_FILES_MAX": lambda n: bots.modal(*asking_with("file_input", max_files=n)),
    "VIEW_BLOCKS_MAX_ITEMS": lambda n: bots.modal(*[{"type": "divider"}] * n),
    "VIEW_PRIVATE_METADATA_MAX_LENGTH": lambda n: bots.modal(private_metadata="x" * n),
    "VIEW_CALLBACK_ID_MAX_LENGTH": lambda n: bots.modal(callback_id="x" * n),
    "VIEW_EXTERNAL_ID_MAX_LENGTH": lambda n: bots.modal(external_id="x" * n),
    "VIEW_TITLE_MAX_LENGTH": lambda n: bots.modal(title=plain("x" * n)),
    "VIEW_CLOSE_MAX_LENGTH": lambda n: bots.modal(close=plain("x" * n)),
    "VIEW_SUBMIT_MAX_LENGTH": lambda n: bots.modal(submit="x" * n),
}
VIEW_LEAST: dict[str, Callable[[int], dict[str, Any]]] = {
    "FILE_INPUT_MAX_FILES_MIN": lambda n: bots.modal(*asking_with("file_input", max_files=n)),
}

ALL_MOST: dict[str, Callable[[int], Any]] = {**MOST, **VIEW_MOST}
ALL_LEAST: dict[str, Callable[[int], Any]] = {**LEAST, **VIEW_LEAST}
