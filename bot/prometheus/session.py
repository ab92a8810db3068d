"""Requests to Prometheus and Alertmanager, each in a thread that can be told from outside to end.

No redirect is followed, no proxy or password is taken from the environment behind our back, no
cookie is kept, and no more of an answer is read than is allowed.
"""

import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase, HTTPBasicAuth
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager, Retry
from urllib3.connection import HTTPConnection, HTTPSConnection

from bot import __version__
from bot.core.errors import ConfigurationError
from bot.prometheus import faults
from bot.prometheus.decoding import MoreError, NoJsonError, decode
from bot.prometheus.options import Source

# Longer than any healthy connection takes, shorter than a person's patience.
_CONNECT_SECONDS = 4.0
_CHUNK = 2**16
# Prometheus takes their parameters in the body, where an expression may be as long as it likes.
_FORMS = tuple(
    f"/api/v1/{page}" for page in ("query", "query_range", "format_query", "series", "labels")
)


@dataclass(frozen=True, slots=True)
class Cap:
    """How many of something an answer may have."""

    count: int
    name: str


@dataclass(slots=True)
class Call:
    """One question, in the thread that puts it and in the task that waits for the answer."""

    seconds: float
    bytes: int
    """How much of the answer is read."""
    most: Mapping[int, Cap] = field(default_factory=dict)
    """How many elements of each depth it may have, see `decode`."""
    document: Any = None
    """The whole answer, once it is decoded."""
    _held: socket.socket | None = None
    _ended: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def hold(self, connected: socket.socket) -> None:
        """Remember the connection that is used.

        Raises:
            OSError: nobody waits for an answer any more.
        """
        with self._lock:
            self._held = connected
            if self._ended:
                raise OSError("nobody waits for the answer")

    def let_go(self) -> None:
        """Forget the connection: others may use it now."""
        with self._lock:
            self._held = None

    def end(self) -> None:
        """Wake the thread out of whatever it waits for, and let it end."""
        with self._lock:
            self._ended = True
            if self._held is not None:
                _shut(self._held)


# Connections are made deep in the library, where nothing of ours is handed over.
_call: ContextVar[Call] = ContextVar("call")


@contextmanager
def calling(call: Call) -> Iterator[None]:
    """Let what this thread sends in the block belong to the call."""
    token = _call.set(call)
    try:
        yield
    finally:
        call.let_go()
        _call.reset(token)


def _shut(connected: socket.socket) -> None:
    try:
        # Not the method of a TLS socket, which takes away what the other thread reads with.
        socket.socket.shutdown(connected, socket.SHUT_RDWR)
    except OSError:
        return  # it is closed already


class _Held(HTTPConnection):
    def connect(self) -> None:
        super().connect()
        _call.get().hold(self.sock)

    def putrequest(self, *arguments: Any, **options: Any) -> None:
        if self.sock is not None:
            _call.get().hold(self.sock)
        super().putrequest(*arguments, **options)


class _HeldTls(_Held, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Held


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _HeldTls


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options)
        _use_ours(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **options)
        _use_ours(manager)
        return manager


def _use_ours(manager: PoolManager) -> None:
    manager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}


class _Bearer(AuthBase):
    def __init__(self, source: Source) -> None:
        self._source = source

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._source.bearer_file is not None:
            token = _credential(self._source.bearer_file)
            request.headers["Authorization"] = f"Bearer {token}"
        return request


class _Basic(AuthBase):
    def __init__(self, source: Source) -> None:
        self._source = source

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        password = self._source.password.get_secret_value()
        if self._source.password_file is not None:
            password = _credential(self._source.password_file)
        return HTTPBasicAuth(self._source.username, password)(request)


def _credential(file: Path) -> str:
    """Return what the file holds now: tokens expire, and new ones are put in their place.

    Raises:
        ConfigurationError: it cannot be read, or holds no line of text.
    """
    try:
        text = file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"error: the credential {file} cannot be read") from error
    if not text or not text.isprintable():
        raise ConfigurationError(f"error: the credential {file} is not one line of text")
    return text


class Answered(requests.Response):
    """A good answer, read and decoded already."""

    def __init__(self, response: requests.Response, content: bytes, document: Any) -> None:
        super().__init__()
        self.__dict__.update(response.__dict__)
        self._content = content
        self._content_consumed = True
        self.document = document

    def json(self, **_options: Any) -> Any:
        """Return what was decoded piece by piece."""
        return self.document


class PeerSession(requests.Session):
    """The connections to one server; used by many threads, each within `calling`."""

    def __init__(self, source: Source, peer: str, connections: int, proxy: str | None) -> None:
        super().__init__()
        self.peer = peer
        self.trust_env = False
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.verify = str(source.ca_file) if source.ca_file else _trusted()
        if source.cert_file:
            names = (source.cert_file, source.key_file or source.cert_file)
            self.cert = (str(names[0]), str(names[1]))
        if proxy:
            self.proxies = {"http": proxy, "https": proxy}
        self.auth = _authentication(source)
        self.headers = _headers(source)
        self._connections = connections
        self.mount("http://", self.adapter())
        self.mount("https://", self.adapter())

    def adapter(self) -> HTTPAdapter:
        """Return what opens connections; it repeats nothing by itself."""
        return _Adapter(pool_maxsize=self._connections, max_retries=Retry(0, read=False))

    def request(
        self, method: str, url: str | bytes, *arguments: Any, **options: Any
    ) -> requests.Response:
        """Send a request and return its answer, read and decoded.

        Raises:
            QuarterdeckError: there is no good answer; the text says why.
        """
        call = _call.get()
        connecting = min(_CONNECT_SECONDS, call.seconds)
        options |= {
            "allow_redirects": False,
            "stream": True,
            "timeout": (connecting, call.seconds),
        }
        if str(url).endswith(_FORMS):
            method, options["data"] = "POST", options.pop("params", None)
        with (
            faults.translated(self.peer),
            super().request(method, url, *arguments, **options) as response,
        ):
            body = _read(response, call.bytes, self.peer)
            call.let_go()
        faults.check(self.peer, response, body)
        call.document = _decoded(self.peer, body, call.most)
        return Answered(response, body, call.document)

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Return nothing: even to look where it leads, the library would read all of its body."""
        return None


def _read(response: requests.Response, most: int, peer: str) -> bytes:
    content = bytearray()
    for chunk in response.iter_content(_CHUNK):
        content += chunk
        if response.status_code >= 300 and len(content) >= _CHUNK:
            break  # a refusal is short, or it is none of Prometheus's
        if len(content) > most:
            raise faults.too_large(f"{peer} answers with more than {most / 2**20:.3g} MiB")
    return bytes(content)


def _decoded(peer: str, body: bytes, most: Mapping[int, Cap]) -> Any:
    if not body:
        return None
    try:
        found = decode(body, {depth: cap.count for depth, cap in most.items()})
    except NoJsonError as error:
        raise faults.no_json(peer) from error
    except MoreError as error:
        cap = most[error.depth]
        raise faults.too_large(f"{peer} answers with more than {cap.count:,} {cap.name}") from error
    if isinstance(found, dict) and found.get("status") == "error":
        raise faults.refusal(peer, 200, found)
    return found


def _headers(source: Source) -> Any:
    headers = requests.structures.CaseInsensitiveDict[str]()
    headers["User-Agent"] = f"quarterdeck/{__version__}"
    headers["Accept"] = "application/json"
    # Packing costs both ends more than a few hundred kilobytes inside of a cluster do.
    headers["Accept-Encoding"] = "identity"
    if source.tenant:
        headers["X-Scope-OrgID"] = source.tenant
    return headers


def _authentication(source: Source) -> Any:
    if source.bearer_file:
        return _Bearer(source)
    return _Basic(source) if source.username else None


def _trusted() -> str | bool:
    """Return the system's certificates, which the library would pass over for its own."""
    return ssl.get_default_verify_paths().cafile or True
