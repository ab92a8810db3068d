"""Everything in Slack that is neither typed nor a proposal: results, forms, files, the Home tab."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bot.core.access import RightsBook
from bot.core.command import Command
from bot.slack import command_desk, desk, home_desk
from bot.slack.activity import Activity
from bot.slack.address import Home
from bot.slack.card_desk import CardDesk
from bot.slack.command_desk import CommandDesk
from bot.slack.desk import Desk, Judge
from bot.slack.home_desk import HomeDesk
from bot.slack.inbound import Inbound, Peers
from bot.slack.kept import Results
from bot.slack.manifest_desk import Files, ManifestDesk
from bot.slack.outbox import Outbox
from bot.slack.tables import Tables
from bot.slack.task_desk import TaskDesk


class Lookups(command_desk.Lookups, home_desk.Clusters, Protocol):
    """What a person may see of the clusters."""


@dataclass(frozen=True, slots=True)
class Beyond:
    """What these need from the rooms around, beside what serves requests."""

    results: Results
    judge: Judge
    lookups: Lookups
    rights: RightsBook
    commands: Sequence[Command[Any]]


@dataclass(frozen=True, slots=True)
class Desks:
    """One desk for each kind of thing."""

    results: Desk
    command: CommandDesk
    manifest: ManifestDesk
    home: HomeDesk
    cards: CardDesk
    tasks: TaskDesk


@dataclass(frozen=True, slots=True)
class Room:
    """What all desks share."""

    home: Home
    inbound: Inbound
    outbox: Outbox
    activity: Activity
    files: Files
    tables: Tables


def open_desks(room: Room, peers: Peers, beyond: Beyond) -> Desks:
    """Return the desks of one workspace."""
    inbound, outbox, commands = room.inbound, room.outbox, beyond.commands
    clock, new_id = peers.clock, peers.new_id
    home = HomeDesk(
        *(inbound, outbox, room.activity, beyond.rights, beyond.lookups, commands, clock, new_id),
        peers.board,
    )
    room.activity.changed = home.changed
    room.activity.cases_changed = peers.board.changed = home.cases_changed
    return Desks(
        desk.Desk(inbound, outbox, beyond.results, beyond.judge, clock, new_id, room.tables),
        CommandDesk(
            *(inbound, outbox, beyond.lookups, commands, clock, new_id, room.home.team),
            beyond.rights,
        ),
        ManifestDesk(inbound, outbox, room.files, commands, room.home.bot_user),
        home,
        CardDesk(inbound, outbox, peers.board),
        TaskDesk(inbound, outbox, beyond.judge, clock, new_id, room.home.team),
    )
