"""The one way to the API server: requests with an identity, a deadline and nothing hidden.

No redirect is followed (it would carry the impersonation headers away), nothing is retried in
silence, and a request without an identity is refused but for discovery, the version, and the
question what the bot itself may do.
"""

import asyncio
import re
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache, lru_cache
from urllib.parse import unquote

import aiohttp
from kubernetes.aio.client.rest import RESTClientObject
from multidict import CIMultiDict

from bot import __version__
from bot.core.clock import Clock
from bot.core.errors import UnreachableError
from bot.core.request import Identity
from bot.kube.credentials import Credentials, Source
from bot.kube.errors import from_exception, from_status
from bot.kube.impersonation import identity_headers

# Longer than any healthy connection takes, shorter than a person's patience.
CONNECT_SECONDS = 5
_TABLE_ACCEPT = ",".join(
    (
        "application/json;as=Table;v=v1;g=meta.k8s.io",
        "application/json;as=Table;v=v1beta1;g=meta.k8s.io",
        "application/json",
    )
)
ACCEPT_TABLE, ACCEPT_JSON = _TABLE_ACCEPT, "application/json"
# What happens to a connection.
_LOST = (aiohttp.ClientError, TimeoutError, OSError)


@dataclass(frozen=True, slots=True)
class Call:
    """One request, whole: nothing is added to it from elsewhere but credentials."""

    path: str
    """Percent-encoded already, without the query."""
    identity: Identity | None
    request_id: str
    timeout: float
    """Seconds for everything, connection included."""
    method: str = "GET"
    parameters: Mapping[str, str] = field(default_factory=dict)
    accept: str = ACCEPT_JSON
    body: bytes | None = None
    content_type: str = ""
    subject: str = ""
    """What is asked for, such as `deployments.apps web`, for an error that does not say it."""


@dataclass(frozen=True, slots=True)
class Head:
    """What an answer says beside its body, be it a success or a refusal."""

    warnings: tuple[str, ...]
    """The texts of its `Warning` headers."""
    audit_id: str
    """Under which the API server's audit log holds the request; empty where it says none."""
    code: int
    method: str
    path: str
    """Of the request, decoded and without its query."""
    query: Mapping[str, str]
    date: str = ""
    """When it was answered, by the server's own clock, as HTTP writes it."""


Hear = Callable[[Head], None]


@dataclass(slots=True)
class _Line:
    """The connections that one set of credentials opened, and how many requests use them."""

    session: aiohttp.ClientSession
    users: int = 0
    retired: bool = False

    async def __aenter__(self) -> None:
        self.users += 1

    async def __aexit__(self, *_exception: object) -> None:
        self.users -= 1
        await self.close_unused()

    async def close_unused(self) -> None:
        if self.retired and not self.users:
            await self.session.close()


class Transport:
    """One cluster's connections; shared by everybody, and nobody's identity is kept in it."""

    def __init__(
        self,
        source: Source,
        clock: Clock,
        *,
        terminal: bool = False,
        proxy_for: Callable[[str], str | None] = lambda _url: None,
    ) -> None:
        self._source = source
        self._clock = clock
        self._terminal = terminal
        # Asked once: looking through the environment takes a tenth of a small answer.
        self._proxy_for = cache(proxy_for)
        self._credentials: Credentials | None = None
        self._line: _Line | None = None
        self._loading = asyncio.Lock()
        self._stale = False

    @property
    def server(self) -> str:
        """Return the API server's URL; empty before the first request."""
        return self._credentials.host if self._credentials else ""

    async def request(self, call: Call, hear: Hear = lambda _head: None) -> bytes:
        """Send the call and return its answer's body.

        Raises:
            KubernetesError: the API server refused, in kubectl's words.
            UnreachableError: no answer came in time.
        """
        line, credentials = await self._connected(call)
        try:
            async with line, self._sending(call, line.session, credentials) as response:
                hear(_head(call, response))
                await self._check(response, f"{call.method.lower()} {call.subject}")
                return await response.read()
        except _LOST as error:
            raise _translated(error, credentials, call) from error

    async def stream(
        self, call: Call, hear: Hear = lambda _head: None
    ) -> AsyncGenerator[bytes, None]:
        """Yield the answer's bytes as they arrive.

        Raises:
            KubernetesError: the API server refused, in kubectl's words.
            UnreachableError: the connection was lost, or the deadline passed.
        """
        line, credentials = await self._connected(call)
        try:
            async with line, self._sending(call, line.session, credentials) as response:
                hear(_head(call, response))
                await self._check(response, f"{call.method.lower()} {call.subject}")
                try:
                    async for chunk in response.content.iter_any():
                        yield chunk
                finally:
                    _abort_unless_over(response)
        except _LOST as error:
            raise _translated(error, credentials, call) from error

    @asynccontextmanager
    async def websocket(
        self, call: Call, protocols: tuple[str, ...]
    ) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        """Open a WebSocket with the same identity headers that a request would carry.

        The call's deadline is that of the opening; what follows lasts as long as the block.

        Raises:
            KubernetesError: the API server refused the upgrade, in kubectl's words.
            UnreachableError: no answer came in time, or the connection was lost.
        """
        line, credentials = await self._connected(call)
        async with line:
            try:
                async with asyncio.timeout(call.timeout):
                    socket = await line.session.ws_connect(
                        credentials.host + call.path,
                        params=call.parameters,
                        headers=self._headers(call, credentials),
                        protocols=protocols,
                        timeout=aiohttp.ClientWSTimeout(ws_close=CONNECT_SECONDS),
                        heartbeat=20,
                        proxy=self._proxy(credentials),
                        server_hostname=credentials.configuration.tls_server_name,
                    )
            except _LOST as error:
                raise _translated(error, credentials, call) from error
            try:
                yield socket
            except aiohttp.ClientError as error:
                raise from_exception(error, _host(credentials)) from error
            finally:
                await socket.close()

    async def close(self) -> None:
        """Close the connections."""
        if self._line is not None:
            await self._line.session.close()
            self._line = None

    def _sending(
        self, call: Call, session: aiohttp.ClientSession, credentials: Credentials
    ) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        return session.request(
            call.method,
            credentials.host + call.path,
            params=call.parameters,
            data=call.body,
            headers=self._headers(call, credentials),
            allow_redirects=False,
            timeout=_limits(call.timeout),
            proxy=self._proxy(credentials),
            server_hostname=credentials.configuration.tls_server_name,
            middlewares=(),
        )

    async def _check(self, response: aiohttp.ClientResponse, asked: str) -> None:
        if response.status < 300:
            return
        if response.status < 400:
            where = response.url.authority
            raise UnreachableError(
                f"Unable to connect to the server: {where} answered with a redirect"
            )
        # A rotated token is read again for the next request; this one is not sent twice.
        self._stale = self._stale or response.status == 401
        raise from_status(response.status, await response.read(), asked.strip())

    async def _check_upgrade(
        self, request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        # `ws_connect` of aiohttp 3.14 follows redirects, with every header, and drops the body
        # of a refusal; a middleware sees the answer before it does.
        response = await send(request)
        try:
            await self._check(response, "")
        except BaseException:
            response.close()
            raise
        return response

    def _headers(self, call: Call, credentials: Credentials) -> CIMultiDict[str]:
        headers = identity_headers(
            call.identity, call.path, method=call.method, terminal=self._terminal
        )
        headers["Accept"] = call.accept
        headers["User-Agent"] = f"quarterdeck/{__version__} (request {call.request_id})"
        # Compressing costs the API server more than a cluster's own network saves.
        headers["Accept-Encoding"] = "identity"
        if credentials.authorization:
            headers["Authorization"] = credentials.authorization
        if call.content_type:
            headers["Content-Type"] = call.content_type
        return headers

    def _proxy(self, credentials: Credentials) -> str | None:
        return credentials.configuration.proxy or self._proxy_for(credentials.host)

    async def _connected(self, call: Call) -> tuple[_Line, Credentials]:
        if call.timeout <= 0:
            # aiohttp and asyncio read 0 as no limit at all.
            raise from_exception(TimeoutError(), "the API server")
        line, credentials = self._line, self._credentials
        if line is not None and credentials is not None and not self._outdated(credentials):
            return line, credentials
        try:
            async with asyncio.timeout(call.timeout), self._loading:
                return await self._ready()
        except TimeoutError as error:
            raise from_exception(error, "what gives the credentials", call.timeout) from error

    async def _ready(self) -> tuple[_Line, Credentials]:
        credentials = self._credentials
        if credentials is None or self._outdated(credentials):
            loaded = await self._source.load()
            if credentials is None or not _same_tls(credentials, loaded):
                await self._retire()
            self._credentials = credentials = loaded
            self._stale = False
        if self._line is None:
            self._line = _Line(_session(credentials, self._check_upgrade))
        return self._line, credentials

    async def _retire(self) -> None:
        # Requests that are under way end on the connections on which they began.
        line, self._line = self._line, None
        if line is not None:
            line.retired = True
            await line.close_unused()

    def _outdated(self, credentials: Credentials) -> bool:
        until = credentials.fresh_until
        expired = until is not None and self._clock.now() >= until - timedelta(seconds=10)
        return self._stale or expired


@lru_cache(maxsize=16)  # nearly every request has the same limit
def _limits(seconds: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=seconds, sock_connect=CONNECT_SECONDS)


def _abort_unless_over(response: aiohttp.ClientResponse) -> None:
    # Taking leave of TLS would wait for a server that still has much to say.
    connection = response.connection
    if connection is not None and connection.transport is not None:
        connection.transport.abort()


def _session(
    credentials: Credentials, check_upgrade: aiohttp.ClientMiddlewareType
) -> aiohttp.ClientSession:
    session = aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(ssl=_tls(credentials), limit=100),
        cookie_jar=aiohttp.DummyCookieJar(),
        # A page of 500 rows arrives in few pieces instead of many.
        read_bufsize=2**20,
        middlewares=(check_upgrade,),
    )
    # aiohttp 3.14 sends GET, PUT and DELETE again when a kept connection breaks, and takes no
    # argument against it.
    session._retry_connection = False  # noqa: SLF001 - see above
    return session


def _tls(credentials: Credentials) -> ssl.SSLContext | bool:
    # Reading the system's authorities takes longer than a request to a cluster without TLS.
    secured = credentials.host.lower().startswith("https:")
    return RESTClientObject(credentials.configuration).ssl_context if secured else True


def _translated(error: Exception, credentials: Credentials, call: Call) -> UnreachableError:
    found = from_exception(error, _host(credentials), call.timeout)
    # What never connected did nothing; what was sent may have done all that it was to do.
    if call.method != "GET" and not isinstance(error, aiohttp.ClientConnectorError):
        found.sent = True
        found.next_step = "It may have been done all the same: look before you type it again."
    return found


def _same_tls(old: Credentials, new: Credentials) -> bool:
    def trust(credentials: Credentials) -> tuple[object, ...]:
        configuration = credentials.configuration
        return (
            credentials.host,
            configuration.ssl_ca_cert,
            configuration.cert_file,
            configuration.key_file,
            configuration.verify_ssl,
            configuration.tls_server_name,
        )

    return trust(old) == trust(new)


def _host(credentials: Credentials) -> str:
    return credentials.host.split("://", 1)[-1].split("/", 1)[0]


def _head(call: Call, response: aiohttp.ClientResponse) -> Head:
    headers = response.headers
    return Head(
        tuple(map(_warning, headers.getall("Warning", ()))),
        headers.get("Audit-Id", ""),
        response.status,
        call.method,
        unquote(call.path),
        call.parameters,
        headers.get("Date", ""),
    )


def _warning(header: str) -> str:
    # RFC 7234 5.5: `299 - "text"`; quotes and backslashes in the text are escaped.
    match = re.fullmatch(r'\d{3} \S+ "((?:[^"\\]|\\.)*)"(?: "[^"]*")?', header)
    return re.sub(r"\\(.)", r"\1", match[1]) if match else header
