"""One request while it is served, and the one catch around everything."""

import asyncio
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.core.clock import Clock
from bot.core.errors import (
    CancelledByPersonError,
    QuarterdeckError,
    UnreachableError,
)
from bot.core.ports import Connection, Heading, Ledger, Outcome, Outlet
from bot.core.reply import Aside, Part, Problem
from bot.core.request import Person, Request
from bot.engine.recording import Account

BY_PERSON = "cancelled by the person"


@dataclass(slots=True)
class Run:
    """What was drawn of a request, and how it stands."""

    request: Request
    outlet: Outlet
    started: float
    account: Account
    exit_code: int = 0
    opened: bool = False
    drawn: bool = False
    """Whether a part of the result stands there."""
    follows: bool = False
    unanswered: str = ""
    """What was sent to be changed while no answer says whether it was."""
    halted: bool = False
    """Whether somebody cancelled it while a step was under way, which came to its end."""
    owners: set[str] = field(default_factory=set)
    """The keys of those who may cancel it."""

    def introduce(self, request: Request) -> None:
        """Go on with what is known of the person by now, or as somebody else."""
        self.request = self.account.request = request
        self.owners.add(request.person.key)

    async def open(self, heading: Heading) -> None:
        """Begin the answer, once."""
        if not self.opened:
            self.opened, self.follows = True, heading.follows
            await self.outlet.open(heading)

    async def draw(self, part: Part) -> None:
        """Draw one more part of the answer."""
        if isinstance(part, Problem):
            self.exit_code = max(self.exit_code, part.error.exit_code)
            self.account.error = part.error
        else:
            self.drawn = True
        await self.outlet.draw(part)

    async def warn(self, cluster: Connection) -> None:
        """Draw what the API server warned of."""
        for warning in cluster.warnings():
            await self.draw(Aside(f"Warning: {warning}"))


class Work(Protocol):
    """What is done for a request."""

    async def __call__(self, run: Run) -> None:
        """Do it; what it raises is drawn."""
        ...


class Runs:
    """Everything that is served now."""

    def __init__(self, clock: Clock, ledger: Ledger) -> None:
        self._clock = clock
        self._ledger = ledger
        self._running: dict[str, tuple[Run, asyncio.Task[Any] | None]] = {}

    async def guarded(self, request: Request, outlet: Outlet, work: Work) -> Outcome:
        """Do the work and record how it ended; every failure is drawn."""
        account = Account(self._ledger, self._clock, request)
        run = Run(request, outlet, self._clock.monotonic(), account)
        run.owners.add(request.person.key)
        self._running[request.id] = (run, asyncio.current_task())
        try:
            await self._caught(run, work)
        finally:
            self._running.pop(request.id, None)
            outcome = Outcome(run.exit_code, self._clock.monotonic() - run.started)
            account.end(outcome, await outlet.close(outcome))
        return outcome

    def cancel(self, request_id: str, person: Person) -> bool:
        """Cancel a running request for one of its people; return whether there was one."""
        run, task = self._running.get(request_id, (None, None))
        if run is None or task is None or person.key not in run.owners:
            return False
        return task.cancel(BY_PERSON)

    async def _caught(self, run: Run, work: Work) -> None:
        try:
            await work(run)
        except QuarterdeckError as error:
            await run.draw(Problem(error))
        except TimeoutError:
            await run.draw(Problem(_too_long(run)))
        except asyncio.CancelledError as error:
            await run.draw(Problem(stopped(run, by_person=by_person(error))))
            if not by_person(error):
                raise
            uncancel()
        except BrokenPipeError:
            raise  # whoever read the answer has gone: nobody is left to tell
        except Exception:  # noqa: BLE001 - the one outer catch: a bug must be answered too
            self._ledger.bug(run.request)
            await run.draw(Problem(_bug(run.request.id)))


def by_person(error: asyncio.CancelledError) -> bool:
    """Tell whether a person pressed Cancel, and not the bot itself stops."""
    return error.args == (BY_PERSON,)


def stopped(run: Run, *, by_person: bool) -> QuarterdeckError:
    """Return what a request says that was cancelled."""
    said = "Stopped." if run.follows else "Cancelled."
    text = said if by_person else "Interrupted: the bot is restarting."
    if not run.unanswered:
        return CancelledByPersonError(text)
    return CancelledByPersonError(
        f"{text} {run.unanswered} may have been changed already.",
        next_step="Look at it before you type the command again.",
    )


def uncancel() -> None:
    """Let the task go on after a cancellation that was for its request alone."""
    # The request is over, its task is not: it goes on to whatever its surface does next.
    task = asyncio.current_task()
    if task is not None:
        task.uncancel()


def _too_long(run: Run) -> UnreachableError:
    if run.follows:
        return UnreachableError(
            "This is as long as I follow; what comes later is not here.",
            next_step="Type the command again to go on.",
        )
    partial = "What stands here is only a part. " if run.drawn else ""
    return UnreachableError(
        "error: timed out waiting for the condition",
        next_step=f"{partial}Ask for less, with -n, -l or --tail.",
    )


def _bug(request_id: str) -> QuarterdeckError:
    return QuarterdeckError(
        f"error: something is wrong in the bot itself, not in what you typed ({request_id})",
        next_step=f"Nothing was repeated. Give the reference {request_id} to the bot's admins.",
    )
