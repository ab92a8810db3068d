"""`prom silence`: alerts are not notified of for a time; what that would be is shown first."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.core.alerting import Matcher, Notice, Silence, Silencing
from bot.core.command import Access, Command, Effect, Family, duration, switch, text
from bot.core.errors import UsageError
from bot.core.monitoring import source_flag
from bot.core.ports import Scope
from bot.core.reply import Aside, Choice, Choices, Part, Table, Text
from bot.grammar import silencing
from bot.grammar.matchers import matches_nothing_too, read_matchers, refuse_everything, written
from bot.render.alerts import NOTICES, count, line, notice_rows, where

REASONS = ("being worked on", "planned work", "false alarm")
"""What mostly is the reason; a press chooses one."""
_SHOWN, _MATCHERS = 20, 600


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `prom silence`."""

    arguments: tuple[str, ...] = ()
    for_: timedelta = duration(default=timedelta(hours=1), help="For how long; mostly 24h at most.")
    reason: str = text(help="Why: whoever wonders at the silence reads it.")
    all_namespaces: bool = switch("A", help="Alerts of all namespaces, and of none.")
    source: str = source_flag()
    confirm: str = text(help="What the button of the preview carries; nobody types it.")


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A silence that is asked for."""

    typed: tuple[Matcher, ...]
    matchers: tuple[Matcher, ...]
    """With what the person's reach adds."""
    span: timedelta
    reason: str
    source: str

    def about(self, context: str) -> tuple[str, ...]:
        """Return what a press is about."""
        return (context, self.source, written(self.matchers), str(self.span), self.reason)


async def run(scope: Scope, options: Options) -> AsyncIterator[Part]:
    """Yield what would be silenced, or that it is."""
    if "--all-contexts" in scope.text.split():
        raise UsageError("error: alerts are silenced in one cluster at a time")
    typed = read_matchers(options.arguments)
    reason = silencing.read_reason(options.reason)
    refuse_everything(typed)
    peer = await scope.monitoring.silences(everywhere=options.all_namespaces, source=options.source)
    span = silencing.read_span(options.for_, longest=peer.longest)
    wanted = _Wanted(typed, await peer.admitted(typed), span, reason, options.source)
    if options.confirm:
        parts = _silence(scope, peer, wanted, options.confirm)
    else:
        parts = _preview(scope, peer, wanted)
    async for part in parts:
        yield part


async def _silence(
    scope: Scope, peer: Silencing, wanted: _Wanted, press: str
) -> AsyncIterator[Part]:
    silencing.check_press(press, scope.now, *wanted.about(scope.context))
    if not wanted.reason:
        raise UsageError(
            "error: whoever wonders at the silence wants to know why, and there is no --reason",
            next_step='Add --reason "being worked on".',
        )
    comment = " ".join(filter(None, (wanted.reason, scope.link)))
    ends_at = scope.now + wanted.span
    asked = Silence(wanted.matchers, scope.now, ends_at, "", comment)
    done = await peer.silence(asked, press)
    made = done.silence
    said = "created" if done.fresh else "is there already"
    what = line(written(made.matchers), _MATCHERS)
    yield Text(f"silence/{line(made.id)} {said}: {{{what}}}, {_until(made)}\n")
    if done.warning:
        yield Aside(done.warning)
    phrase = silencing.elsewhere(scope.text, ("prom", "expire", made.id))
    if silencing.typable(phrase):
        yield Choices("Is it over?", (Choice("End the silence", phrase),))


async def _preview(scope: Scope, peer: Silencing, wanted: _Wanted) -> AsyncIterator[Part]:
    notices = await peer.notices(wanted.matchers)
    until = f"{scope.now + wanted.span:%Y-%m-%d %H:%M} UTC"
    span = silencing.short_duration(wanted.span)
    found = f"{count(len(notices), 'alert')} {where(peer.reach)}"
    yield Text(
        f"Would silence {found} for {span}, until {until}:"
        f" {{{line(written(wanted.matchers), _MATCHERS)}}}\n"
    )
    for words in _remarks(wanted, notices, peer):
        yield Aside(words)
    if notices:
        yield Table("alerts", NOTICES, notice_rows(notices, scope.now)[:_SHOWN])
    if len(notices) > _SHOWN:
        yield Aside(f"… and {len(notices) - _SHOWN} more alerts.")
    yield _question(scope, wanted)


def _remarks(wanted: _Wanted, notices: Sequence[Notice], peer: Silencing) -> list[str]:
    """Return what whoever presses has to know."""
    found = []
    added = [one for one in wanted.matchers if one not in wanted.typed]
    if added:
        found.append(f"{line(written(added))} is added: from here only its alerts are silenced.")
    if any(one.regex or not one.equal for one in wanted.typed):
        found.append(
            "Warning: a pattern also silences alerts that nobody has seen yet;"
            " equalities, such as alertname=X, do not."
        )
    if not any(one.name == "alertname" and one.equal for one in wanted.typed):
        found.append("Warning: no alert is named, so that every alert with these labels is quiet.")
    loose = [one for one in wanted.typed if matches_nothing_too(one)]
    if loose:
        found.append(f"Warning: {line(written(loose))} is also true of alerts without that label.")
    if not notices:
        found.append("No alert matches now; those that come would be silenced.")
    quiet = sum(bool(one.silenced_by) for one in notices)
    if quiet:
        found.append(f"{quiet} of them {'is' if quiet == 1 else 'are'} silenced already.")
    return found


def _question(scope: Scope, wanted: _Wanted) -> Choices:
    reasons = (wanted.reason,) if wanted.reason else REASONS
    span = silencing.short_duration(wanted.span)
    options = []
    for reason in reasons:
        about = replace(wanted, reason=reason).about(scope.context)
        press = silencing.press_of(scope.now, *about)
        phrase = silencing.again(scope.text, f"--reason={reason}", f"--confirm={press}")
        label = f"Silence for {span}" if wanted.reason else reason.capitalize()
        if silencing.typable(phrase):
            options.append(Choice(label, phrase))
    if not options:
        return Choices("A button cannot type these matchers; see Alertmanager's own page.", ())
    asked = f"Silence for {span}?" if wanted.reason else f"Silence for {span}, and why?"
    return Choices(f"{asked} Nothing is silenced yet.", tuple(options))


def _until(silence: Silence) -> str:
    return f"until {silence.ends_at:%Y-%m-%d %H:%M} UTC"


COMMAND = Command(
    phrase="prom silence",
    summary="Let alerts be quiet for a time",
    usage="MATCHERS... [--for 2h] [--reason REASON]",
    family=Family.PROM,
    effect=Effect.READ,
    access=(Access("list", "pods"),),
    options=Options,
    run=run,
    examples=(
        "prom silence TargetDown --for 2h --reason INC-123",
        "prom silence alertname=TargetDown namespace=shop",
    ),
)
