"""Log lines: JSON, one a line, with every control character escaped, on standard error.

The copy of the audit record alone goes to standard output.
"""

import logging
import sys

import structlog

from bot.audit import LOGGER


def write_json(level: int = logging.INFO) -> None:
    """Send the process's log lines, the libraries' too, to standard error as JSON."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(),
        ],
    )
    handler, copies = logging.StreamHandler(sys.stderr), logging.StreamHandler(sys.stdout)
    for each in (handler, copies):
        each.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=level, force=True)
    audit = logging.getLogger(LOGGER)
    # Whatever level is logged: every record is copied.
    audit.handlers, audit.propagate = [copies], False
    audit.setLevel(logging.INFO)
    # These write bodies and headers below WARNING.
    for name in ("slack_bolt", "slack_sdk", "aiohttp", "kubernetes", "asyncio", "urllib3"):
        logging.getLogger(name).setLevel(logging.WARNING)
