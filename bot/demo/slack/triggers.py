"""Triggers: proof that a person has just acted, exchanged once and at once for a view."""

from dataclasses import dataclass, replace

from bot.core.clock import Clock
from bot.demo.slack import limits
from bot.demo.slack.identifiers import Identifiers
from bot.demo.slack.refusal import CallRefusedError


@dataclass(frozen=True, slots=True)
class Trigger:
    """Who acted, when on the monotonic clock, and in which modal, if in one."""

    person: str
    born: float
    view: str = ""
    spent: bool = False


class Triggers:
    """Every trigger that was given out."""

    def __init__(self, clock: Clock, ids: Identifiers) -> None:
        self._clock = clock
        self._ids = ids
        self._issued: dict[str, Trigger] = {}

    def issue(self, person: str, view: str = "") -> str:
        """Return the id of a new trigger."""
        identifier = f"{self._ids.digits(13)}.{self._ids.digits(13)}.{self._ids.secret(32)}"
        self._issued[identifier] = Trigger(person, self._clock.monotonic(), view)
        return identifier

    def spend(self, identifier: str) -> Trigger:
        """Exchange a trigger; an expired one stays expired, a spent one stays spent.

        Raises:
            CallRefusedError: `invalid_trigger_id`, `expired_trigger_id` after three seconds,
                `exchanged_trigger_id` the second time.
        """
        trigger = self._issued.get(identifier)
        if trigger is None:
            raise CallRefusedError("invalid_trigger_id")
        if trigger.spent:
            raise CallRefusedError("exchanged_trigger_id")
        if self._clock.monotonic() - trigger.born >= limits.TRIGGER_SECONDS:
            raise CallRefusedError("expired_trigger_id")
        self._issued[identifier] = replace(trigger, spent=True)
        return trigger
