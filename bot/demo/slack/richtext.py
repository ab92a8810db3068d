"""What rich text is made of, as data."""

from collections.abc import Mapping

from bot.demo.slack import limits
from bot.demo.slack.shapes import Flag, Many, Num, Record, Shape, Str, Tagged, one_of, record

_STYLE = record({name: Flag() for name in ("bold", "italic", "strike", "code", "underline")})
_STYLED: Mapping[str, Shape] = {"style": _STYLE}
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
        "broadcast": record(_STYLED, range=one_of("here", "channel", "everyone")),
        "date": record(
            {**_STYLED, "url": Str(), "fallback": Str()}, timestamp=Num(0), format=Str()
        ),
        "color": record(_STYLED, value=Str()),
    }
)
_RICH_SECTION = record(elements=Many(_INLINE, least=0))
_BORDER: Mapping[str, Shape] = {"border": Num(0, 1)}
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
            style=one_of("bullet", "ordered"),
            elements=Many(Tagged({"rich_text_section": _RICH_SECTION})),
        ),
    }
)
RICH_TEXT: Record = record(elements=Many(IN_RICH_TEXT))
