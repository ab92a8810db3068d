"""What looks at watches while nobody asks, and tells of their turns.

Every look introduces the person again, admits them again, and asks as far as they may see. Who has
lost the right is told that the watch ends; who cannot be told apart just now is looked at later.
"""

import asyncio
import secrets
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import structlog

from bot.core.access import Asked, Audience, Grant
from bot.core.audit import Happening
from bot.core.clock import Clock, deadline
from bot.core.command import Effect
from bot.core.errors import QuarterdeckError, RefusedError, StoreError
from bot.core.ports import Ledger
from bot.core.request import Person, Request, Standing
from bot.core.watching import Herald, KeptWatches, News, Sight, Watch, looked, over, stopped
from bot.engine.admission import Admission
from bot.engine.monitoring import Instruments, Observer
from bot.engine.recording import Account, Deed
from bot.engine.watching import told
from bot.prometheus.conditions import look

_LOG = structlog.stdlib.get_logger(__name__)

# What one look may take, and after how long a replica that holds a watch is gone.
LOOK_SECONDS, LEASE_SECONDS = 20.0, 300.0
# So many people's watches are looked at together; each one's come one after the other.
_TOGETHER = 8
_UNKNOWN = "Slack does not say who asked for it"
_LATE = "Prometheus did not answer in time"


class _LostError(Exception):
    """The person may not see this any more; the text says why."""


@dataclass(frozen=True, slots=True)
class Watcher:
    """Looks at what is due; every replica has one, and each look is one of theirs."""

    kept: KeptWatches
    instruments: Instruments
    admission: Admission
    ledger: Ledger
    clock: Clock
    herald: Herald

    async def look(self) -> None:
        """Look at all that is due now.

        Raises:
            StoreError: the store cannot be asked; it is looked at later.
        """
        by_person: dict[str, list[Watch]] = defaultdict(list)
        for watch in await self.kept.due(LEASE_SECONDS):
            by_person[watch.person].append(watch)
        turns = asyncio.Semaphore(_TOGETHER)

        async def in_turn(watches: Sequence[Watch]) -> None:
            async with turns:
                for watch in watches:
                    await self._one(watch)

        works = (in_turn(watches) for watches in by_person.values())
        ended = await asyncio.gather(*works, return_exceptions=True)
        failures = [one for one in ended if isinstance(one, BaseException)]
        for failure in failures:
            # One person's watch that goes wrong keeps nobody from theirs.
            if not isinstance(failure, StoreError):
                _LOG.error("bug", exc_info=failure)
        for failure in failures:
            if isinstance(failure, StoreError):
                raise failure

    async def _one(self, watch: Watch) -> None:
        if watch.until <= self.clock.now():
            await self._end(over(watch))
            return
        try:
            sight, private = await self._sight(watch)
        except _LostError as lost:
            await self._end(stopped(watch, str(lost)))
            return
        after, news = looked(replace(watch, private=private), sight, self.clock.now())
        if news is not None:
            # Told before it is noted: whoever looks again after a crash tells nothing new.
            await self.herald.tell(news)
        await self.kept.note(after, self.clock.now() + watch.every)

    async def _end(self, news: News) -> None:
        watch, request = news.watch, _request(news.watch, self.clock)
        await self.herald.tell(news)
        if await self.kept.remove(watch.id) is not None:
            account = Account(self.ledger, self.clock, request, watch.phrase)
            account.note(Happening.UNWATCHED, None, **told(watch, news.reason or news.word))

    async def _sight(self, watch: Watch) -> tuple[Sight, bool]:
        """Return what one look shows, and whether it is for the person alone.

        Raises:
            _LostError: the person may not see it any more.
        """
        request = await self.admission.introduced(_request(watch, self.clock))
        if request.person.standing is Standing.UNKNOWN:
            return Sight(None, failure=_UNKNOWN), watch.private
        everywhere = not watch.namespace
        asked = Asked(Effect.READ, watch.context, watch.namespace, all_namespaces=everywhere)
        try:
            grant = self.admission.settled(request, asked)
            private = grant.audience is not Audience.CHANNEL
            return await self._looked(watch, request, grant), private
        except RefusedError as error:
            raise _LostError(error.text.removeprefix("error: ")) from error

    async def _looked(self, watch: Watch, request: Request, grant: Grant) -> Sight:
        """Return what is seen with that grant.

        Raises:
            RefusedError: the cluster gives the person no such right any more.
        """
        cluster = self.admission.open(grant, request, LOOK_SECONDS, LOOK_SECONDS)
        account = Account(self.ledger, self.clock, request, watch.phrase)
        deed = Deed(self.admission, request, grant, cluster, account)
        observer = Observer(self.instruments, deed, LOOK_SECONDS)
        try:
            async with deadline(self.clock, LOOK_SECONDS):
                everywhere = not watch.namespace
                metrics = await observer.metrics(everywhere=everywhere, source=watch.source)
                return await look(metrics, watch.expression)
        except TimeoutError:
            return Sight(None, failure=_LATE)
        except RefusedError:
            raise
        except QuarterdeckError as error:
            return Sight(None, failure=error.text.removeprefix("error: "))


def _request(watch: Watch, clock: Clock) -> Request:
    """Return what was typed as if it were typed now; nothing is known of its person yet."""
    person = Person(watch.person, watch.name, Standing.UNKNOWN)
    return Request(secrets.token_hex(4), person, watch.place, watch.phrase, clock.now())
