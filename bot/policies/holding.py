"""What is frozen or locked where somebody wants to change something, by whoever holds it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.access import Asked
from bot.core.clock import Clock
from bot.core.errors import ConfigurationError, StoreError
from bot.core.proposal import Hold
from bot.engine.proposing import held
from bot.policy.approvers import on_call_of
from bot.policy.decide import site_of
from bot.policy.freezes import frozen
from bot.policy.model import Policy
from bot.settings import read_audit_settings
from bot.store import address
from bot.store.engine import open_store
from bot.store.holds import Holds


@dataclass(frozen=True, slots=True)
class Kept:
    """What people froze and locked, as far as the bot's store could be read."""

    holds: Sequence[Hold] = ()
    lacking: str = ""
    """Why it could not; empty: it was."""


async def read_kept(clock: Clock) -> Kept:
    """Return what people froze and locked, by the store of the settings; it is only read."""
    try:
        options = read_audit_settings().store
        if "url" not in options.model_fields_set:
            return Kept(lacking="QUARTERDECK_STORE__URL names no store of the bot here")
        file = address.file_of(address.parse(options.url.get_secret_value()))
        if file is not None and not file.exists():
            return Kept(lacking=f"there is no {file}")
        async with open_store(options) as store:
            return Kept(await Holds(store, clock).all())
    except (ConfigurationError, StoreError) as error:
        return Kept(lacking=error.text.removeprefix("error: ").rstrip("."))


def stands_against(policy: Policy, asked: Asked, kept: Kept, now: datetime) -> list[str]:
    """Return a sentence for each freeze of the place of a change; none: it is not frozen."""
    site = site_of(asked)
    weekly = frozen(policy, asked.context, site, now)
    holds = [*_of_place(asked, kept), *([weekly] if weekly else [])]
    said = [held(hold).text for hold in holds if not hold.resource]
    if said:
        said[-1] += f" Who may break the glass: {on_call_of(policy, site).words()}."
    return said


def locked(asked: Asked, kept: Kept) -> list[str]:
    """Return a sentence for each object of that type which is locked there."""
    return [held(one).text for one in _of_place(asked, kept) if one.resource == asked.resource]


def _of_place(asked: Asked, kept: Kept) -> Iterator[Hold]:
    site = site_of(asked)
    for hold in kept.holds:
        if hold.context in {"*", *site.contexts} and hold.namespace == site.namespace:
            yield hold
