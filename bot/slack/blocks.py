"""Block Kit as plain dicts: the few blocks that an answer is made of.

Pure. No block made here is mrkdwn: what was typed or comes from a cluster is verbatim text,
which can neither mention anyone nor become a link.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from bot.core.ports import Heading
from bot.slack.escaping import escaped, visible

Block: TypeAlias = dict[str, Any]
"""A block, in the words of Block Kit's reference; a foreign edge."""

CANCEL = "cancel"
"""The action id of the button that stops a running command."""

# Our own budget under Slack's undocumented one (13,172 to 13,297 characters were refused).
MESSAGE_CHARACTERS = 12_000
_PHRASE, _PLACE = 300, 150
_ACCESSIBILITY_LABEL = 75
_USER, _USERGROUP = re.compile(r"[UW][A-Z0-9]{1,30}"), re.compile(r"S[A-Z0-9]{1,30}")


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent: `text` for notifications and screen readers, `blocks` for the eye."""

    text: str
    """mrkdwn: escaped by whoever makes it."""
    blocks: tuple[Block, ...] = ()


def heading(head: Heading, person: str = "") -> Block:
    """Return the line that says where this is about, what was asked and by whom."""
    elements: list[Block] = [words(place(head), bold=True), words("  ")]
    elements.append(words(phrase(head), code=True))
    if person:
        elements += [words("  for "), {"type": "user", "user_id": person}]
    return line(elements)


def place(head: Heading) -> str:
    """Return `context/namespace`, or the context alone."""
    where = f"{head.context}/{head.namespace}" if head.namespace else head.context
    return visible(where)[:_PLACE] or "-"


def phrase(head: Heading) -> str:
    """Return the command on one line, cut where it would fill the screen."""
    line = " ".join(visible(head.phrase).split()) or "-"
    return line if len(line) <= _PHRASE else f"{line[:_PHRASE]}…"


def preformatted(text: str, block_id: str = "") -> Block:
    """Return text that is shown verbatim; `text` is visible text and not empty."""
    shown = _rich({"type": "rich_text_preformatted", "elements": [words(text)]})
    return shown | ({"block_id": block_id} if block_id else {})


def sentence(text: str) -> Block:
    """Return a line of our own; nothing in it is markup."""
    return line([words(visible(text))])


def signed(text: str, person: str) -> Block:
    """Return a line that ends with a person, such as `Shared by @ada`."""
    return line([words(f"{text} "), {"type": "user", "user_id": person}])


def pointer(before: str, url: str, label: str) -> Block:
    """Return a line that ends with a link."""
    return line([words(f"{before} "), {"type": "link", "url": url, "text": label}])


def named(pairs: Sequence[tuple[str, str]]) -> Block:
    """Return named values, one a line."""
    elements: list[Block] = []
    for number, (name, value) in enumerate(pairs):
        start = "\n" if number else ""
        elements += [words(f"{start}{name or '-'}: ", bold=True), words(value)]
    return line(elements)


def line(elements: Sequence[Block]) -> Block:
    """Return a line of what `words`, `mention`, `usergroup` and `moment` make."""
    return _rich({"type": "rich_text_section", "elements": list(elements)})


def words(text: str, **style: bool) -> Block:
    """Return visible text within a line."""
    # Slack refuses empty text, which is what is left where everything was invisible.
    return {"type": "text", "text": text or " ", **({"style": style} if style else {})}


def mention(key: str, name: str = "") -> Block:
    """Return a person within a line, by their id or `TEAM/USER`; by name where that is no id."""
    user = key.rpartition("/")[2]
    if _USER.fullmatch(user):
        return {"type": "user", "user_id": user}
    return words(_short(name or key))


def usergroup(id: str) -> Block:
    """Return a user group within a line."""
    return (
        {"type": "usergroup", "usergroup_id": id} if _USERGROUP.fullmatch(id) else words(_short(id))
    )


def moment(at: datetime) -> Block:
    """Return a time of day within a line, which each reader sees in their own zone."""
    return {
        "type": "date",
        "timestamp": int(at.timestamp()),
        "format": "{time}",
        "fallback": f"{at:%H:%M} UTC",
    }


def mrkdwn(elements: Sequence[Block]) -> str:
    """Return a line as the text of a message, in which it mentions the same people."""
    return "".join(_MRKDWN[one["type"]](one) for one in elements)


def picture(file: str, title: str, summary: str) -> Block:
    """Return a picture that was sent before; `summary` is read where it cannot be seen."""
    return {
        "type": "image",
        "slack_file": {"id": file},
        "alt_text": summary or title or "-",
        "title": {"type": "plain_text", "text": title or "-", "emoji": False},
    }


def button(text: str, action: str, value: str, *, style: str = "", label: str = "") -> Block:
    """Return a button; `label` is read aloud in place of its text."""
    styled = {"style": style} if style else {}
    named = {"accessibility_label": visible(label)[:_ACCESSIBILITY_LABEL]} if label else {}
    shown = {"type": "plain_text", "text": text, "emoji": False}
    found = {"type": "button", "text": shown, "action_id": action, "value": value}
    return found | styled | named


def stop(request: str, label: str = "Cancel") -> Block:
    """Return the button that cancels a running command; it carries the request's id."""
    elements = [button(label, CANCEL, request)]
    return {"type": "actions", "block_id": "stop", "elements": elements}


def _short(text: str) -> str:
    return " ".join(visible(text).split())[:_PLACE] or "-"


def _rich(element: Block) -> Block:
    return {"type": "rich_text", "elements": [element]}


_MRKDWN: Mapping[str, Callable[[Block], str]] = {
    "text": lambda one: escaped(one["text"]),
    "user": lambda one: f"<@{one['user_id']}>",
    "usergroup": lambda one: f"<!subteam^{one['usergroup_id']}>",
    "date": lambda one: f"<!date^{one['timestamp']}^{one['format']}|{one['fallback']}>",
}
