"""What waits and what is held, for the person who asks."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.access import Asked
from bot.core.audit import Happening
from bot.core.command import Effect
from bot.core.errors import RefusedError
from bot.core.proposal import Case, Hold, Weekly
from bot.core.request import Request
from bot.engine.admission import Admission
from bot.engine.gate import asked_of
from bot.engine.recording import Account
from bot.engine.waiting import Waiting


@dataclass(frozen=True, slots=True)
class Overview:
    """What `core.approvals.Approvals` promises."""

    admission: Admission
    kept: Waiting
    request: Request
    account: Account

    async def waiting(self) -> Sequence[Case]:
        """Return what waits in the person's place; in a direct message, what waits for them."""
        person, channel = self.request.person.key, self.request.place.channel
        return [
            case
            for case in await self.kept.proposals.waiting()
            if case.proposed.place.channel == channel
            or case.proposed.requester.key == person
            or self._is_asked(case)
        ]

    async def holds(self) -> Sequence[Hold]:
        """Return what is frozen and locked, the oldest first."""
        return await self.kept.holds.all()

    async def calendar(self, now: datetime) -> Sequence[Weekly]:
        """Return what the policy freezes in every week."""
        return self.admission.gate.calendar(now)

    async def hold(self, hold: Hold) -> Hold:
        """Freeze or lock as the person who asks.

        Raises:
            RefusedError: the person may approve nothing there, so they may hold nothing either.
        """
        self._check(hold)
        kept = await self.kept.holds.put(replace(hold, by=self.admission.gate.party(self.request)))
        self.account.note(Happening.HELD, None, held=list(kept.about), reason=kept.reason)
        return kept

    async def lift(self, hold: Hold) -> bool:
        """Lift a freeze or a lock; return whether there was one.

        Raises:
            RefusedError: as for `hold`.
        """
        self._check(hold)
        lifted = await self.kept.holds.lift(hold)
        if lifted:
            self.account.note(Happening.LIFTED, None, held=list(hold.about))
        return lifted

    def _is_asked(self, case: Case) -> bool:
        """Tell whether the person is named among those who may approve it."""
        proposed, gate = case.proposed, self.admission.gate
        if not proposed.consent.needed or proposed.jury.anyone:
            return False
        asked = [self.admission.named(asked_of(step)) for step in proposed.plan.steps]
        return all(gate.sits(self.request, one, proposed.jury) for one in asked)

    def _check(self, hold: Hold) -> None:
        asked = self.admission.named(Asked(Effect.CHANGE, hold.context, hold.namespace))
        place = (asked.context, asked.namespace, asked.also)
        if not self.admission.gate.may_hold(self.request, *place):
            raise RefusedError(
                f"You may not freeze or lock anything in {hold.namespace or 'this cluster'}.",
                next_step="Ask somebody who approves changes there.",
            )
