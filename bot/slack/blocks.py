"""Block Kit as plain dicts: the few blocks that an answer is made of.

Pure. No block made here is mrkdwn: what was typed or comes from a cluster is verbatim text,
which can neither mention anyone nor become a link.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from bot.core.command import Effect
from bot.core.ports import Heading
from bot.core.reply import Proposal
from bot.slack.escaping import visible

Block: TypeAlias = dict[str, Any]
"""A block, in the words of Block Kit's reference; a foreign edge."""

CONFIRM, WITHDRAW, CANCEL = "confirm", "withdraw", "cancel"
"""The action ids: of a proposal's two buttons, and of the one that stops a running command."""
HEADING, BODY = "heading", "body"
"""The block ids of what stays when a proposal's buttons go."""

# Our own budget under Slack's undocumented one (13,172 to 13,297 characters were refused).
MESSAGE_CHARACTERS = 12_000
_PHRASE, _PLACE = 300, 150
_ACCESSIBILITY_LABEL = 75


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent: `text` for notifications and screen readers, `blocks` for the eye."""

    text: str
    """mrkdwn: escaped by whoever makes it."""
    blocks: tuple[Block, ...] = ()


def heading(head: Heading, person: str = "") -> Block:
    """Return the line that says where this is about, what was asked and by whom."""
    elements: list[Block] = [_text(place(head), bold=True), _text("  ")]
    elements.append(_text(phrase(head), code=True))
    if person:
        elements += [_text("  for "), {"type": "user", "user_id": person}]
    return _rich({"type": "rich_text_section", "elements": elements}, HEADING)


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
    return _rich({"type": "rich_text_preformatted", "elements": [_text(text)]}, block_id)


def sentence(text: str, block_id: str = "") -> Block:
    """Return a line of our own; nothing in it is markup."""
    return _rich({"type": "rich_text_section", "elements": [_text(visible(text))]}, block_id)


def signed(words: str, person: str) -> Block:
    """Return a line that ends with a person, such as `Confirmed by @ada`."""
    user = {"type": "user", "user_id": person}
    return _rich({"type": "rich_text_section", "elements": [_text(f"{words} "), user]})


def pointer(before: str, url: str, label: str) -> Block:
    """Return a line that ends with a link."""
    link = {"type": "link", "url": url, "text": label}
    return _rich({"type": "rich_text_section", "elements": [_text(f"{before} "), link]})


def named(pairs: Sequence[tuple[str, str]]) -> Block:
    """Return named values, one a line."""
    elements: list[Block] = []
    for number, (name, value) in enumerate(pairs):
        start = "\n" if number else ""
        elements += [_text(f"{start}{name or '-'}: ", bold=True), _text(value)]
    return _rich({"type": "rich_text_section", "elements": elements})


def picture(file: str, title: str, summary: str) -> Block:
    """Return a picture that was sent before; `summary` is read where it cannot be seen."""
    return {
        "type": "image",
        "slack_file": {"id": file},
        "alt_text": summary or title or "-",
        "title": {"type": "plain_text", "text": title or "-", "emoji": False},
    }


def buttons(proposal: Proposal, head: Heading | None) -> Block:
    """Return Confirm and Cancel; they carry the ticket and nothing else."""
    style = "danger" if proposal.plan.effect is Effect.DESTROY else "primary"
    where = f" in {place(head)}" if head else ""
    label = f"Confirm{where}: {visible(proposal.plan.phrase)}"
    confirm = _button("Confirm", CONFIRM, proposal.ticket)
    confirm |= {"style": style, "accessibility_label": label[:_ACCESSIBILITY_LABEL]}
    cancel = _button("Cancel", WITHDRAW, proposal.ticket)
    return {"type": "actions", "block_id": "actions", "elements": [confirm, cancel]}


def stop(request: str, label: str = "Cancel") -> Block:
    """Return the button that cancels a running command; it carries the request's id."""
    elements = [_button(label, CANCEL, request)]
    return {"type": "actions", "block_id": "stop", "elements": elements}


def _button(text: str, action: str, ticket: str) -> Block:
    label = {"type": "plain_text", "text": text, "emoji": False}
    return {"type": "button", "text": label, "action_id": action, "value": ticket}


def _rich(element: Block, block_id: str = "") -> Block:
    named = {"block_id": block_id} if block_id else {}
    return {"type": "rich_text", **named, "elements": [element]}


def _text(text: str, **style: bool) -> Block:
    # Slack refuses empty text, which is what is left where everything was invisible.
    return {"type": "text", "text": text or " ", **({"style": style} if style else {})}
