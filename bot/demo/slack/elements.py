"""What may stand inside of a block: text, buttons, menus, inputs and rich text, as data."""

from bot.demo.slack import limits
from bot.demo.slack.shapes import Flag, Many, Num, Record, Shape, Str, Tagged, record


def plain_text(longest: int) -> Tagged:
    """Return a text object that carries no markup."""
    return Tagged({"plain_text": record({"emoji": Flag()}, text=Str(longest))})


def any_text(longest: int) -> Tagged:
    """Return a text object that may carry mrkdwn."""
    mrkdwn = record({"verbatim": Flag()}, text=Str(longest))
    return Tagged({**plain_text(longest).variants, "mrkdwn": mrkdwn})


def _one_of(*choices: str) -> Str:
    return Str(choices=frozenset(choices))


_ACTION_ID = Str(limits.ACTION_ID)
_CONFIRM = record(
    {"style": _one_of("primary", "danger")},
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
_INTERACTIVE: dict[str, Shape] = {"action_id": _ACTION_ID, "confirm": _CONFIRM}
_ASKED: dict[str, Shape] = {
    "placeholder": plain_text(limits.PLACEHOLDER),
    "focus_on_load": Flag(),
}

BUTTON = record(
    {
        **_INTERACTIVE,
        "value": Str(limits.BUTTON_VALUE),
        "url": Str(limits.BUTTON_URL),
        "style": _one_of("primary", "danger"),
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
        "dispatch_action_config": record(
            trigger_actions_on=Many(_one_of("on_enter_pressed", "on_character_entered"), 2)
        ),
    }
)

SLACK_FILE = record({"id": Str(), "url": Str()}, either=("id", "url"))
IMAGE: Record = record(
    {"image_url": Str(limits.IMAGE_URL), "slack_file": SLACK_FILE},
    either=("image_url", "slack_file"),
    alt_text=Str(limits.IMAGE_ALT_TEXT),
)

_PRESSED = {
    "button": BUTTON,
    "overflow": OVERFLOW,
    "static_select": STATIC_SELECT,
    "external_select": EXTERNAL_SELECT,
    "checkboxes": CHECKBOXES,
    "radio_buttons": RADIO_BUTTONS,
}
IN_ACTIONS = Tagged(_PRESSED)
IN_SECTION = Tagged({**_PRESSED, "image": IMAGE})
IN_CONTEXT = Tagged({**any_text(limits.CONTEXT_TEXT).variants, "image": IMAGE})
IN_INPUT = Tagged(
    {
        "plain_text_input": PLAIN_TEXT_INPUT,
        "static_select": STATIC_SELECT,
        "external_select": EXTERNAL_SELECT,
        "checkboxes": CHECKBOXES,
        "radio_buttons": RADIO_BUTTONS,
    }
)

_STYLE = record({name: Flag() for name in ("bold", "italic", "strike", "code", "underline")})
_STYLED: dict[str, Shape] = {"style": _STYLE}
_RICH_TEXT = record(_STYLED, text=Str())
_RICH_LINK = record({**_STYLED, "text": Str(), "unsafe": Flag()}, url=Str())
_INLINE = Tagged(
    {
        "text": _RICH_TEXT,
        "link": _RICH_LINK,
        "emoji": record({**_STYLED, "unicode": Str(), "skin_tone": Num(1, 6)}, name=Str()),
        "user": record(_STYLED, user_id=Str()),
        "channel": record(_STYLED, channel_id=Str()),
        "usergroup": record(_STYLED, usergroup_id=Str()),
        "broadcast": record(_STYLED, range=_one_of("here", "channel", "everyone")),
        "date": record(
            {**_STYLED, "url": Str(), "fallback": Str()}, timestamp=Num(0), format=Str()
        ),
        "color": record(_STYLED, value=Str()),
    }
)
_RICH_SECTION = record(elements=Many(_INLINE, least=0))
_BORDER: dict[str, Shape] = {"border": Num(0, 1)}
IN_RICH_TEXT = Tagged(
    {
        "rich_text_section": _RICH_SECTION,
        "rich_text_quote": record(_BORDER, elements=Many(_INLINE, least=0)),
        "rich_text_preformatted": record(
            {**_BORDER, "language": Str()},
            elements=Many(Tagged({"text": _RICH_TEXT, "link": _RICH_LINK}), least=0),
        ),
        "rich_text_list": record(
            {**_BORDER, "indent": Num(0, limits.LIST_INDENT), "offset": Num(0)},
            style=_one_of("bullet", "ordered"),
            elements=Many(Tagged({"rich_text_section": _RICH_SECTION})),
        ),
    }
)
