"""How a proposal stands, in lines that mention people and times.

Pure. Each line is a sequence of what stands within a line of a message.
"""

from collections.abc import Iterator, Sequence

from bot.core.proposal import Case, Consent, Jury, Stage, Vote
from bot.slack import blocks
from bot.slack.blocks import Block
from bot.slack.escaping import visible

_REASON, LINE = 500, 200
_MENTIONED = 15
_STATES = {
    Stage.DONE: "🟢 Done.",
    Stage.FAILED: "🔴 Failed.",
    Stage.UNKNOWN: "⚪ It is not known how this ended.",
    Stage.SUPERSEDED: "⚪ Superseded: something that this reads or writes has changed.",
    Stage.DENIED: "🔴 Denied; nothing was changed.",
    Stage.WITHDRAWN: "⚪ Withdrawn; nothing was changed.",
}
_CLOSED = {Stage.DENIED: "🔴 Denied by", Stage.WITHDRAWN: "⚪ Withdrawn by"}


def lines(case: Case) -> Iterator[Sequence[Block]]:
    """Yield who can press or pressed, and once it has ended, how."""
    yield from (_signed(case, vote) for vote in case.approvals)
    closed = case.closed_by
    if case.broken_glass and closed:
        held = case.proposed.held
        and_so = ", in spite of what held it" if held else ", without the approval that this needs"
        yield _by("🚨 Glass broken by", closed, and_so)
    if case.stage is Stage.WAITING:
        yield _asks(case)
    elif case.stage is Stage.EXPIRED:
        line = [blocks.words("⚪ Expired at "), blocks.moment(case.expires)]
        yield [*line, blocks.words("; nothing was changed.")]
    elif case.stage in _CLOSED and closed:
        yield _by(_CLOSED[case.stage], closed, "; nothing was changed")
    elif case.stage.final:
        yield [blocks.words(_STATES[case.stage])]


def _signed(case: Case, vote: Vote) -> Sequence[Block]:
    done = "Approved by" if case.proposed.consent.needed else "Confirmed by"
    return _by(done, vote)


def _by(done: str, vote: Vote, and_so: str = "") -> Sequence[Block]:
    who = blocks.mention(vote.party.key, vote.party.name)
    line = [blocks.words(f"{done} "), who, blocks.words(" at "), blocks.moment(vote.at)]
    reason = one_line(vote.reason, _REASON)
    return [*line, blocks.words(f"{and_so}. Reason: “{reason}”" if reason else f"{and_so}.")]


def _asks(case: Case) -> Sequence[Block]:
    proposed = case.proposed
    until = [blocks.words("expires "), blocks.moment(case.expires), blocks.words(".")]
    if proposed.held:
        return _held(case, until)
    if not proposed.consent.needed:
        who = blocks.mention(proposed.requester.key, proposed.requester.name)
        return [blocks.words("Waits for "), who, blocks.words(" to confirm it; "), *until]
    line = [blocks.words("🟡 Needs approval by "), *some_of(case), blocks.words("; asked at ")]
    line += [blocks.moment(case.created), blocks.words("; "), *until]
    if proposed.consent is Consent.APPROVE_TWO:
        line.append(blocks.words(f" {len(case.approvals)} of 2 so far."))
    if typed := case.to_type:
        line += [blocks.words(" Whoever approves types "), blocks.words(one_line(typed), code=True)]
        line.append(blocks.words("."))
    return line


def _held(case: Case, until: Sequence[Block]) -> Sequence[Block]:
    requester = case.proposed.requester
    who = blocks.mention(requester.key, requester.name)
    line = [blocks.words(f"❄️ {one_line(case.proposed.held, _REASON)} Only "), who]
    return [*line, blocks.words(" can do it, on call, by breaking the glass; "), *until]


def some_of(case: Case) -> Sequence[Block]:
    """Return how many approvals are missing, and of whom."""
    return [blocks.words(f"{case.missing} of "), *listed(case.able)]


def listed(jury: Jury) -> Sequence[Block]:
    """Return who may approve; whoever is named is mentioned."""
    if jury.anyone:
        return [blocks.words("whoever else may make this change")]
    people = [blocks.mention(key) for key in jury.people]
    teams = [blocks.usergroup(id_) for id_ in jury.usergroups]
    groups = [blocks.words(f"the members of {one_line(one)}") for one in jury.groups]
    found = [*people, *teams, *groups]
    more = len(found) - _MENTIONED
    shown = found[:_MENTIONED] + ([blocks.words(f"{more} more")] if more > 0 else [])
    line = [piece for one in shown for piece in (one, blocks.words(", "))][:-1]
    return line or [blocks.words("nobody else")]


def one_line(text: str, room: int = LINE) -> str:
    """Return text on one line, cut to its room."""
    line = " ".join(visible(text).split())
    return line if len(line) <= room else f"{line[: room - 1]}…"
