"""Proposals, votes and replicas for the tests of what waits to be pressed."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import event

from bot.core.approvals import Holds as HoldsPort
from bot.core.approvals import Proposals as ProposalsPort
from bot.core.clock import Clock
from bot.core.plan import Change, Create, Operation, Patch, Plan, Target
from bot.core.proposal import Consent, Jury, Party, Proposed, Vote
from bot.core.request import Place, Surface
from bot.store.engine import Options, Store, open_store
from bot.store.holds import Holds
from bot.store.proposals import Proposals
from bot.store.room import Limits
from bot.store.sealing import Sealer, read_keys
from tests.clock import ManualClock

KEY = "k1" * 16
ADA, BOB, CLEO, DAN = (
    Party(f"T1/U{name}", name.lower(), name) for name in ("ADA", "BOB", "CLEO", "DAN")
)
WEB = Target("main", "apps", "v1", "deployments", "Deployment", "shop", "web", "uid-1")
PLAN = Plan(
    "scale deploy/web --replicas=5",
    (Patch(WEB, (Operation("test", "/spec/replicas", 3), Operation("add", "/spec/replicas", 5))),),
    (Change("deployment.apps/web", "replicas", "3", "5"),),
    ("deployment.apps/web scaled",),
)
PASSWORD = "correct-horse-battery-staple"
SECRET = Plan(
    "create secret generic db",
    (
        Create(
            Target("main", "", "v1", "secrets", "Secret", "shop", "db", ""),
            f'{{"kind":"Secret","stringData":{{"password":"{PASSWORD}"}}}}',
        ),
    ),
    (),
    ("secret/db created",),
)


def asked(
    consent: Consent = Consent.CONFIRM, plan: Plan = PLAN, who: Party = ADA, channel: str = "C1"
) -> Proposed:
    return Proposed(
        plan, consent, who, Place(Surface.SLASH, channel), "r-1", plan.phrase, Jury(anyone=True)
    )


def vote(who: Party, clock: Clock, reason: str = "") -> Vote:
    return Vote(who, clock.now(), reason)


def proposals(
    store: Store,
    clock: Clock | None = None,
    replica: str = "one",
    *,
    sealer: Sealer | None = None,
    minutes: Callable[[], int] = lambda: 60,
    limits: Limits | None = None,
) -> Proposals:
    """Return what a replica of the bot keeps proposals with, encrypted unless told otherwise."""
    sealer = read_keys(KEY) if sealer is None else sealer
    return Proposals(store, clock or ManualClock(), sealer, replica, minutes, limits)


def holds(store: Store, clock: Clock | None = None) -> Holds:
    """Return what a replica keeps freezes and locks with."""
    return Holds(store, clock or ManualClock())


def promised(proposals: Proposals, holds: Holds) -> tuple[ProposalsPort, HoldsPort]:
    """Return them as the engine knows them, so that the type checker compares both."""
    return proposals, holds


@asynccontextmanager
async def hurried(options: Options) -> AsyncIterator[Store]:
    """Open a store that does not wait for the disk: what is tried is who wins, not what lasts."""
    async with open_store(options) as store:
        if store._engine.dialect.name == "sqlite":
            event.listen(store._engine.sync_engine, "connect", _leave_it_to_the_system)
        yield store


def _leave_it_to_the_system(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous = OFF")
    cursor.close()


@asynccontextmanager
async def two_replicas(
    options: Options, clock: Clock
) -> AsyncIterator[tuple[Proposals, Proposals]]:
    """Open the store twice, as two processes do."""
    async with hurried(options) as store, hurried(options) as other:
        yield proposals(store, clock, "one"), proposals(other, clock, "two")
