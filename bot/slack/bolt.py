"""The Bolt app: which payloads there are, each acknowledged and handed to `Inbound`.

Listeners run before the response (`process_before_response`): they only touch memory, and Bolt's
other mode polls for the acknowledgement and can lose one that was given already.
"""

import re
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.address import Home
from bot.slack.blocks import CANCEL, CONFIRM, WITHDRAW
from bot.slack.client import quiet_logger
from bot.slack.inbound import Inbound
from bot.slack.options import Options

_LOG = structlog.stdlib.get_logger(__name__)
_ANYTHING = re.compile(".*")
_BUTTONS = re.compile(f"^({CONFIRM}|{WITHDRAW}|{CANCEL})$")


def bolt_app(options: Options, client: AsyncWebClient, home: Home, inbound: Inbound) -> AsyncApp:
    """Return the app that answers everything that the manifest lets Slack send."""
    app = AsyncApp(
        logger=quiet_logger(),
        # Without a token, since `authorize` gives it; listeners do not use Bolt's own client.
        client=AsyncWebClient(session=client.session, logger=quiet_logger(), retry_handlers=[]),
        authorize=_authorize(options, home),
        process_before_response=True,
        # `http.SignedRequests` has verified it, on the raw bytes and on our own clock.
        request_verification_enabled=False,
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
        raise_error_for_unhandled_request=True,
    )
    _listen(app, options, inbound)
    app.error(_failed)
    return app


def _listen(app: AsyncApp, options: Options, inbound: Inbound) -> None:
    ours = f"{options.kubectl_command} or {options.deck_command}"

    async def on_command(ack: AsyncAck, body: dict[str, Any]) -> None:
        family = options.family(str(body.get("command")))
        words = f"I answer to {ours}." if family is None else inbound.command(body, family)
        await ack(words)

    async def on_press(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        inbound.press(body)

    async def on_message(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        inbound.message(body)

    async def on_other(ack: AsyncAck) -> None:
        await ack()

    app.command(_ANYTHING)(on_command)
    app.action(_BUTTONS)(on_press)
    app.action(_ANYTHING)(on_other)
    app.event("app_mention")(on_message)
    app.event("message")(on_message)
    app.event(_ANYTHING)(on_other)


def _authorize(options: Options, home: Home) -> Any:
    result = AuthorizeResult(
        enterprise_id=None,
        team_id=home.team,
        bot_user_id=home.bot_user,
        bot_id=home.bot,
        bot_token=options.bot_token.get_secret_value(),
    )

    async def authorize(**_names: Any) -> AuthorizeResult:
        # Who may be served is decided in `Inbound`; Bolt would ask Slack again for each token.
        return result

    return authorize


async def _failed(error: Exception, body: dict[str, Any]) -> BoltResponse:
    # Only the type: a payload holds response URLs, and what people typed.
    if isinstance(error, BoltUnhandledRequestError):
        _LOG.warning("slack_payload_unknown", type=body.get("type"))
        return BoltResponse(status=404)
    _LOG.error("slack_listener_broke", type=body.get("type"), exc_info=error)
    return BoltResponse(status=500)
