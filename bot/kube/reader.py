"""One cluster as one identity: what `core.ports.Reader` and `Writer` promise, over the wire."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

import orjson

from bot.core.audit import ApiCall
from bot.core.clock import Clock
from bot.core.errors import (
    KubernetesError,
    NotFoundError,
    QuarterdeckError,
    Sought,
)
from bot.core.plan import Apply, Step, Target
from bot.core.ports import Form, JsonObject, Landed, Query, Resource, WatchEvent
from bot.core.request import Identity
from bot.kube import watching, writing
from bot.kube.differing import told_apart
from bot.kube.discovery import ACCEPT as ACCEPT_DISCOVERY
from bot.kube.discovery import Catalogue, read
from bot.kube.errors import no_json, of_list
from bot.kube.masking import mask
from bot.kube.messages import Message
from bot.kube.migrating import migrate
from bot.kube.paging import paged
from bot.kube.paths import path_of
from bot.kube.spoken import spoken
from bot.kube.transport import ACCEPT_JSON, ACCEPT_TABLE, Call, Head, Transport

# kubectl asks again when a word is unknown; so does this, but not twice within a few seconds.
DISCOVERY_SECONDS = 600
# No healthy page or object takes longer; a stream or a watch may.
REQUEST_SECONDS = 30.0
# A watch that ends at once must not be asked for without a breath.
_WATCH_PAUSE = 1.0
_REDISCOVER_SECONDS = 5

_INCLUDE = {Form.TABLE_CELLS: "None", Form.TABLE_OBJECTS: "Object"}


@dataclass(slots=True)
class Discovered:
    """The catalogue of one cluster, shared by everybody who reads it."""

    catalogue: Catalogue | None = None
    read_at: float = 0.0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(slots=True)
class ClusterReader:
    """Reads and changes one cluster as one identity until a deadline."""

    transport: Transport
    discovered: Discovered
    clock: Clock
    identity: Identity
    request_id: str
    deadline: float
    """On the clock's monotonic scale."""
    request_seconds: float = REQUEST_SECONDS
    """The longest that one request may take that is not a stream or a watch."""
    calls: list[ApiCall] = field(default_factory=list)
    """The requests that were made, as the API server's audit log has them, in order."""
    _warnings: dict[str, None] = field(default_factory=dict)
    _warned: set[str] = field(default_factory=set)

    @property
    def server(self) -> str:
        """Return the API server's URL."""
        return self.transport.server

    async def resource(self, typed: str) -> Resource:
        """Return the type that the word means; asks the server again before it gives up.

        Raises:
            NotFoundError: the cluster has no such type.
        """
        catalogue = await self._catalogue(DISCOVERY_SECONDS)
        try:
            found = catalogue.find(typed)
        except NotFoundError:
            catalogue = await self._catalogue(_REDISCOVER_SECONDS)
            found = catalogue.find(typed)
        for other in catalogue.shadowed(typed):
            word = typed.partition(".")[0]
            self._warn(f'short name "{word}" could also match lower priority resource {other}')
        return found

    async def resources(self) -> tuple[Resource, ...]:
        """Return every type of the cluster, the preferred version of each group first."""
        return (await self._catalogue(DISCOVERY_SECONDS)).resources

    async def category(self, name: str) -> tuple[Resource, ...]:
        """Return the types of a category; empty where there is none of that name."""
        return (await self._catalogue(DISCOVERY_SECONDS)).in_category(name)

    async def fetch(self, query: Query, form: Form = Form.OBJECTS) -> JsonObject:
        """Return the object that the query names, with Secret values masked."""
        try:
            return mask(await self._get(query, _parameters(query, form), form))
        except NotFoundError:
            await self._check_namespace(query.namespace)
            raise

    def pages(
        self, query: Query, form: Form = Form.OBJECTS, *, limit: int = 500
    ) -> AsyncIterator[JsonObject]:
        """Return the list's pages, with Secret values masked; whole objects come in pieces."""
        parameters = dict(_parameters(query, form))
        if limit:
            parameters["limit"] = str(limit)

        async def ask(token: str) -> bytes:
            more = {"continue": token} if token else {}
            call = self._call(query, parameters | more, accept=_accept(form))
            try:
                return await self.transport.request(call, self._hear)
            except KubernetesError as error:
                raise of_list(error, query) from error

        return paged(ask, form, path_of(query))

    async def watch(
        self, query: Query, since: str, form: Form = Form.OBJECTS
    ) -> AsyncIterator[WatchEvent]:
        """Yield changes from the resource version on, over as many connections as it takes.

        Raises:
            ConflictError: the server no longer knows that version (410): list again.
        """
        version = since
        while True:
            parameters = {
                **_parameters(query, form),
                "watch": "true",
                "allowWatchBookmarks": "true",
                "resourceVersion": version,
                "timeoutSeconds": str(max(1, int(self._remaining()))),
            }
            call = self._call(query, parameters, accept=_accept(form), waits=True)
            began = self.clock.monotonic()
            async for event in watching.events(self.transport.stream(call, self._hear)):
                version = watching.version_of(event) or version
                if event.type != "BOOKMARK":
                    mask(event.object)
                    yield event
            if self.clock.monotonic() - began < _WATCH_PAUSE:
                await self.clock.sleep(_WATCH_PAUSE)

    async def stream(self, query: Query) -> AsyncIterator[bytes]:
        """Yield the bytes of the subresource that the query names."""
        call = self._call(query, query.parameters, accept="*/*", waits=True)
        async for chunk in self.transport.stream(call, self._hear):
            yield chunk

    async def review(self, typed: str, spec: JsonObject) -> JsonObject:
        """Return the server's answer to a review about the identity; nothing is stored by it."""
        resource = await self.resource(typed)
        body = {"apiVersion": resource.api_version, "kind": resource.kind}
        call = Call(
            path_of(Query(resource)),
            self.identity,
            self.request_id,
            self._limit(),
            method="POST",
            body=orjson.dumps(body | ({"spec": spec} if spec else {})),
            content_type="application/json",
            subject=resource.qualified,
        )
        answer: JsonObject = orjson.loads(await self.transport.request(call, self._hear))
        return answer

    async def schema(self, resource: Resource) -> JsonObject:
        """Return the OpenAPI v3 document of the type's group and version.

        Raises:
            NotFoundError: the server does not describe that version; the text is kubectl's.
        """
        root = "apis" if resource.group else "api"
        path = f"/openapi/v3/{root}/{resource.api_version}"
        call = Call(path, self.identity, self.request_id, self._limit(), subject=path)
        body = await self.transport.request(call, self._hear)
        answer: JsonObject = await asyncio.to_thread(orjson.loads, body)  # a megabyte or two
        return answer

    async def version(self) -> JsonObject:
        """Return the server's version, which is nobody's secret."""
        call = Call("/version", None, self.request_id, self._limit())
        answer: JsonObject = orjson.loads(await self.transport.request(call))
        return answer

    async def date(self) -> str:
        """Return the server's time as HTTP writes it; empty where it does not say."""
        heads: list[Head] = []
        await self.transport.request(
            Call("/version", None, self.request_id, self._limit()), heads.append
        )
        return heads[0].date

    def warnings(self) -> tuple[str, ...]:
        """Return the server's warnings that were not returned before."""
        if not self._warnings:
            return ()
        new = tuple(self._warnings)
        self._warned.update(new)
        self._warnings.clear()
        return new

    async def send(self, step: Step) -> JsonObject:
        """Carry out one step, exactly as the plan holds it, and return the object masked.

        Raises:
            SupersededError: a field that the plan reads or writes has changed.
            BusyError: a pod's disruption budget does not let it go now.
        """
        answer = await writing.send(self._exchange, step)
        if isinstance(step, Apply):
            answer = await migrate(self._exchange, step, answer, self._warn)
        return mask(answer)

    async def tried(self, step: Step) -> tuple[JsonObject | None, JsonObject]:
        """Return the object as it is and as a dry run of the step leaves it.

        Raises:
            ValueError: the step would not be a dry run.
        """
        if not step.dry_run:
            raise ValueError(step)
        return told_apart(*await writing.tried(self._exchange, step))

    async def landed(self, step: Step) -> Landed:
        """Tell by reading whether the step was carried out."""
        return await writing.landed(self._exchange, step)

    async def gone(self, target: Target, seconds: float) -> bool:
        """Wait until no object of that uid is there; return False if it still is by then."""
        remaining = self._remaining()
        longest = min(seconds, remaining) if seconds else remaining
        return await writing.gone(self, self.clock, target, longest)

    async def _exchange(self, message: Message) -> JsonObject:
        call = Call(
            message.path,
            self.identity,
            self.request_id,
            self._limit(),
            method=message.method,
            parameters=message.parameters,
            body=message.body,
            content_type=message.content_type,
            subject=message.subject,
        )
        answer: JsonObject = orjson.loads(await self.transport.request(call, self._hear))
        return answer

    async def _check_namespace(self, name: str) -> None:
        # What is missing may be the whole namespace; kubectl takes `default` to be there.
        if name in ("", "default"):
            return
        try:
            await self._get(Query(await self.resource("namespaces"), name=name), {}, Form.OBJECTS)
        except NotFoundError:
            raise
        except QuarterdeckError:
            return  # who may not see namespaces is told of the object that is missing

    async def _get(self, query: Query, parameters: Mapping[str, str], form: Form) -> JsonObject:
        call = self._call(query, parameters, accept=_accept(form))
        try:
            body = await self.transport.request(call, self._hear)
        except NotFoundError as error:
            error.sought = _sought(query)
            raise
        try:
            answer: JsonObject = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise no_json(call.path) from error
        return answer

    def _call(
        self, query: Query, parameters: Mapping[str, str], *, accept: str, waits: bool = False
    ) -> Call:
        """Return a request; one that `waits` may take as long as the command itself."""
        return Call(
            path_of(query),
            self.identity,
            self.request_id,
            self._remaining() if waits else self._limit(),
            parameters=parameters,
            accept=accept,
            subject=f"{query.resource.qualified} {query.name}".strip(),
        )

    def _hear(self, head: Head) -> None:
        for warning in head.warnings:
            self._warn(warning)
        if head.audit_id:
            self.calls.append(_made(head))

    def _warn(self, text: str) -> None:
        if text not in self._warned:
            self._warnings[text] = None

    def _limit(self) -> float:
        return min(self._remaining(), self.request_seconds)

    def _remaining(self) -> float:
        return self.deadline - self.clock.monotonic()

    async def _catalogue(self, older_than: float) -> Catalogue:
        if (known := self._known(older_than)) is not None:
            return known
        shared = self.discovered
        async with shared.lock:
            if (known := self._known(older_than)) is not None:
                return known  # somebody else has asked meanwhile
            answers = await asyncio.gather(*(self._discover(p) for p in ("/api", "/apis")))
            shared.catalogue = catalogue = read(answers)
            shared.read_at = self.clock.monotonic()
            return catalogue

    def _known(self, older_than: float) -> Catalogue | None:
        age = self.clock.monotonic() - self.discovered.read_at
        return self.discovered.catalogue if age <= older_than else None

    async def _discover(self, path: str) -> JsonObject:
        call = Call(path, None, self.request_id, self._limit(), accept=ACCEPT_DISCOVERY)
        answer: JsonObject = orjson.loads(await self.transport.request(call))
        if "items" not in answer:
            raise KubernetesError(
                "error: the API server does not offer aggregated discovery",
                code=406,
                reason="NotAcceptable",
                next_step="Kubernetes 1.27 and later do.",
            )
        return answer


def _made(head: Head) -> ApiCall:
    asked = spoken(head.method, head.path, head.query)
    return ApiCall(
        head.audit_id, asked.verb, asked.resource, asked.namespace, asked.name, head.code
    )


def _sought(query: Query) -> Sought | None:
    resource = query.resource
    words = (resource.plural, resource.version, resource.group)
    typed = ".".join(words) if resource.group else resource.plural
    return Sought(typed, query.namespace, query.name) if query.name else None


def _accept(form: Form) -> str:
    return ACCEPT_JSON if form is Form.OBJECTS else ACCEPT_TABLE


def _parameters(query: Query, form: Form) -> dict[str, str]:
    parameters = dict(query.parameters)
    if query.label_selector:
        parameters["labelSelector"] = query.label_selector
    if query.field_selector:
        parameters["fieldSelector"] = query.field_selector
    if form in _INCLUDE:
        parameters["includeObject"] = _INCLUDE[form]
    return parameters
