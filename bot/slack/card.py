"""The card of a change that waits for a press, and what becomes of it.

Pure. It is drawn from the stored proposal alone, never from what stands in Slack, so that what is
approved is what will be done; nothing of it is markup.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.access import Audience
from bot.core.command import Effect
from bot.core.plan import Target
from bot.core.ports import Heading
from bot.core.proposal import Case, Stage
from bot.core.reply import Proposal
from bot.engine.recording import fingerprint
from bot.render.plain import preview
from bot.slack import blocks, controls
from bot.slack.blocks import Block, Message
from bot.slack.controls import Asked
from bot.slack.escaping import visible
from bot.slack.excerpts import Document, Excerpt, excerpt
from bot.slack.standing import LINE, lines, listed, one_line, some_of

CONFIRM, WITHDRAW, AGAIN = "confirm", "withdraw", "again"
"""The action ids of the buttons that act at once."""
DENY, BREAK, TYPE = "deny", "break-glass", "type"
"""The action ids of those that ask for something first."""

# Shares of a message's budget: changes, what they take along, what speaks against, the diff.
_CHANGES, _CHANGE_LINES = 1_000, 15
_REACH, _WARNINGS = 5, 5
_DIFF, _DIFF_LINES = 2_000, 40
_WORDS, _WORD_LINES = 1_500, 30
_ALARM, _HEADLINE = 1_000, 40
_TOLD = (Stage.DONE, Stage.FAILED, Stage.UNKNOWN, Stage.SUPERSEDED)
"""The stages whose words say more than the card does."""
REFUSED = (Stage.DENIED, Stage.WITHDRAWN)
"""The stages of which the card says all that there is to say."""
UNCHANGED = (Stage.DENIED, Stage.WITHDRAWN, Stage.EXPIRED, Stage.SUPERSEDED)
"""The stages of what was not done."""
_REPEATABLE = (Stage.EXPIRED, Stage.SUPERSEDED, Stage.FAILED)
"""The stages after which it may be planned again."""
_IN_SHORT = {
    Stage.RUNNING: "running",
    Stage.DONE: "done",
    Stage.FAILED: "failed",
    Stage.UNKNOWN: "it is not known how this ended",
    Stage.DENIED: "denied",
    Stage.WITHDRAWN: "withdrawn",
    Stage.EXPIRED: "expired",
    Stage.SUPERSEDED: "superseded",
}


@dataclass(frozen=True, slots=True)
class _Preview:
    """What of a plan stands on its card."""

    changes: Excerpt
    reach: tuple[str, ...]
    warnings: tuple[str, ...]
    diff: Excerpt
    left_out: int
    """Sentences that have no room."""

    @property
    def whole(self) -> bool:
        return self.changes.whole and self.diff.whole and not self.left_out


def message(case: Case) -> Message:
    """Return the whole message as the case stands."""
    shown = [*body(case, whole=case.stage is Stage.WAITING), *standing(case)]
    if case.stage is Stage.RUNNING:
        shown.append(blocks.sentence("🟡 Running…"))
    shown += [*_told(case), *buttons(case)]
    return Message(f"{headline(case)}\n{standing_text(case)}".rstrip(), tuple(shown))


def state(case: Case) -> str:
    """Return what changes whenever the card has to."""
    return f"{case.stage}/{len(case.approvals)}"


def headline(case: Case) -> str:
    """Return mrkdwn that says in a few words what this is and how it stands."""
    return blocks.mrkdwn([blocks.words(f"{about(heading(case))}: {in_short(case)}")])


def about(head: Heading) -> str:
    """Return what it is about, in so few words that a locked phone shows more than that."""
    return f"{one_line(blocks.phrase(head), _HEADLINE)} in {blocks.place(head)}"


def in_short(case: Case) -> str:
    """Return what a locked phone shows of how it stands."""
    if case.stage is not Stage.WAITING:
        return _IN_SHORT[case.stage]
    asked = "approve" if case.proposed.consent.needed else "confirm"
    asked = "held; break the glass for" if case.proposed.held else asked
    if not case.proposed.plan.changes:
        return f"{asked} it?"
    first, *others = case.proposed.plan.changes
    more = f", and {len(others)} more" if others else ""
    # Of a whole object the command says already what becomes of it.
    change = one_line(visible(first.told)) if first.field else "it"
    return f"{asked} {change}{more}?"


def heading(case: Case) -> Heading:
    """Return which place it is about, as the objects of its steps say."""
    targets = [step.target for step in case.proposed.plan.steps]
    contexts, namespaces = _names(targets, "context"), _names(targets, "namespace")
    return Heading(contexts, namespaces, Audience.CHANNEL, case.proposed.plan.phrase)


def body(case: Case, head: Heading | None = None, *, whole: bool) -> list[Block]:
    """Return what is asked for, by whom, and what it changes; `whole`: and what it means."""
    user = blocks.mention(case.proposed.requester.key).get("user_id", "")
    shown, found = [blocks.heading(head or heading(case), user)], _preview(case)
    shown += _excerpt(found.changes)
    if not whole:
        return shown
    if found.reach:
        shown.append(blocks.sentence("\n".join(found.reach)))
    if found.warnings:
        shown.append(blocks.sentence("\n".join(f"⚠️ {one}" for one in found.warnings)))
    shown += _excerpt(found.diff)
    if not found.whole:
        shown.append(blocks.sentence("Not all of it fits here. The whole is in the thread."))
    return shown


def cut(case: Case) -> bool:
    """Tell whether the card hides something that a file can hold."""
    return case.stage is Stage.WAITING and not _preview(case).whole


def whole(case: Case) -> str:
    """Return everything that the plan would do, as text."""
    return preview(Proposal(case))


def standing(case: Case) -> list[Block]:
    """Return who can press or pressed, and once it has ended, how."""
    return [blocks.line(one) for one in lines(case)]


def standing_text(case: Case) -> str:
    """Return the same as mrkdwn."""
    return " ".join(blocks.mrkdwn(one) for one in lines(case))


def buttons(case: Case, *, superseded: bool = False) -> list[Block]:
    """Return what can still be pressed; they carry the ticket and nothing else."""
    if case.stage is Stage.WAITING and not superseded:
        found = _of_waiting(case)
    else:
        again = superseded or case.stage in _REPEATABLE
        found = [_again(case)] if again else []
        found += [_audit(case)] if case.stage.final and case.stage is not Stage.EXPIRED else []
    return [{"type": "actions", "block_id": "actions", "elements": found}] if found else []


def reminder(case: Case, link: str) -> Message:
    """Return what reminds those who can still approve, once; `link` is the card's."""
    line = [blocks.words("This still needs approval by "), *some_of(case)]
    line += [blocks.words("; it expires "), blocks.moment(case.expires), blocks.words(". ")]
    told = f"{headline(case)}\n{blocks.mrkdwn(line)}"
    shown = blocks.line([*line, *link_to(link)])
    return Message(told, (shown,))


def alarm(case: Case, text: str, link: str) -> Message:
    """Return what must not be overlooked, with those who would have been asked."""
    said = " ".join(visible(text).split("\n"))[:_ALARM]
    line = [blocks.words(f"🚨 {said} "), *listed(case.able)]
    shown = blocks.line([*line, blocks.words(" "), *link_to(link)])
    return Message(blocks.mrkdwn(line), (shown,))


def planned_again(case: Case, link: str) -> Message:
    """Return the card of something that was planned again, as `link` shows."""
    shown = [*body(case, whole=False), *standing(case), *_told(case)]
    shown.append(blocks.pointer("Planned again:", link, "the new one"))
    return Message(f"{headline(case)}, planned again", tuple(shown))


def _preview(case: Case) -> _Preview:
    plan = case.proposed.plan
    lines = "".join(f"{one_line(f'{one.subject}: {one.told}')}\n" for one in plan.changes)
    reach, warnings = plan.outlook.reach, plan.outlook.warnings
    shown = [*plan.changes, *reach[:_REACH], *warnings[:_WARNINGS]]
    return _Preview(
        _shown(lines, _CHANGES, _CHANGE_LINES),
        tuple(map(one_line, reach[:_REACH])),
        tuple(map(one_line, warnings[:_WARNINGS])),
        _shown(plan.outlook.diff, _DIFF, _DIFF_LINES),
        len(plan.changes)
        + len(reach)
        + len(warnings)
        - len(shown)
        + any(len(one) > LINE for one in (*reach, *warnings, *lines.splitlines())),
    )


def _shown(text: str, characters: int, lines: int) -> Excerpt:
    document = Document()
    document.append(text)
    return excerpt(document, characters, lines)


def _excerpt(part: Excerpt) -> list[Block]:
    shown = [blocks.preformatted(part.head.rstrip("\n"))] if part.head.strip() else []
    if part.hidden:
        counted = "1 line is" if part.hidden == 1 else f"{part.hidden:,} lines are"
        shown.append(blocks.sentence(f"… {counted} hidden."))
    if part.tail:
        shown.append(blocks.preformatted(part.tail.rstrip("\n")))
    return shown


def link_to(link: str) -> Sequence[Block]:
    """Return the way to a card within a line; nothing where it has no address."""
    return [{"type": "link", "url": link, "text": "Open the card"}] if link else []


def _told(case: Case) -> list[Block]:
    if not case.words.strip() or case.stage not in _TOLD:
        return []
    return _excerpt(_shown(case.words, _WORDS, _WORD_LINES))


def _of_waiting(case: Case) -> list[Block]:
    proposed, ticket = case.proposed, case.ticket
    style = "danger" if proposed.plan.effect is Effect.DESTROY else "primary"
    text = "Approve" if proposed.consent.needed else "Confirm"
    found = blocks.button(text, CONFIRM, ticket, style=style, label=_named(text, case))
    if case.to_type:
        found |= blocks.button("Approve…", TYPE, ticket)
    withdraw = blocks.button("Cancel", WITHDRAW, ticket, label=_named("Cancel", case))
    if proposed.held:
        return [_glass(case), withdraw]
    if not proposed.consent.needed:
        return [found, withdraw]
    deny = blocks.button("Deny…", DENY, ticket, label=_named("Deny", case))
    return [found, deny, withdraw, *([_glass(case)] if proposed.on_call else [])]


def _glass(case: Case) -> Block:
    label = _named("Break glass", case)
    return blocks.button("Break glass…", BREAK, case.ticket, label=label)


def _named(act: str, case: Case) -> str:
    head = heading(case)
    return f"{act} in {blocks.place(head)}: {blocks.phrase(head)}"


def _again(case: Case) -> Block:
    return blocks.button("Plan again", AGAIN, case.ticket, label=_named("Plan again", case))


def _audit(case: Case) -> Block:
    asked = Asked(f"deck audit --text={fingerprint(case.ticket)}", case.proposed.place, "")
    label = "See what was recorded of this"
    return blocks.button("Audit", f"{controls.CHOOSE}:9", asked.value(), label=label)


def _names(targets: Sequence[Target], field: str) -> str:
    found = list(dict.fromkeys(filter(None, (getattr(one, field) for one in targets))))
    return ", ".join(found[:3]) + (" …" if len(found) > 3 else "")
