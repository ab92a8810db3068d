"""Where a request goes and as whom: the policy's word, the person's default, the kubeconfig's."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from bot.core.access import Asked, Default, Gate, Grant, Origin
from bot.core.command import Effect
from bot.core.errors import RefusedError
from bot.core.ports import (
    Acquaintance,
    Clusters,
    Connection,
    Context,
    Defaults,
    OwnDefault,
    Whereabouts,
)
from bot.core.request import Request

# So old may be what is known of a person and a place, in seconds: for an answer that changes
# nothing, and for a change that is only shown. A press has everything asked anew.
READ_SECONDS, CHANGE_SECONDS, PRESS_SECONDS = 300.0, 60.0, 0.0


class AsTheyCome:
    """For a surface that knows its people itself, as a terminal does."""

    async def introduce(
        self, request: Request, _within: float, _usergroups: Collection[str] = ()
    ) -> Request:
        """Return the request as it came."""
        return request


class MemoryDefaults:
    """Defaults that last as long as the process does."""

    lasting = False

    def __init__(self) -> None:
        self._kept: dict[str, Default] = {}

    async def recall(self, person: str) -> Default | None:
        """Return the person's default."""
        return self._kept.get(person)

    async def keep(self, person: str, default: Default) -> None:
        """Remember it in place of an earlier one."""
        self._kept[person] = default

    async def forget(self, person: str) -> bool:
        """Forget it; return whether there was one."""
        return self._kept.pop(person, None) is not None


@dataclass(frozen=True, slots=True)
class _Own:
    """What `core.ports.OwnDefault` promises: nobody else's is within reach."""

    defaults: Defaults
    person: str

    @property
    def lasting(self) -> bool:
        return self.defaults.lasting

    async def recall(self) -> Default | None:
        return await self.defaults.recall(self.person)

    async def keep(self, default: Default) -> None:
        await self.defaults.keep(self.person, default)

    async def forget(self) -> bool:
        return await self.defaults.forget(self.person)


@dataclass(frozen=True, slots=True)
class Admission:
    """The gate, the clusters behind it, and what people remember of them."""

    gate: Gate
    clusters: Clusters
    defaults: Defaults
    acquaintance: Acquaintance

    async def introduced(
        self, request: Request, effect: Effect = Effect.READ, *, pressed: bool = False
    ) -> Request:
        """Return the request with who asks and who reads along; every grant is made from that."""
        within = READ_SECONDS if effect is Effect.READ else CHANGE_SECONDS
        usergroups = self.gate.usergroups(request)
        return await self.acquaintance.introduce(
            request, PRESS_SECONDS if pressed else within, usergroups
        )

    async def grant(self, request: Request, asked: Asked) -> Grant:
        """Return as whom and where the request acts.

        Raises:
            RefusedError: the policy says no.
            StoreError: the person's default counts, and cannot be read.
        """
        grant = self.settled(request, asked)
        if grant.origin is not Origin.CLUSTER or (asked.context and asked.namespace):
            return grant
        own = await self.defaults.recall(request.person.key)
        if own is None or own.context not in self.clusters.contexts():
            return grant
        try:
            return self.settled(request, replace(asked, default=own))
        except RefusedError:
            return grant  # what the policy no longer allows counts no more

    async def everywhere(self, request: Request, asked: Asked) -> tuple[Grant, ...]:
        """Return a grant for each context that the policy lets the person use.

        Raises:
            RefusedError: there is none.
        """
        grants: list[Grant] = []
        refusal = RefusedError("error: there is no context to ask")
        for context in self.clusters.contexts():
            try:
                grants.append(await self.grant(request, replace(asked, context=context)))
            except RefusedError as error:
                refusal = error
        if not grants:
            raise refusal
        return tuple(grants)

    def settled(self, request: Request, asked: Asked) -> Grant:
        """Return the grant without a look at the person's default.

        Raises:
            RefusedError: the policy says no.
        """
        grant = self.gate.admit(request, self.named(asked))
        default = self.clusters.default_context
        context = default if grant.context == "default" else grant.context
        namespace = grant.namespace or self.clusters.namespace(context)
        return replace(grant, context=context, namespace=namespace)

    def named(self, asked: Asked) -> Asked:
        """Return the question with both names of the default context in it."""
        default = self.clusters.default_context
        typed = "default" if asked.context == default and default else asked.context
        return replace(asked, context=typed, also=default)

    async def whereabouts(self, request: Request, grant: Grant) -> Whereabouts:
        """Return which places there are for the person."""
        current = await self.grant(request, Asked(Effect.READ))
        contexts = tuple(
            replace(context, current=context.name == current.context)
            for context in self.clusters.described()
            if self._allows(request, context)
        )
        own: OwnDefault = _Own(self.defaults, request.person.key)
        asked = self.named(Asked(Effect.READ, grant.context))
        return Whereabouts(
            contexts, own, grant.origin, self.gate.known(request, asked, grant.actor)
        )

    def open(
        self, grant: Grant, request: Request, seconds: float, request_seconds: float = 30.0
    ) -> Connection:
        """Return the granted cluster as the granted identity.

        Raises:
            ConfigurationError: there is no such context.
        """
        identity = grant.actor.identity
        return self.clusters.open(grant.context, identity, request.id, seconds, request_seconds)

    def _allows(self, request: Request, context: Context) -> bool:
        try:
            self.settled(request, Asked(Effect.READ, context.name))
        except RefusedError:
            return False
        return True
