"""How PostgreSQL is reached: a server that vanishes or fails over is noticed in seconds."""

from typing import Any

from sqlalchemy import URL
from sqlalchemy.ext.asyncio.engine import AsyncEngine, create_async_engine

from bot.core.errors import ConfigurationError

# Parameters of libpq (PostgreSQL 15 manual, 34.1.2), for those that the URL leaves open.
DEFAULTS: dict[str, Any] = {
    "application_name": "quarterdeck",
    "connect_timeout": 3,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": 10_000,
}


def create(url: URL, *, connections: int, busy_seconds: float) -> AsyncEngine:
    """Return an engine for the server, whose connections are made when they are needed.

    Raises:
        ConfigurationError: the driver is not installed.
    """
    try:
        return create_async_engine(
            url,
            pool_size=connections,
            max_overflow=0,
            pool_timeout=busy_seconds,
            pool_pre_ping=True,  # a fail-over leaves dead connections in the pool
            connect_args={name: value for name, value in DEFAULTS.items() if name not in url.query},
        )
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            "The store's URL names PostgreSQL, whose driver is not installed.",
            next_step="Install quarterdeck[postgres].",
        ) from error
