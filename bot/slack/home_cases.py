"""What waits for a person, and what they asked for, on their Home tab.

Pure. A proposal of somebody else is shown only to whom its approval is left; whether a press
counts is decided when it comes.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.core.access import Rights
from bot.core.proposal import Case, Party
from bot.core.request import Impersonated, Person
from bot.slack import blocks, card
from bot.slack.blocks import Block
from bot.slack.standing import one_line

_MOST = 8
_PHRASE = 150


@dataclass(frozen=True, slots=True)
class Listed:
    """One proposal that waits."""

    case: Case
    link: str
    """Its card's address; empty: it has none."""


@dataclass(frozen=True, slots=True)
class Lists:
    """What concerns one person."""

    for_you: tuple[Listed, ...] = ()
    yours: tuple[Listed, ...] = ()


def sorted_out(
    cases: Iterable[Case], person: Person, rights: Rights | None, link: Callable[[Case], str]
) -> Lists:
    """Return what waits for the person and what they asked for."""
    for_you, yours = [], []
    for case in cases:
        if case.proposed.requester.key == person.key:
            yours.append(Listed(case, link(case)))
        elif rights and _may_approve(case, rights):
            for_you.append(Listed(case, link(case)))
    return Lists(tuple(for_you), tuple(yours))


def waiting_for_you(lists: Lists | None) -> list[Block]:
    """Return what somebody else waits for the person to approve."""
    return _list(lists.for_you if lists else None)


def asked_for(lists: Lists | None) -> list[Block]:
    """Return what the person asked for and is not done yet."""
    return _list(lists.yours if lists else None)


def _list(listed: Sequence[Listed] | None) -> list[Block]:
    if listed is None:
        return [blocks.sentence("This cannot be told at the moment.")]
    if not listed:
        return [blocks.sentence("Nothing.")]
    shown = [blocks.line(_row(one)) for one in listed[:_MOST]]
    more = len(listed) - _MOST
    return [*shown, blocks.sentence(f"… and {more} more.")] if more > 0 else shown


def _row(listed: Listed) -> Sequence[Block]:
    case, requester = listed.case, listed.case.proposed.requester
    head = card.heading(case)
    line = [blocks.words(blocks.place(head), bold=True), blocks.words("  ")]
    line += [blocks.words(one_line(head.phrase, _PHRASE), code=True), blocks.words("  for ")]
    line += [blocks.mention(requester.key, requester.name), blocks.words("; expires ")]
    line.append(blocks.moment(case.expires))
    if needed := case.proposed.consent.needed:
        line.append(blocks.words(f"; {len(case.approvals)} of {needed} approvals"))
    line.append(blocks.words(". "))
    return [*line, *card.link_to(listed.link)]


def _may_approve(case: Case, rights: Rights) -> bool:
    """Tell whether approval is left to this person, as far as the card says."""
    person, identity, jury = rights.actor.person, rights.actor.identity, case.able
    if not case.missing or any(vote.party.key == person.key for vote in case.approvals):
        return False
    if jury.anyone:
        channel = case.proposed.place.channel
        return any(one.channel == channel for one in rights.bindings)
    groups = identity.groups if isinstance(identity, Impersonated) else ()
    return (
        Party(person.key, "").id in jury.people
        or not set(person.usergroups).isdisjoint(jury.usergroups)
        or not set(groups).isdisjoint(jury.groups)
    )
