"""Slack as one thing that can be started, asked how it is, and stopped."""

import asyncio
from dataclasses import replace

import structlog
from aiohttp import ClientSession, web
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.errors import ConfigurationError, QuarterdeckError, SlackError
from bot.slack.activity import Activity
from bot.slack.address import Home
from bot.slack.attachments import Fetcher
from bot.slack.bolt import bolt_app
from bot.slack.calls import FAILURES, Caller
from bot.slack.client import open_session, scopes_of, web_client
from bot.slack.desks import Beyond, Desks, Room, open_desks
from bot.slack.http import SignedRequests
from bot.slack.inbound import Inbound, Peers
from bot.slack.intake import Intake, Limits
from bot.slack.keeping import Keeper
from bot.slack.options import Options
from bot.slack.outbox import Outbox
from bot.slack.postman import Postman
from bot.slack.socket import SocketMode

_LOG = structlog.stdlib.get_logger(__name__)

PATH = "/slack/events"
_BAD_TOKENS = frozenset({"invalid_auth", "not_authed", "account_inactive", "token_revoked"})
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 30.0


class SlackSurface:
    """The bot in one Slack workspace, over Socket Mode or HTTP."""

    def __init__(self, options: Options, peers: Peers, beyond: Beyond) -> None:
        self._options = options
        self._activity = Activity(peers.service, peers.clock)
        self._peers = replace(peers, service=self._activity)
        self._beyond = beyond
        self._desks: Desks | None = None
        self._session: ClientSession | None = None
        self._app: AsyncApp | None = None
        self._inbound: Inbound | None = None
        self._socket: SocketMode | None = None
        self._delivering: asyncio.Task[None] | None = None
        secrets = [options.signing_secret, options.previous_signing_secret]
        self._signed = SignedRequests(
            self._dispatch,
            [secret for secret in secrets if secret.get_secret_value()],
            peers.clock,
        )

    def routes(self) -> list[web.RouteDef]:
        """Return what the web server has to serve: nothing in Socket Mode."""
        return [web.post(PATH, self._signed.handle)] if self._options.mode == "http" else []

    async def start(self) -> None:
        """Learn who the bot is and begin to listen; wait for Slack as long as that takes.

        Raises:
            ConfigurationError: Slack does not know the token, or the CA file cannot be used.
        """
        self._session = open_session()
        client = web_client(self._options, self._session)
        home = await self._learn_home(client)
        outbox = Outbox(client, self._session, self._peers.clock, home.scopes)
        intake = Intake(_limits(self._options), self._peers.clock)
        self._peers.directory.open(client, home)
        board = self._peers.board
        board.home = home
        postman = Postman(self._peers.letters, outbox, self._peers.clock, board.current)
        self._delivering = asyncio.create_task(postman.run())
        keeper = Keeper(self._beyond.results, outbox, self._peers.clock, self._options.tables)
        inbound = Inbound(self._peers, home, outbox, intake, keeper.prepare)
        files = Fetcher(self._options, self._session)
        room = Room(home, inbound, outbox, self._activity, files, self._options.tables)
        self._inbound = inbound
        self._desks = open_desks(room, self._peers, self._beyond)
        news = self._peers.directory.hear
        self._app = bolt_app(self._options, client, home, inbound, self._desks, news)
        if self._options.mode == "socket":
            self._socket = SocketMode(self._app, client, self._options, self._peers.clock)
            await self._socket.start()

    def ready(self) -> bool:
        """Tell whether what people type now would reach the bot."""
        return self._app is not None and (self._socket is None or self._socket.ready())

    def alive(self) -> bool:
        """Tell whether the process is of use: false once no connection can be brought back."""
        return self._socket is None or self._socket.alive()

    async def drain(self, seconds: float) -> None:
        """Hear nothing more, let what runs end, and interrupt after `seconds` what does not."""
        if self._socket:
            await self._socket.close()
        if self._inbound:
            await self._inbound.drain(seconds)
        if self._desks:
            await self._desks.home.close()

    async def close(self) -> None:
        """End every connection; `drain` comes first."""
        if self._delivering:
            self._delivering.cancel()
            await asyncio.gather(self._delivering, return_exceptions=True)
        if self._socket:
            await self._socket.close()
        if self._session:
            await self._session.close()

    async def _dispatch(self, request: AsyncBoltRequest) -> BoltResponse:
        if self._app is None:
            return BoltResponse(status=503)
        return await self._app.async_dispatch(request)

    async def _learn_home(self, client: AsyncWebClient) -> Home:
        caller, pause = Caller(self._peers.clock), _FIRST_PAUSE
        while True:
            try:
                answer = await caller.call(client.auth_test, repeatable=True)
            except FAILURES as error:
                _refuse_bad_token(error)
                _LOG.warning("slack_not_reached", reason=error.text, again_in=pause)
            else:
                bot = str(answer.get("bot_id", ""))
                return Home(
                    team=str(answer["team_id"]),
                    bot_user=str(answer["user_id"]),
                    bot=bot,
                    name=str(answer["user"]),
                    url=str(answer["url"]),
                    app=await _app_of(caller, client, bot),
                    enterprise=str(answer.get("enterprise_id") or ""),
                    scopes=scopes_of(answer),
                )
            await self._peers.clock.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)


async def _app_of(caller: Caller, client: AsyncWebClient, bot: str) -> str:
    try:
        answer = await caller.call(lambda: client.bots_info(bot=bot), repeatable=True)
    except FAILURES as error:
        # The signature, or the app's own token, says already that a payload is for this app.
        _LOG.warning("slack_app_unknown", reason=error.text)
        return ""
    return str(answer["bot"]["app_id"])


def _refuse_bad_token(error: QuarterdeckError) -> None:
    if isinstance(error, SlackError) and error.code in _BAD_TOKENS:
        text = f"Slack does not accept the bot token: {error.code}"
        raise ConfigurationError(text) from error


def _limits(options: Options) -> Limits:
    return Limits(
        options.running_per_person, options.waiting_per_person, options.running, options.taken
    )
