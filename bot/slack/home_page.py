"""The Home tab: who one is to the clusters, what one may do, and what one has under way.

Pure. It is shown to one person, and holds nothing of anybody else's.
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.core.access import Binding, Rights
from bot.core.command import Command, Effect
from bot.core.request import Identity, Impersonated, KubeconfigUser
from bot.core.units import human_duration
from bot.slack import blocks, forms
from bot.slack.activity import Doings, Past, Running
from bot.slack.blocks import Block
from bot.slack.escaping import visible
from bot.slack.home_cases import Lists, asked_for, waiting_for_you
from bot.slack.payloads import Payload

CANCEL, RUN = "home:cancel", "home:run"
CHANNELS = 15
_RUNNING, _GROUPS = 10, 20
_LINE = 150


@dataclass(frozen=True, slots=True)
class Cockpit:
    """What one person's tab shows."""

    rights: Rights | None
    """None: the policy does not know the person."""
    places: Sequence[tuple[Binding, Set[str]]]
    """The bound channels, each with the phrases that are for the person there."""
    refusal: str
    """Why it does not, and what to do."""
    doings: Doings
    clusters: tuple[tuple[str, str], ...]
    """Each cluster's name and its version; without one it does not answer."""
    commands: Sequence[Command[Any]]
    version: str
    now: datetime
    cases: Lists | None = None
    """What waits; None: that cannot be told."""


def page(cockpit: Cockpit) -> Payload:
    """Return the tab."""
    shown = [_header("Quarterdeck"), _start()]
    shown += [_header("Waiting for you"), *waiting_for_you(cockpit.cases)]
    shown += [_header("You asked for"), *asked_for(cockpit.cases)]
    shown.append(_header("Who you are to the clusters"))
    shown += _who(cockpit)
    if cockpit.rights:
        shown += [_header("What you may do"), *_may(cockpit.places, cockpit.commands)]
    shown += [_header("Running"), *_running(cockpit)]
    shown += [_header("Your last commands"), *_last(cockpit)]
    shown += [_header("Health"), *_health(cockpit)]
    return {"type": "home", "blocks": shown}


def _start() -> Block:
    label = {"type": "plain_text", "text": "Run a command…", "emoji": False}
    button = {"type": "button", "text": label, "action_id": RUN, "value": "run"}
    return {"type": "actions", "elements": [button]}


def _who(cockpit: Cockpit) -> list[Block]:
    if cockpit.rights is None:
        return [blocks.sentence(cockpit.refusal)]
    return [blocks.named(_identity(cockpit.rights.actor.identity))]


def _identity(identity: Identity) -> list[tuple[str, str]]:
    match identity:
        case Impersonated(user, groups):
            more = f" and {len(groups) - _GROUPS} more" if len(groups) > _GROUPS else ""
            return [
                ("User", _line(user)),
                ("Groups", ", ".join(map(_line, groups[:_GROUPS])) + more or "none"),
            ]
        case KubeconfigUser():
            return [("User", "the kubeconfig's own")]


def _may(
    places: Sequence[tuple[Binding, Set[str]]], commands: Sequence[Command[Any]]
) -> list[Block]:
    # Without a channel nobody can say what is for the person where.
    offered = {phrase for _, phrases in places for phrase in phrases} if places else None
    known = [c for c in commands if offered is None or c.phrase in offered]
    reads = [c.phrase for c in known if c.effect is Effect.READ]
    changes = [c.phrase for c in known if c.effect is not Effect.READ]
    found: list[tuple[str, str]] = [
        ("Everywhere, as far as the cluster lets you", ", ".join(reads)),
    ]
    if changes:
        found.append(("From the channels below", ", ".join(changes)))
    shown = [blocks.named(found)]
    if hidden := len(commands) - len(known):
        shown.append(blocks.sentence(f"{hidden} more are for you in none of these channels."))
    shown += [_bound(one, phrases & set(changes)) for one, phrases in places[:CHANNELS]]
    if len(places) > CHANNELS:
        shown.append(blocks.sentence(f"… and {len(places) - CHANNELS} more channels."))
    return shown if places else [*shown, blocks.sentence("No channel is bound to a namespace.")]


def _bound(one: Binding, changes: Set[str]) -> Block:
    may = f"  ({', '.join(sorted(changes))})" if changes else "  (to read)"
    where = f"  {one.context}: {_line(', '.join(one.namespaces))}{may}"
    elements = [{"type": "channel", "channel_id": one.channel}, {"type": "text", "text": where}]
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": elements}],
    }


def _running(cockpit: Cockpit) -> list[Block]:
    running = list(cockpit.doings.running.values())
    if not running:
        return [blocks.sentence("Nothing.")]
    shown = [_operation(one, cockpit.now) for one in running[:_RUNNING]]
    more = len(running) - _RUNNING
    return [*shown, blocks.sentence(f"… and {more} more.")] if more > 0 else shown


def _operation(running: Running, now: datetime) -> Block:
    for_seconds = human_duration((now - running.since).total_seconds())
    text = forms.plain(f"{_line(running.text)}  ({for_seconds})", _LINE + 50)
    label = {"type": "plain_text", "text": "Cancel", "emoji": False}
    button = {"type": "button", "text": label, "action_id": CANCEL, "value": running.id}
    return {"type": "section", "text": text, "accessory": button}


def _last(cockpit: Cockpit) -> list[Block]:
    if not cockpit.doings.last:
        return [blocks.sentence("None since the bot was started.")]
    lines = [_past(one, cockpit.now) for one in cockpit.doings.last]
    return [blocks.preformatted("\n".join(lines))]


def _past(past: Past, now: datetime) -> str:
    how = "failed" if past.outcome.exit_code else "done"
    ago = human_duration((now - past.ended).total_seconds())
    return f"{_line(past.text)}  ({how} {ago} ago)"


def _health(cockpit: Cockpit) -> list[Block]:
    found = [
        (name, f"🟢 Kubernetes {version}" if version else "⚪ no answer yet")
        for name, version in cockpit.clusters[:CHANNELS]
    ]
    return [blocks.named([*found, ("Quarterdeck", cockpit.version)])]


def _header(text: str) -> Block:
    return {"type": "header", "text": {"type": "plain_text", "text": text, "emoji": False}}


def _line(text: str) -> str:
    line = " ".join(visible(text).split())
    return line if len(line) <= _LINE else f"{line[: _LINE - 1]}…"
