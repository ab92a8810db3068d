"""A simulated Slack workspace to run a bot against, and to look at as its people see it.

async with Workspace() as slack:
    ada = slack.user("ada", groups=["sre"])
    shop = slack.channel("shop", members=[ada, slack.bot])
    ...start the bot with slack.base_url, slack.bot_token, slack.app_token...
    message = await ada.slash("#shop", "/kubectl get pods")
    await message.click("Filter")
    await ada.modal.submit(words="web")
    form = await ada.open("#shop", "/kubectl")
    await form.choose("Namespace", "sh")
    home = await ada.open_home()
    print(ada.transcript("#shop"))
"""

from collections.abc import Iterable
from contextlib import AsyncExitStack
from dataclasses import replace
from types import TracebackType
from typing import Literal, Self

import aiohttp

from bot.core.clock import Clock, SystemClock
from bot.demo.slack.acts import Acts
from bot.demo.slack.administration import Administration
from bot.demo.slack.chaos import Fault
from bot.demo.slack.delivery import Courier
from bot.demo.slack.desk import Desk
from bot.demo.slack.hooks import Hooks
from bot.demo.slack.httpevents import Addresses, SignedHttp
from bot.demo.slack.interactions import Interactions
from bot.demo.slack.manifest import default_manifest, read_manifest
from bot.demo.slack.people import Person
from bot.demo.slack.platform import Options, Platform, build_platform
from bot.demo.slack.refusal import CallRefusedError, rate_limited
from bot.demo.slack.server import start_server
from bot.demo.slack.shapes import Json
from bot.demo.slack.socketmode import SocketMode
from bot.demo.slack.state import OTHER_TEAM, Channel, ChannelKind, File, Someone, User, UserFlag
from bot.demo.slack.viewing import Viewing
from bot.demo.slack.visible import SeenMessage
from bot.demo.slack.webapi import WebApi
from bot.demo.slack.wire import Wire

TransportKind = Literal["socket", "http"]
RefreshReason = Literal["warning", "refresh_requested", "link_disabled"]


class Workspace:
    """One workspace with one app installed in it. Enter it to let it listen."""

    def __init__(
        self,
        *,
        transport: TransportKind = "socket",
        clock: Clock | None = None,
        manifest: Json | None = None,
        options: Options | None = None,
    ) -> None:
        app = read_manifest(manifest or default_manifest())
        self._platform: Platform = build_platform(clock or SystemClock(), app, options or Options())
        self._transport = transport
        self._addresses = Addresses()
        self._socket_mode = SocketMode(self._platform)
        self._hooks = Hooks(self._platform)
        self._open = AsyncExitStack()
        self._http: SignedHttp | None = None
        self._desk: Desk | None = None
        self._administration: Administration | None = None

    async def __aenter__(self) -> Self:
        session = aiohttp.ClientSession()
        self._open.push_async_callback(session.close)
        self._http = SignedHttp(self._platform, session, self._addresses)
        chosen = self._http if self._transport == "http" else self._socket_mode
        courier = Courier(self._platform, chosen)
        acts = Acts(self._platform, self._hooks, courier)
        self._desk = Desk(self._platform, Interactions(acts), Viewing(acts))
        self._administration = Administration(self._platform, courier)
        runner, self._platform.base_url = await start_server(
            WebApi(self._platform, self._hooks), self._socket_mode
        )
        self._open.push_async_callback(runner.cleanup)
        self._open.push_async_callback(self._platform.errands.close)
        self._open.callback(self._socket_mode.drop)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._open.aclose()

    @property
    def transport(self) -> TransportKind:
        """How envelopes reach the bot."""
        return self._transport

    @property
    def base_url(self) -> str:
        """Where the bot's Web API client looks for methods; ends in `/api/`."""
        return f"{self._platform.base_url}/api/"

    @property
    def bot_token(self) -> str:
        """The bot token (`xoxb-…`)."""
        return self._platform.names.bot_token

    @property
    def app_token(self) -> str:
        """The app-level token (`xapp-…`) of Socket Mode."""
        return self._platform.names.app_token

    @property
    def signing_secret(self) -> str:
        """The secret that signs requests over HTTP."""
        return self._platform.names.signing_secret

    @property
    def bot(self) -> User:
        """The bot's own user."""
        return self._platform.state.users[self._platform.names.bot_user]

    @property
    def team(self) -> str:
        """The workspace's own id (`T…`)."""
        return self._platform.names.team

    @property
    def administration(self) -> Administration:
        """What changes people, user groups and channels while the bot runs."""
        if self._administration is None:
            raise RuntimeError("enter the workspace before anything changes in it")
        return self._administration

    @property
    def wire(self) -> Wire:
        """The log of everything that crossed the wire."""
        return self._platform.wire

    @property
    def events_url(self) -> str:
        """Where the bot listens over HTTP; commands and presses go there too."""
        return self._addresses.events

    @events_url.setter
    def events_url(self, url: str) -> None:
        self._addresses.events = url

    @property
    def addresses(self) -> Addresses:
        """Addresses for each kind of request, where the bot has several."""
        return self._addresses

    @property
    def connections(self) -> int:
        """How many Socket Mode connections are good: open, not told to go, not frozen."""
        return sum(one.good for one in self._socket_mode.connections)

    def user(
        self,
        name: str,
        *,
        groups: Iterable[str] = (),
        email: str = "",
        flags: Iterable[UserFlag] = (),
    ) -> Person:
        """Return a new person, a member of these user groups."""
        state, marks = self._platform.state, frozenset(flags)
        team = OTHER_TEAM if "foreign" in marks else self._platform.names.team
        user = User(state.ids.named("U"), name, team, email, marks)
        state.users[user.id] = user
        for handle in groups:
            group = state.group_named(handle)
            state.groups[group.id] = replace(group, users=(*group.users, user.id))
        return Person(user, self._opened)

    def channel(
        self,
        name: str,
        *,
        members: Iterable[Someone] = (),
        kind: ChannelKind = "public",
        shared: bool = False,
        archived: bool = False,
    ) -> Channel:
        """Return a new channel with these members."""
        state = self._platform.state
        ids = tuple(member.id for member in members)
        channel = Channel(state.ids.named("C"), name, kind, ids, archived, shared)
        state.channels[channel.id] = channel
        return channel

    def group(self, handle: str) -> str:
        """Return the id of a user group, founding it if need be."""
        return self._platform.state.group_named(handle).id

    def address_of(self, file: File) -> str:
        """Return where a file's bytes are, for who has a token (`url_private_download`)."""
        return self._platform.private_url(file)

    def messages(self, channel: Channel, viewer: Person) -> list[SeenMessage]:
        """Return what `viewer` sees in a channel and its threads, oldest first."""
        return viewer.sees(channel)

    async def connected(self, count: int = 1) -> None:
        """Wait until at least so many good Socket Mode connections are open.

        Raises:
            TimeoutError: they were not, before the workspace's patience ran out.
        """
        await self._platform.state.changes.until(
            lambda: True if self.connections >= count else None, self._platform.options.patience
        )

    async def delivered(self, count: int) -> None:
        """Wait until so many envelopes, retries included, were acknowledged or have failed.

        Raises:
            TimeoutError: they were not, before the workspace's patience ran out.
        """
        await self._platform.state.changes.until(
            lambda: True if len(self.wire.deliveries) >= count else None,
            self._platform.options.patience,
        )

    async def verify_events_url(self) -> bool:
        """Tell whether the bot answers the challenge with which Slack checks an address."""
        return await self._signed.verify()

    async def check_ssl(self) -> bool:
        """Tell whether the bot answers the probe with which Slack checks a certificate."""
        return await self._signed.check_ssl()

    def fail_next(
        self, method: str, *, error: str = "", status: int = 200, retry_after: int | None = None
    ) -> None:
        """Let the next call of a method (or `response_url`, `upload`) fail.

        With `retry_after` alone that is HTTP 429; `error="ratelimited"` alone is the other form
        that Slack uses, `ok: false` with status 200.
        """
        if retry_after is not None:
            refusal = rate_limited(retry_after)
        else:
            refusal = CallRefusedError(error or "internal_error", status=status)
        refusal.wanted = True
        self._platform.chaos.next_call(method, Fault(refusal=refusal))

    def expect_refusal(self, method: str, error: str) -> None:
        """Say that this method will be refused with this error, because of how things stand.

        A refusal that was neither asked for nor expected is among `wire.surprises()`.
        """
        self._platform.wire.expected.add((method, error))

    def slow_next(self, method: str, seconds: float) -> None:
        """Let the next call of a method be served so many seconds late."""
        self._platform.chaos.next_call(method, Fault(seconds=seconds))

    def lose_next_answer(self, method: str) -> None:
        """Serve the next call of a method, then reset its connection instead of answering."""
        self._platform.chaos.next_call(method, Fault(resets=True))

    def skew(self, seconds: float) -> None:
        """Let Slack's clock go so many seconds before the bot's, or behind it."""
        self._platform.clock.skew = seconds

    def drop_connections(self) -> None:
        """Cut every Socket Mode connection with a TCP reset."""
        self._socket_mode.drop()

    async def close_connections(self) -> None:
        """Close every Socket Mode connection with a close frame, without a warning."""
        await self._socket_mode.close()

    async def refresh_connections(
        self, reason: RefreshReason = "refresh_requested", *, most: int | None = None
    ) -> None:
        """Tell the bot to open its connections anew, as Slack does every few hours.

        `most` refreshes only so many, the oldest first; None refreshes all.
        """
        await self._socket_mode.refresh(reason, most)

    def freeze(self) -> None:
        """Let the open connections go silent: no pongs, no envelopes, no end."""
        self._socket_mode.freeze()

    def duplicate_next_envelope(self) -> None:
        """Let the next envelope arrive twice."""
        self._platform.chaos.next_envelope("duplicated")

    def drop_next_envelope(self) -> None:
        """Let the next envelope never arrive."""
        self._platform.chaos.next_envelope("dropped")

    def lose_next_acknowledgement(self) -> None:
        """Let the next envelope arrive and its acknowledgement be lost."""
        self._platform.chaos.next_envelope("ack_lost")

    @property
    def _signed(self) -> SignedHttp:
        if self._http is None:
            raise RuntimeError("the workspace is not open")
        return self._http

    @property
    def _opened(self) -> Desk:
        if self._desk is None:
            raise RuntimeError("enter the workspace before its people do anything")
        return self._desk
