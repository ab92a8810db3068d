"""The process's HTTP server: how it is, for Kubernetes, and the routes of other rooms.

`/livez` fails when only a new process can help, `/readyz` when this one cannot serve now.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from pydantic import BaseModel, ConfigDict, Field

Check = Callable[[], bool]

_LINGERING_SECONDS = 1
"""How long the rest of a refused request is read, so that a sender of gigabytes holds nothing."""


class Options(BaseModel):
    """Where the server listens."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = "127.0.0.1"
    """The address that `/livez`, `/readyz` and `/slack/events` answer on; probes of the kubelet
    need `0.0.0.0`."""
    port: int = Field(default=8080, ge=0, le=65535)
    """Its port; 0: any free one."""


class WebServer:
    """Listens from `start` to `close`; what it serves is given to it."""

    def __init__(
        self,
        options: Options,
        *,
        alive: Mapping[str, Check],
        ready: Mapping[str, Check],
        routes: Sequence[web.RouteDef] = (),
    ) -> None:
        self._options = options
        application = web.Application()
        application.add_routes(
            [
                web.get("/livez", _health(alive)),
                web.get("/readyz", _health(ready)),
                *routes,
            ]
        )
        # No access log: it would hold what unauthenticated callers send.
        self._runner = web.AppRunner(
            application,
            access_log=None,
            logger=_quiet_logger(),
            lingering_time=_LINGERING_SECONDS,
        )

    async def start(self) -> None:
        """Listen.

        Raises:
            OSError: the address is taken or not ours.
        """
        await self._runner.setup()
        await web.TCPSite(self._runner, self._options.host, self._options.port).start()

    @property
    def port(self) -> int:
        """Return the port that is listened on."""
        return int(self._runner.addresses[0][1])

    async def close(self) -> None:
        """Take no more requests, and let those end that have begun."""
        await self._runner.cleanup()


def _quiet_logger() -> logging.Logger:
    """Return the logger of aiohttp's server, which says nothing about what is no HTTP."""
    logger = logging.getLogger("bot.web.http")
    if _is_about_us not in logger.filters:
        logger.addFilter(_is_about_us)
    return logger


def _is_about_us(record: logging.LogRecord) -> bool:
    # What cannot be parsed was sent by nobody we know, and aiohttp writes its bytes down.
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, HttpProcessingError)


def _health(checks: Mapping[str, Check]) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(_request: web.Request) -> web.Response:
        failing = sorted(name for name, check in checks.items() if not check())
        text = "".join(f"{name} failed\n" for name in failing) or "ok\n"
        return web.Response(status=503 if failing else 200, text=text)

    return answer
