"""How a person fills in a field: typing, choosing from a menu, choosing what the bot offers."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bot.demo.slack.delivery import NotAcknowledgedError
from bot.demo.slack.desk import Desk, NothingSeenError
from bot.demo.slack.inputs import Field
from bot.demo.slack.refusal import CallRefusedError
from bot.demo.slack.shapes import Json
from bot.demo.slack.state import User
from bot.demo.slack.suggestions import static

_SMALLEST_QUERY = 3
"""`min_query_length` where a menu does not say it."""


@dataclass(frozen=True, slots=True)
class Filling:
    """One person before one form; `where` says to the bot which form that is."""

    desk: Desk
    person: User
    where: Json
    view: str = ""
    """The id of the view that the form is in, empty for a message."""

    async def value(self, field: Field, said: Any) -> Any:
        """Return the value of a field after the person has put `said` into it.

        Raises:
            NothingSeenError: there is no such option, or the bot offered none.
        """
        kind = field.element["type"]
        if field.kind.many and not isinstance(said, str):
            return [await self._one(field, kind, one) for one in said]
        found = await self._one(field, kind, said)
        return [found] if field.kind.many else found

    async def options(self, field: Field, typed: str) -> list[Json]:
        """Return the options that a menu shows after these letters.

        Raises:
            NothingSeenError: too few letters to ask the bot, or it offered nothing in time.
        """
        element = field.element
        if "external" not in element["type"]:
            return static(element)
        least = element.get("min_query_length", _SMALLEST_QUERY)
        if len(typed) < least:
            raise NothingSeenError(f"{field.label!r} offers nothing before {least} letters")
        asked = {"action_id": field.action_id, "block_id": field.block_id, "value": typed}
        viewing, patience = self.desk.viewing, self.desk.platform.options.patience
        act = viewing.acts.begin("suggest", self.person, typed, view=self.view)
        try:
            # Real seconds, as in `Changes.until`: the bot's three run on the workspace's clock.
            async with asyncio.timeout(patience):
                return await viewing.suggest(act, self.where, asked)
        except (NotAcknowledgedError, CallRefusedError, TimeoutError) as failure:
            raise NothingSeenError(f"{field.label!r} offers nothing: {failure}") from failure

    async def _one(self, field: Field, kind: str, said: Any) -> Any:
        if "users" in kind:
            return self._person(said)
        if "channels" in kind or "conversations" in kind:
            return self._channel(said)
        if "select" in kind or kind in ("checkboxes", "radio_buttons"):
            return matching(field, await self.options(field, said), said)
        return said

    def _person(self, name: str) -> str:
        users = self.desk.platform.state.users.values()
        found = [user.id for user in users if name.removeprefix("@") in (user.name, user.id)]
        if not found:
            raise NothingSeenError(f"nobody is called {name!r}")
        return found[0]

    def _channel(self, name: str) -> str:
        channel = self.desk.platform.state.channel_named(name)
        if channel is None:
            raise NothingSeenError(f"no channel is called {name!r}")
        return channel.id


def labels(options: Iterable[Json]) -> list[str]:
    """Return the texts of options."""
    return [option["text"]["text"] for option in options]


def matching(field: Field, options: list[Json], typed: str) -> Json:
    """Return the option that Enter takes: the one called so, else the first with these letters.

    Raises:
        NothingSeenError: there is none.
    """
    for option in options:
        if option["text"]["text"] == typed:
            return option
    for option in options:
        if typed.lower() in option["text"]["text"].lower():
            return option
    raise NothingSeenError(f"{field.label!r} has no {typed!r}; there are {labels(options)}")


def the_field(fields: Iterable[Field], name: str) -> Field:
    """Return the one field that goes by this label, block_id or action_id.

    Raises:
        NothingSeenError: none does, or several do.
    """
    every = list(fields)
    found = [field for field in every if field.called(name)]
    if len(found) != 1:
        there = [field.label for field in every]
        raise NothingSeenError(f"{len(found)} fields are called {name!r}; there are {there}")
    return found[0]
