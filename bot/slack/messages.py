"""Whole messages: a view of an answer, as blocks or, where Slack refuses those, as plain text.

Pure.
"""

import re
from dataclasses import dataclass

from bot.core.ports import Heading
from bot.core.proposal import Case
from bot.slack import blocks, card, controls, tables
from bot.slack.answer import Stage, View
from bot.slack.beside import bar
from bot.slack.blocks import Block, Message
from bot.slack.escaping import escaped, fenced
from bot.slack.excerpts import Excerpt

# chat.update refuses longer text (`msg_too_long`); chat.postMessage takes 40,000.
TEXT_CHARACTERS = 3_900
_NEXT_STEP = 400
_HEADLINE = 500
# What the other blocks of an answer take at most, within the message's own budget.
_TABLE_CHARACTERS = blocks.MESSAGE_CHARACTERS - 7_700
_HALF_ENTITY = re.compile(r"(?:&[a-z]{0,3}|<[^>]*)$")
_STAGES = {
    Stage.WORKING: "⏳ Working on it…",
    Stage.INTERRUPTED: "⚠️ Interrupted: the bot is restarting. Type the command again.",
    Stage.BROKEN: "⚠️ This went wrong inside of the bot; its log says more.",
}
_TOO_BIG = (
    "This is more than 1 MB or 50,000 lines, so only its beginning is here. Narrow it with "
    "-n, -l, --field-selector, --tail or --since."
)


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around a view."""

    person: str = ""
    """The user id of whoever asked or pressed; named where others read along."""
    pressed: str = ""
    """What the person did, such as `Shared by`; empty for what was typed."""
    case: Case | None = None
    """The proposal that was pressed, in whose card's place this stands."""
    remark: str = ""
    """A sentence of ours above the result."""
    whereabouts: str = ""
    """Where the whole of a long result is, such as `in the thread`."""
    request: str = ""
    """The id by which a running command is cancelled; empty where it cannot be."""


def compose(view: View, frame: Frame) -> Message:
    """Return a view as blocks."""
    shown = _above(view, frame)
    if frame.remark:
        shown.append(blocks.sentence(frame.remark))
    if not (frame.case and frame.case.stage in card.REFUSED):
        shown += _result(view, frame)
    if view.stage is Stage.WORKING and frame.request:
        follows = view.heading is not None and view.heading.follows
        shown.append(blocks.stop(frame.request, "Stop" if follows else "Cancel"))
    elif view.stage is not Stage.WORKING:
        shown += _below(view, frame)
    if view.row and (row := controls.row(view.row)):
        shown.append(row)
    return Message(fallback(view, frame), tuple(shown))


def plain(view: View, frame: Frame) -> Message:
    """Return a view without any block, for when Slack refuses ours.

    Buttons are lost; the text says what to do instead.
    """
    lines = [*_lead(view, frame), _stage(view)]
    if view.proposal:
        lines.append("Slack refused the buttons of this change. Type the command again.")
    above = _clipped("\n".join(filter(None, [*lines, *_steps(view)])), TEXT_CHARACTERS // 2)
    body = cut = _joined(view)
    while cut and len(fenced(cut)) > TEXT_CHARACTERS // 2 - 100:
        cut = cut[: len(cut) * 3 // 4]
    missing = "" if cut == body else "\nThe rest does not fit here. Narrow the command."
    return Message(f"{above}\n{fenced(cut)}{missing}".strip() if body else above)


def fallback(view: View, frame: Frame) -> str:
    """Return what notifications and screen readers get instead of the blocks.

    Its first sentence says what came of it, within what a locked phone shows.
    """
    lines = [_headline(view, frame), *_lead(view, frame)[1:]]
    above = _clipped("\n".join(filter(None, lines)), TEXT_CHARACTERS // 4)
    steps = _clipped("\n".join(_steps(view)), TEXT_CHARACTERS // 4)
    body = _clipped(escaped(_unsaid(view, frame)), TEXT_CHARACTERS // 2 - 10)
    return "\n".join(filter(None, [above, body, steps])).strip() or "Done."


def _unsaid(view: View, frame: Frame) -> str:
    """Return what the headline does not say, so that nobody is read a line twice."""
    said, whole = _said(view, frame.case), _joined(view)
    first, _, rest = whole.partition("\n")
    heard = " ".join(first.split()) == said and _headline(view, frame).endswith(escaped(said))
    return rest if heard else whole


def _headline(view: View, frame: Frame) -> str:
    head = _heading(view, frame)
    about = f"{blocks.phrase(head)} in {blocks.place(head)}" if head else ""
    about = card.about(head) if head and _case(view, frame) else about
    line = ": ".join(filter(None, [about, _said(view, frame.case)]))
    return escaped(line[:_HEADLINE])


def _heading(view: View, frame: Frame) -> Heading | None:
    case = _case(view, frame)
    return card.heading(case) if case and case.proposed.plan.steps else view.heading


def _case(view: View, frame: Frame) -> Case | None:
    return view.proposal.case if view.proposal else frame.case


def _said(view: View, pressed: Case | None) -> str:
    """Return in a few words what came of it."""
    if view.proposal:
        return card.in_short(view.proposal.case)
    if pressed and pressed.stage in card.UNCHANGED:
        return card.in_short(pressed)
    if view.stage is not Stage.DONE or _empty_end(view):
        return _stage(view)
    if view.scope:
        return view.scope
    bars = [bar(one, cells=0).strip() for one in view.sidelines.last_bars()[-1:]]
    for_a_glance = [*view.sidelines.verdicts[:1], *bars]
    return for_a_glance[0] if for_a_glance else _counted(view)


def _counted(view: View) -> str:
    single = view.notes.head if not view.lines else view.output.head if view.lines == 1 else ""
    if single:
        return " ".join(single.splitlines()[0].split())
    if not (view.lines or view.rows) and view.sidelines.lines():
        return ""  # what stands beside it says all
    count, noun = (view.rows, "row") if view.rows else (view.lines, "line")
    return f"1 {noun}." if count == 1 else f"{count:,} {noun}s."


def _above(view: View, frame: Frame) -> list[Block]:
    """Return what this is about, and who did what."""
    case = _case(view, frame)
    if case:
        shown = card.body(case, _heading(view, frame), whole=view.proposal is not None)
    else:
        signed = "" if frame.pressed else frame.person
        shown = [blocks.heading(view.heading, signed)] if view.heading else []
    if frame.pressed:
        shown.append(blocks.signed(frame.pressed, frame.person))
    return shown + (card.standing(frame.case) if frame.case and not view.proposal else [])


def _below(view: View, frame: Frame) -> list[Block]:
    """Return how a proposal stands, and what can be done about it."""
    if view.proposal and view.stage is Stage.DONE:
        case = view.proposal.case
        return [*card.standing(case), *card.buttons(case)]
    return card.buttons(frame.case, superseded=view.superseded) if frame.case else []


def _result(view: View, frame: Frame) -> list[Block]:
    shown = _sidelines(view)
    whereabouts = "" if view.too_big else frame.whereabouts
    if view.scope:
        shown.append(blocks.sentence(view.scope))
    if view.table and (table := tables.table(view.table, view.tables, _TABLE_CHARACTERS)):
        shown.append(table)
    elif view.output.head or view.output.tail:
        shown += _excerpt(view, whereabouts)
    if view.notes.head:
        shown.append(_verbatim(view.notes.head))
        if not view.notes.whole:
            shown.append(blocks.sentence(_hidden(view.notes, whereabouts)))
    shown += _choices(view)
    shown += [blocks.pointer("See it in", one.url, one.label) for one in view.sidelines.links]
    shown += [blocks.sentence(step[:_NEXT_STEP]) for step in view.next_steps]
    if (stage := _stage(view)) and not (_pressed(frame) and _empty_end(view)):
        shown.append(blocks.sentence(stage))
    return shown


def _sidelines(view: View) -> list[Block]:
    beside, shown = view.sidelines, []
    if beside.verdicts:
        shown.append(blocks.sentence("\n".join(beside.verdicts)))
    if beside.pairs:
        shown.append(blocks.named(beside.pairs))
    shown += [blocks.sentence(bar(one)) for one in beside.last_bars()]
    shown += [
        blocks.picture(one.file, one.title, one.summary)
        if one.file
        else blocks.sentence(f"{one.title}: {one.summary}")
        for one in beside.pictures
    ]
    return shown + [blocks.sentence(remark) for remark in beside.remarks()]


def _choices(view: View) -> list[Block]:
    if view.sidelines.choices is None:
        return []
    return [blocks.sentence(view.sidelines.question), *controls.choices(view.choices)]


def _excerpt(view: View, whereabouts: str) -> list[Block]:
    shown = [_verbatim(view.output.head)] if view.output.head else []
    if not view.output.whole:
        words = _TOO_BIG if view.too_big else ""
        shown.append(blocks.sentence(f"{_hidden(view.output, whereabouts)} {words}".strip()))
    if view.output.tail:
        shown.append(_verbatim(view.output.tail))
    return shown


def _verbatim(text: str) -> Block:
    return blocks.preformatted(text.rstrip("\n"))


def _hidden(part: Excerpt, whereabouts: str) -> str:
    lines = "1 line is" if part.hidden == 1 else f"{part.hidden:,} lines are"
    where = f" The whole is {whereabouts}." if whereabouts else ""
    return f"… {lines} hidden.{where}"


def _stage(view: View) -> str:
    if view.stage is Stage.DONE:
        return "Done, without any output." if _empty_end(view) else ""
    return _STAGES[view.stage]


def _empty_end(view: View) -> bool:
    shown = view.output.head or view.notes.head or view.proposal or view.scope
    empty = not (shown or view.sidelines.lines())
    return empty and view.stage is Stage.DONE


def _lead(view: View, frame: Frame) -> list[str]:
    head, case = _heading(view, frame), _case(view, frame)
    where = f"{escaped(blocks.place(head))}: {escaped(blocks.phrase(head))}" if head else ""
    signature = f"{frame.pressed} <@{frame.person}>." if frame.pressed else ""
    standing = card.standing_text(case) if case else ""
    return [where, signature, standing, escaped(frame.remark)]


def _pressed(frame: Frame) -> bool:
    return bool(frame.pressed or frame.case)


def _steps(view: View) -> list[str]:
    return [escaped(step[:_NEXT_STEP]) for step in view.next_steps]


def _clipped(text: str, room: int) -> str:
    """Return escaped text within `room` characters, without half an entity at its end."""
    return text if len(text) <= room else _HALF_ENTITY.sub("", text[: room - 1]) + "…"


def _joined(view: View) -> str:
    output, notes = view.output, view.notes
    hidden = f"… {output.hidden:,} lines are hidden." if output.hidden else ""
    beside = "\n".join(view.sidelines.lines())
    planned = card.whole(view.proposal.case) if view.proposal else ""
    pieces = [planned, view.scope, beside, output.head, hidden, output.tail, notes.head]
    return "\n".join(piece.rstrip("\n") for piece in pieces if piece)
