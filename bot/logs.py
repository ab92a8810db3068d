"""Log lines: JSON, one a line, with every control character escaped, on standard error."""

import logging
import sys

import structlog


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
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    # These write bodies and headers below WARNING.
    for name in ("slack_bolt", "slack_sdk", "aiohttp", "kubernetes", "asyncio"):
        logging.getLogger(name).setLevel(logging.WARNING)
