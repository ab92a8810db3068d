"""The Bolt app: which payloads there are, each acknowledged and handed to `Inbound`.

Listeners run before the response (`process_before_response`): they only touch memory, and Bolt's
other mode polls for the acknowledgement and can lose one that was given already.
"""

import re
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.command import Family
from bot.slack import (
    card,
    card_form,
    command_form,
    filter_form,
    home_page,
    manifest_form,
    payloads,
    task_form,
)
from bot.slack.address import Home
from bot.slack.blocks import CANCEL
from bot.slack.client import quiet_logger
from bot.slack.controls import CHOOSE, FILL, Control
from bot.slack.desks import Desks
from bot.slack.inbound import Inbound
from bot.slack.options import Options
from bot.slack.payloads import Incoming

_LOG = structlog.stdlib.get_logger(__name__)
_ANYTHING = re.compile(".*")
_BUTTONS = re.compile(f"^({card.CONFIRM}|{card.WITHDRAW}|{card.AGAIN}|{CANCEL})$")
_ASKING = re.compile(f"^({card.TYPE}|{card.DENY}|{card.BREAK})$")
_CONTROLS = re.compile(f"^({'|'.join(Control)})$")
_CHOICES = re.compile(f"^{CHOOSE}:[0-9]$")
_BLANKS = re.compile(f"^{FILL}:[0-9]$")
_FORM = re.compile("^form:")


def bolt_app(
    options: Options,
    client: AsyncWebClient,
    home: Home,
    inbound: Inbound,
    desks: Desks,
    news: Callable[[dict[str, Any]], None],
) -> AsyncApp:
    """Return the app that answers everything that the manifest lets Slack send.

    `news` hears of the events that nobody typed.
    """
    app = AsyncApp(
        # slack_bolt 1.30 reads the sources of the whole stack to find a name where none is given.
        # It is a logger's too, which gets the filters of the one below: no other may be called so.
        name="bot.slack.bolt",
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
    _listen(app, options, inbound, desks)
    _listen_to_news(app, news)
    app.error(_failed)
    return app


def _listen(app: AsyncApp, options: Options, inbound: Inbound, desks: Desks) -> None:
    *others, last = options.commands.values()
    ours = f"{', '.join(others)} or {last}"

    async def on_command(ack: AsyncAck, body: dict[str, Any]) -> None:
        family = options.family(str(body.get("command")))
        words = f"I answer to {ours}."
        await ack(words if family is None else _command(body, family, inbound, desks))

    async def on_press(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        inbound.press(body)

    async def on_message(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        if not desks.manifest.message(body):
            inbound.message(body)

    async def on_other(ack: AsyncAck) -> None:
        await ack()

    app.command(_ANYTHING)(on_command)
    app.action(_BUTTONS)(on_press)
    _listen_to_desks(app, desks)
    app.action(_ANYTHING)(on_other)
    app.event("app_mention")(on_message)
    app.event("message")(on_message)


def _command(body: dict[str, Any], family: Family, inbound: Inbound, desks: Desks) -> str:
    text = str(body.get("text") or "").strip()
    found = payloads.command(body, family)
    if found and family is Family.DECK and desks.tasks.wants(text):
        return desks.tasks.open(found)
    if found and family is Family.KUBECTL and not text:
        return desks.command.open(found)
    if found and family is Family.KUBECTL and desks.manifest.wants(text):
        return desks.manifest.open(found, text)
    return inbound.command(body, family)


def _listen_to_desks(app: AsyncApp, desks: Desks) -> None:
    def on_action(use: Callable[[Incoming], object]) -> Callable[..., Awaitable[None]]:
        async def handle(ack: AsyncAck, body: dict[str, Any]) -> None:
            await ack()
            if found := payloads.action(body):
                use(found)

        return handle

    async def on_home(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        if found := payloads.home(body):
            desks.home.open(found)

    async def on_options(ack: AsyncAck, body: dict[str, Any]) -> None:
        found = payloads.suggestion(body)
        await ack(options=await desks.command.suggest(found) if found else [])

    app.action(_CONTROLS)(on_action(desks.results.press))
    app.action(_CHOICES)(on_action(desks.results.choose))
    app.action(_BLANKS)(on_action(desks.tasks.press))
    app.action(_ASKING)(on_action(desks.cards.ask))
    app.action(_FORM)(on_action(desks.command.change))
    app.action(home_page.CANCEL)(on_action(desks.home.cancel))
    app.action(home_page.RUN)(on_action(desks.command.open))
    app.options(_FORM)(on_options)
    app.event("app_home_opened")(on_home)
    _listen_to_forms(app, desks)


def _listen_to_forms(app: AsyncApp, desks: Desks) -> None:
    async def submit_command(found: Incoming) -> dict[str, str]:
        return await desks.command.submit(found)

    async def submit_manifest(found: Incoming) -> dict[str, str]:
        return desks.manifest.submit(found)

    async def submit_filter(found: Incoming) -> dict[str, str]:
        return desks.results.filter(found)

    async def submit_task(found: Incoming) -> dict[str, str]:
        return await desks.tasks.submit(found)

    async def submit_card(found: Incoming) -> dict[str, str]:
        return await desks.cards.submit(found)

    def on_form(
        take: Callable[[Incoming], Awaitable[dict[str, str]]],
    ) -> Callable[..., Awaitable[None]]:
        async def handle(ack: AsyncAck, body: dict[str, Any]) -> None:
            found = payloads.submission(body)
            errors = await take(found) if found else {}
            await (ack(response_action="errors", errors=errors) if errors else ack())

        return handle

    app.view(card_form.CALLBACK)(on_form(submit_card))
    app.view(task_form.CALLBACK)(on_form(submit_task))
    app.view(filter_form.CALLBACK)(on_form(submit_filter))
    app.view(command_form.CALLBACK)(on_form(submit_command))
    app.view(manifest_form.CALLBACK)(on_form(submit_manifest))


def _listen_to_news(app: AsyncApp, news: Callable[[dict[str, Any]], None]) -> None:
    async def on_news(ack: AsyncAck, event: dict[str, Any]) -> None:
        await ack()
        news(event)

    app.event(_ANYTHING)(on_news)


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
