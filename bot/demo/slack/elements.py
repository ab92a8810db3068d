"""What may stand inside of a block: text, buttons, menus, inputs and rich text, as data."""

from bot.demo.slack import limits
from bot.demo.slack.richtext import RICH_TEXT
from bot.demo.slack.shapes import Flag, Many, Num, Record, Shape, Str, Tagged, one_of, record


def plain_text(longest: int) -> Tagged:
    """Return a text object that carries no markup."""
    return Tagged({"plain_text": record({"emoji": Flag()}, text=Str(longest))})


def any_text(longest: int) -> Tagged:
    """Return a text object that may carry mrkdwn."""
    mrkdwn = record({"verbatim": Flag()}, text=Str(longest))
    return Tagged({**plain_text(longest).variants, "mrkdwn": mrkdwn})


_ACTION_ID = Str(limits.ACTION_ID)
_CONFIRM = record(
    {"style": one_of("primary", "danger")},
    title=plain_text(limits.CONFIRM_TITLE),
    text=any_text(limits.CONFIRM_TEXT),
    confirm=plain_text(limits.CONFIRM_BUTTON),
    deny=plain_text(limits.CONFIRM_BUTTON),
)
_OPTION = record(
    {
        "description": any_text(limits.OPTION_DESCRIPTION),
        "url": Str(limits.OPTION_URL),
    },
    text=any_text(limits.OPTION_TEXT),
    value=Str(limits.OPTION_VALUE),
)
_OPTION_GROUP = record(
    label=plain_text(limits.OPTION_GROUP_LABEL), options=Many(_OPTION, limits.SELECT_OPTIONS)
)
OFFERED = record(
    {
        "options": Many(_OPTION, limits.SELECT_OPTIONS, least=0),
        "option_groups": Many(_OPTION_GROUP, limits.SELECT_OPTIONS, least=0),
    },
    either=("options", "option_groups"),
)
"""How a bot answers who types into an external menu."""
_INTERACTIVE: dict[str, Shape] = {"action_id": _ACTION_ID, "confirm": _CONFIRM}
_ASKED: dict[str, Shape] = {
    "placeholder": plain_text(limits.PLACEHOLDER),
    "focus_on_load": Flag(),
}
_SENDING: dict[str, Shape] = {
    "dispatch_action_config": record(
        trigger_actions_on=Many(one_of("on_enter_pressed", "on_character_entered"), 2)
    ),
}

BUTTON = record(
    {
        **_INTERACTIVE,
        "value": Str(limits.BUTTON_VALUE),
        "url": Str(limits.BUTTON_URL),
        "style": one_of("primary", "danger"),
        "accessibility_label": Str(limits.ACCESSIBILITY_LABEL),
    },
    text=plain_text(limits.BUTTON_TEXT),
)
OVERFLOW = record(_INTERACTIVE, options=Many(_OPTION, limits.OVERFLOW_OPTIONS))
STATIC_SELECT = record(
    {
        **_INTERACTIVE,
        **_ASKED,
        "options": Many(_OPTION, limits.SELECT_OPTIONS),
        "option_groups": Many(_OPTION_GROUP, limits.SELECT_OPTIONS),
        "initial_option": _OPTION,
    },
    either=("options", "option_groups"),
)
EXTERNAL_SELECT = record(
    {**_INTERACTIVE, **_ASKED, "initial_option": _OPTION, "min_query_length": Num(0)}
)
CHECKBOXES = record(
    {**_INTERACTIVE, "initial_options": Many(_OPTION, limits.CHOICE_OPTIONS)},
    options=Many(_OPTION, limits.CHOICE_OPTIONS),
)
RADIO_BUTTONS = record(
    {**_INTERACTIVE, "initial_option": _OPTION}, options=Many(_OPTION, limits.CHOICE_OPTIONS)
)
PLAIN_TEXT_INPUT = record(
    {
        **_ASKED,
        "action_id": _ACTION_ID,
        "initial_value": Str(limits.TYPED_TEXT, shortest=0),
        "multiline": Flag(),
        "min_length": Num(0, limits.TYPED_TEXT),
        "max_length": Num(1, limits.TYPED_TEXT),
        **_SENDING,
    }
)

SLACK_FILE = record({"id": Str(), "url": Str()}, either=("id", "url"))
IMAGE: Record = record(
    {"image_url": Str(limits.IMAGE_URL), "slack_file": SLACK_FILE},
    either=("image_url", "slack_file"),
    alt_text=Str(limits.IMAGE_ALT_TEXT),
)


def _menu(**more: Shape) -> Record:
    return record({**_INTERACTIVE, **_ASKED, **more})


def _menu_of_several(**more: Shape) -> Record:
    return _menu(max_selected_items=Num(1), **more)


def _typed(**more: Shape) -> Record:
    return record({**_ASKED, "action_id": _ACTION_ID, "initial_value": Str(), **_SENDING, **more})


_FILTER = record(
    {
        "include": Many(one_of("im", "mpim", "private", "public")),
        "exclude_external_shared_channels": Flag(),
        "exclude_bot_users": Flag(),
    },
    either=("include", "exclude_external_shared_channels", "exclude_bot_users"),
)
_CONVERSATIONS: dict[str, Shape] = {
    "default_to_current_conversation": Flag(),
    "filter": _FILTER,
}
_URL_TO_ANSWER: dict[str, Shape] = {"response_url_enabled": Flag()}
_CHOICE = {"overflow": OVERFLOW, "checkboxes": CHECKBOXES, "radio_buttons": RADIO_BUTTONS}
_MENUS = {
    "static_select": STATIC_SELECT,
    "external_select": EXTERNAL_SELECT,
    "users_select": _menu(initial_user=Str()),
    "conversations_select": _menu(initial_conversation=Str(), **_CONVERSATIONS, **_URL_TO_ANSWER),
    "channels_select": _menu(initial_channel=Str(), **_URL_TO_ANSWER),
}
_SEVERAL = {
    "multi_static_select": Record(
        {},
        {
            **_menu_of_several(initial_options=Many(_OPTION)).optional,
            "options": Many(_OPTION, limits.SELECT_OPTIONS),
            "option_groups": Many(_OPTION_GROUP, limits.SELECT_OPTIONS),
        },
        ("options", "option_groups"),
    ),
    "multi_external_select": _menu_of_several(
        initial_options=Many(_OPTION), min_query_length=Num(0)
    ),
    "multi_users_select": _menu_of_several(initial_users=Many(Str())),
    "multi_conversations_select": _menu_of_several(
        initial_conversations=Many(Str()), **_CONVERSATIONS
    ),
    "multi_channels_select": _menu_of_several(initial_channels=Many(Str())),
}
_PICKERS = {
    "datepicker": _menu(initial_date=Str()),
    "timepicker": _menu(initial_time=Str(), timezone=Str()),
}
_MOMENT = {"datetimepicker": record({**_INTERACTIVE, "initial_date_time": Num(0)})}

_ANYWHERE = {"button": BUTTON, **_CHOICE, **_MENUS, **_PICKERS}
IN_ACTIONS = Tagged({**_ANYWHERE, **_MOMENT})
IN_SECTION = Tagged({**_ANYWHERE, **_SEVERAL, "image": IMAGE})
IN_CONTEXT = Tagged({**any_text(limits.CONTEXT_TEXT).variants, "image": IMAGE})
FILE_INPUT = record(
    {
        "action_id": _ACTION_ID,
        "filetypes": Many(Str(), least=0),
        "max_files": Num(1, limits.FILE_INPUT_FILES),
    }
)
IN_INPUT = Tagged(
    {
        **{kind: shape for kind, shape in _ANYWHERE.items() if kind not in ("button", "overflow")},
        **_SEVERAL,
        **_MOMENT,
        "plain_text_input": PLAIN_TEXT_INPUT,
        "email_text_input": _typed(),
        "url_text_input": _typed(),
        "number_input": Record(
            {"is_decimal_allowed": Flag()},
            _typed(min_value=Str(), max_value=Str()).optional,
        ),
        "rich_text_input": _typed(
            initial_value=Tagged({"rich_text": RICH_TEXT}),
            min_lines=Num(1, limits.RICH_LINES),
            max_lines=Num(1, limits.RICH_LINES),
        ),
        "file_input": FILE_INPUT,
    }
)
_FEEDBACK = record(
    {"accessibility_label": Str(limits.ACCESSIBILITY_LABEL)},
    text=plain_text(limits.FEEDBACK_TEXT),
    value=Str(limits.BUTTON_VALUE),
)
IN_CONTEXT_ACTIONS = Tagged(
    {
        "feedback_buttons": record(
            {"action_id": _ACTION_ID}, positive_button=_FEEDBACK, negative_button=_FEEDBACK
        ),
        "icon_button": record(
            {
                **_INTERACTIVE,
                "value": Str(limits.BUTTON_VALUE),
                "accessibility_label": Str(limits.ACCESSIBILITY_LABEL),
                "visible_to_user_ids": Many(Str(), limits.VISIBLE_TO),
            },
            icon=one_of("trash"),
            text=plain_text(limits.SECTION_TEXT),
        ),
    }
)
WITH_ACTION_ID = (
    IN_ACTIONS.variants.keys() | IN_INPUT.variants.keys() | IN_CONTEXT_ACTIONS.variants.keys()
)
"""The types of the elements that a person can act upon."""
