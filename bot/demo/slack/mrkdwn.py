"""What Slack does to text: on its way to the bot, and on its way to the screen. Pure."""

import re
from collections.abc import Callable

Names = Callable[[str], str]
"""From an id of a user, group or channel to how it reads on the screen."""

_MARKUP = re.compile(r"<([^<>\n]+)>")
_URL = r"(?P<url>https?://[^\s<>|]+)"
# Slack links whatever ends like a public host name; a handful of endings shows the trap.
_ENDING = r"(?:com|org|net|io|dev|local)\b(?![\w.-])"
_HOST = rf"(?P<host>(?<![\w.@/-])(?:[\w-]+\.)+{_ENDING}(?:/[^\s<>|]*)?)"
_MAIL = rf"(?P<mail>[\w.+-]+@(?:[\w-]+\.)+{_ENDING})"
_LINKED = re.compile(f"{_URL}|{_MAIL}|{_HOST}")
_ENTITIES = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"))


def escaped(text: str) -> str:
    """Return text with the three characters that Slack escapes in messages."""
    for character, entity in _ENTITIES:
        text = text.replace(character, entity)
    return text


def typed(text: str) -> str:
    """Return what a person typed into a message as the bot receives it."""
    return _LINKED.sub(_link, escaped(text))


def plain(text: str, names: Names) -> str:
    """Return mrkdwn as it reads on the screen: mentions named, links labelled, entities undone.

    Emphasis marks stay, because in names such as `my_pod_name` they are no marks.
    """
    text = _MARKUP.sub(lambda match: _shown(match[1], names), text)
    for character, entity in reversed(_ENTITIES):
        text = text.replace(entity, character)
    return text


def _link(match: re.Match[str]) -> str:
    if match["url"]:
        return f"<{match['url']}>"
    if match["mail"]:
        return f"<mailto:{match['mail']}|{match['mail']}>"
    return f"<http://{match['host']}|{match['host']}>"


def _shown(markup: str, names: Names) -> str:
    target, _, label = markup.partition("|")
    if target.startswith(("@", "#")):
        return names(target[1:])
    if target.startswith("!subteam^"):
        return names(target.removeprefix("!subteam^"))
    if target.startswith("!date^"):
        return label
    if target.startswith("!"):
        return f"@{target[1:]}"
    return label or target
