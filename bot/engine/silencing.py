"""Silences for one request: who may make them, what is recorded of them, and that one stays one.

Alertmanager asks nobody who they are. So the policy's word on changes in the namespace holds, and
the cluster's: whoever may change nothing there silences nothing there either.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.audit.cleaning import cleaned
from bot.core.access import Asked, Lack
from bot.core.alerting import Matcher, Notice, Silence, Silenced, Silences
from bot.core.command import Access, Effect
from bot.core.errors import QuarterdeckError, RefusedError, UnreachableError
from bot.core.health import Alarm
from bot.core.metrics import Reach
from bot.core.ports import SeenBefore
from bot.engine.gate import review, said
from bot.engine.recording import Deed, result_of
from bot.grammar.matchers import holds, written
from bot.render.alerts import line

RIGHT = Access("patch", "deployments", "apps", "scale")
"""The least that operators may do: whoever may not even scale is nobody who silences."""
_KIND = "silence"
_UNDER_WAY_SECONDS = 2.0
# So many characters of matchers are told in a message.
_TOLD = 600


@dataclass(frozen=True, slots=True)
class Silencer:
    """What `core.alerting.Silencing` promises."""

    peer: Silences
    deed: Deed
    seen: SeenBefore | None
    """What makes a second press do nothing, over all replicas; None: there is one terminal."""
    alarm: Alarm | None = None

    @property
    def reach(self) -> Reach:
        """Return whose alerts are seen."""
        return self.peer.reach

    @property
    def label(self) -> str:
        """Return the label that names an alert's namespace."""
        return self.peer.label

    @property
    def longest(self) -> timedelta:
        """Return how long a silence may last."""
        return self.peer.longest

    async def notices(self, matchers: Sequence[Matcher] = ()) -> Sequence[Notice]:
        """Return the alerts that match all of these."""
        return await self.peer.notices(matchers)

    async def silences(self) -> Sequence[Silence]:
        """Return the silences that are active or pending."""
        return await self.peer.silences()

    def own(self, silence: Silence) -> bool:
        """Tell whether the person made it."""
        key = self.deed.request.person.key
        return silence.created_by == key or silence.created_by.endswith(f" ({key})")

    async def admitted(self, matchers: Sequence[Matcher]) -> tuple[Matcher, ...]:
        """Return the matchers with the namespace that the person's reach adds.

        Raises:
            RefusedError: the policy or the cluster lets the person change nothing there.
        """
        narrowed = self._narrowed(tuple(matchers))
        named = holds(narrowed, self.label)
        await self._check(named[0] if named else "")
        return narrowed

    async def silence(self, silence: Silence, press: str) -> Silenced:
        """Record the intent and silence as the person, once for all presses of one button.

        Raises:
            RefusedError: the person may not, nothing can be recorded, or it was pressed before and
                nothing came of it.
        """
        matchers = await self.admitted(silence.matchers)
        wanted = replace(silence, matchers=matchers, created_by=self._author())
        if not await self._first(press):
            return await self._earlier(wanted)
        told: dict[str, object] = {"silence": _told(wanted)}
        await self.deed.account.intend_act(self.deed.grant, told)
        try:
            made = await self._made(wanted)
        except QuarterdeckError as error:
            await self._came(told, error)
            raise
        warning = await self._came({"silence": {**_told(made), "id": cleaned(made.id)}})
        await self._tell(made)
        return Silenced(made, warning=warning)

    async def expire(self, silence: Silence) -> Silenced:
        """Record the intent and end the silence now.

        Raises:
            RefusedError: the person may not, or nothing can be recorded.
        """
        if await self.admitted(silence.matchers) != silence.matchers:
            raise RefusedError(
                "error: this silence is about more than the namespace here",
                next_step="Whoever may silence in all namespaces ends it, with -A.",
            )
        told: dict[str, object] = {"expire": {**_told(silence), "id": cleaned(silence.id)}}
        await self.deed.account.intend_act(self.deed.grant, told)
        try:
            was = await self.peer.expire(silence.id)
        except QuarterdeckError as error:
            await self._came(told, error)
            raise
        return Silenced(was, warning=await self._came(told))

    async def _tell(self, made: Silence) -> None:
        """Let the admins know of a silence that is about more than one place sees."""
        if self.alarm is None or holds(made.matchers, self.label):
            return
        text = (
            f"{made.created_by} silenced {{{line(written(made.matchers), _TOLD)}}} in all"
            f" namespaces of {self.deed.grant.context} until {made.ends_at:%Y-%m-%d %H:%M} UTC:"
            f" {made.comment}"
        )
        await self.alarm.tell(f"silence/{made.id}", text, "`prom silences -A` lists it.")

    def _author(self) -> str:
        party = self.deed.admission.gate.party(self.deed.request)
        return f"{party.name} ({party.key})" if party.name else party.key

    def _narrowed(self, matchers: tuple[Matcher, ...]) -> tuple[Matcher, ...]:
        named, allowed = holds(matchers, self.label), self.reach.namespaces
        if len(set(named)) > 1:
            raise RefusedError(
                f"error: no alert is in {' and in '.join(sorted(set(named)))}",
                next_step=f"Name one {self.label}.",
            )
        if allowed is None:
            return matchers
        if any(one.name == self.label and (one.regex or not one.equal) for one in matchers):
            raise RefusedError(
                f"error: from {', '.join(allowed)} a silence names its {self.label} by an equality",
                next_step=f"Type {self.label}={allowed[0]}." if allowed else "",
            )
        if set(named) & set(allowed):
            return matchers
        if named:
            raise RefusedError(
                f"error: alerts of {named[0]} are not silenced from {', '.join(allowed)}",
                next_step=f"Name the namespace with -n {named[0]}.",
            )
        if len(allowed) != 1:
            raise RefusedError(
                f"error: a silence is for one of {', '.join(allowed)}",
                next_step=f"Add {self.label}={allowed[0]}." if allowed else "",
            )
        return (*matchers, Matcher(self.label, allowed[0]))

    async def _check(self, namespace: str) -> None:
        """Refuse whoever may change nothing there.

        Raises:
            RefusedError: the policy says no, or the cluster does.
        """
        deed = self.deed
        asked = Asked(Effect.CHANGE, deed.grant.context, namespace, cluster_scoped=not namespace)
        request = await deed.admission.introduced(deed.request, Effect.CHANGE, pressed=True)
        grant = deed.admission.settled(request, asked)
        if not await review(deed.cluster, RIGHT, namespace):
            lack = Lack(RIGHT, namespace)
            raise RefusedError(
                "error: alerts are silenced by those who may change something there, and you"
                f" cannot {said(lack)}",
                next_step=deed.admission.gate.advise(grant.actor.identity, lack),
            )

    async def _first(self, press: str) -> bool:
        if self.seen is None or not press:
            return True
        return await self.seen.first_seen(f"{self.deed.grant.context}/{press}", _KIND)

    async def _earlier(self, wanted: Silence) -> Silenced:
        """Return what an earlier press of the same button made.

        Raises:
            RefusedError: nothing came of it.
        """
        for again in (True, True, False):
            found = await self._standing(wanted)
            if found is not None:
                return Silenced(found, fresh=False)
            if again:
                # The press before this one may still be on its way.
                await self.deed.account.clock.sleep(_UNDER_WAY_SECONDS)
        raise RefusedError(
            "error: this was pressed already, and no such silence stands",
            next_step="See `prom silences`, and type the command again.",
        )

    async def _standing(self, wanted: Silence) -> Silence | None:
        return next((one for one in await self.silences() if _is(one, wanted)), None)

    async def _made(self, wanted: Silence) -> Silence:
        """Silence; where the answer was lost, look whether it was done.

        Raises:
            QuarterdeckError: it was not done, or nobody can tell.
        """
        # Once sent it may be done, so that nobody who cancels stops what is recorded of it.
        sending = asyncio.ensure_future(self.peer.silence(wanted))
        try:
            return replace(wanted, id=await asyncio.shield(sending), state="active")
        except asyncio.CancelledError:
            if not sending.cancelled():
                await asyncio.gather(sending, return_exceptions=True)
            raise
        except UnreachableError as error:
            found = await self._found_after(wanted)
            if found is None:
                raise UnreachableError(
                    f"{error.text}\nWhether the silence was made is not known.",
                    next_step="Look with `prom silences` before you try again.",
                ) from error
            return found

    async def _found_after(self, wanted: Silence) -> Silence | None:
        try:
            return await self._standing(wanted)
        except QuarterdeckError:
            return None  # whoever cannot be asked now tells nothing

    async def _came(self, told: dict[str, object], error: QuarterdeckError | None = None) -> str:
        result = result_of(error, error.exit_code if error else 0, 0.0)
        return await self.deed.account.act_came(self.deed.grant, result, told)


def _is(one: Silence, wanted: Silence) -> bool:
    same = set(one.matchers) == set(wanted.matchers) and one.comment == wanted.comment
    return same and one.ends_at <= wanted.ends_at


def _told(silence: Silence) -> dict[str, object]:
    """Return what is recorded of a silence; others may have typed it, in Alertmanager's page."""
    return {
        "matchers": cleaned(written(silence.matchers)),
        "until": f"{silence.ends_at:%Y-%m-%dT%H:%M:%SZ}",
        "by": cleaned(silence.created_by),
        "comment": cleaned(silence.comment),
    }
