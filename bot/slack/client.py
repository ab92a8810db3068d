"""The way to Slack's Web API: one shared session, no surprises from the environment."""

import logging
import re
import ssl

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.core.errors import ConfigurationError
from bot.slack.options import Options

# Slack answers within a second or two; the SDK's own 30 s would hold a channel's other answers up.
CALL_SECONDS = 10
_SECRETS = re.compile(
    r"xox[a-z]-[\w-]+|xapp-[\w-]+|(?<=ticket=)[\w-]+|(?<=//)[^/\s:@]+:[^/\s@]+(?=@)"
)


def open_session() -> aiohttp.ClientSession:
    """Return the session that all calls share; connections are kept, so TLS is set up once."""
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=CALL_SECONDS), trust_env=False)


def web_client(options: Options, session: aiohttp.ClientSession) -> AsyncWebClient:
    """Return a client that retries nothing by itself.

    `calls.Caller` retries: it alone knows which calls may be repeated, and waits on a Clock.

    Raises:
        ConfigurationError: the CA file cannot be used.
    """
    client = AsyncWebClient(
        token=options.bot_token.get_secret_value(),
        base_url=options.base_url,
        timeout=CALL_SECONDS,
        ssl=_tls(options),
        session=session,
        logger=quiet_logger(),
        retry_handlers=[],
    )
    # slack_sdk 3.47 falls back to HTTPS_PROXY, for 127.0.0.1 too; only the settings decide here.
    client.proxy = options.proxy.get_secret_value() or None
    return client


def scopes_of(answer: AsyncSlackResponse) -> frozenset[str]:
    """Return what the token may do, which Slack says beside every answer."""
    return frozenset(scope.strip() for scope in answer.headers.get("x-oauth-scopes", "").split(","))


def quiet_logger() -> logging.Logger:
    """Return the logger for Bolt and the SDK: warnings only, with tokens and tickets blacked out.

    Below warnings they write whole payloads, response URLs among them.
    """
    logger = logging.getLogger("bot.slack.sdk")
    logger.setLevel(logging.WARNING)
    if _black_out not in logger.filters:
        logger.addFilter(_black_out)
    return logger


def _black_out(record: logging.LogRecord) -> bool:
    record.msg, record.args = _SECRETS.sub("***", record.getMessage()), ()
    if record.exc_info:
        # A traceback holds URLs as well; the message names the error already.
        record.exc_info = None
    return True


def _tls(options: Options) -> ssl.SSLContext | None:
    if options.ca_file is None:
        return None
    try:
        return ssl.create_default_context(cafile=options.ca_file)
    except OSError as error:
        text = f"the CA file {options.ca_file} cannot be used: {error}"
        raise ConfigurationError(text) from error
