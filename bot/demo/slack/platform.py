"""What every part of the simulated Slack shares: one installed app in one workspace."""

from dataclasses import dataclass, field

from bot.core.clock import Clock
from bot.demo.slack.chaos import Chaos, SkewedClock
from bot.demo.slack.content import Composer
from bot.demo.slack.errands import Errands
from bot.demo.slack.identifiers import Identifiers, Stamps
from bot.demo.slack.manifest import App
from bot.demo.slack.rates import Rates
from bot.demo.slack.state import File, State, User
from bot.demo.slack.triggers import Triggers
from bot.demo.slack.wire import Wire

DOMAIN = "quarterdeck-demo"


@dataclass(frozen=True, slots=True)
class Options:
    """How a workspace differs from the usual one."""

    seed: int = 0
    patience: float = 10.0
    """Real seconds after which a wait for something visible gives up."""
    paid_plan: bool = True
    """User groups exist on paid plans only."""
    enforce_rates: bool = False
    """Answer 429 over the rate tiers; off, because a story types faster than people do."""
    ping_seconds: float = 10.0
    """Between the server's own pings of a Socket Mode connection."""


@dataclass(frozen=True, slots=True)
class Names:
    """The identifiers and secrets of the one app, as its settings would show them."""

    team: str
    app: str
    bot: str
    bot_user: str
    bot_token: str
    app_token: str
    signing_secret: str
    verification_token: str


@dataclass(slots=True)
class Platform:
    """The workspace's parts that handlers read and write."""

    clock: SkewedClock
    app: App
    options: Options
    ids: Identifiers
    names: Names
    state: State
    wire: Wire
    composer: Composer
    rates: Rates
    triggers: Triggers
    errands: Errands
    chaos: Chaos = field(default_factory=Chaos)
    base_url: str = ""
    """`http://127.0.0.1:PORT`, known once the server listens."""
    tickets: set[str] = field(default_factory=set)
    """Socket Mode addresses that were given out and not yet used."""
    streams: dict[tuple[str, str], float] = field(default_factory=dict)
    """When each streaming message, named by channel and ts, began on the monotonic clock."""
    uploads: dict[str, str] = field(default_factory=dict)
    """From the secret of an upload URL to the id of the file it is for."""

    def find_file(self, reference: str) -> File | None:
        """Return a file by its id or by its private URL."""
        for file in self.state.files.values():
            if reference in (file.id, self.private_url(file)):
                return file
        return None

    def private_url(self, file: File) -> str:
        """Return the address of a file's bytes, which a bot token opens."""
        return f"{self.base_url}/files-pri/{self.names.team}-{file.id}/{file.name}"

    def permalink(self, channel: str, ts: str) -> str:
        """Return the address of a message."""
        return f"{self.base_url}/archives/{channel}/p{ts.replace('.', '')}"


def build_platform(clock: Clock, app: App, options: Options) -> Platform:
    """Return an empty workspace with the app installed in it."""
    slacks = SkewedClock(clock)
    ids = Identifiers(options.seed)
    state = State(ids, Stamps(slacks))
    names = _names(ids)
    state.users[names.bot_user] = User(
        names.bot_user, app.bot_name, names.team, flags=frozenset({"bot"})
    )

    def has_file(reference: str) -> bool:
        file = platform.find_file(reference)
        return file is not None and file.complete

    platform = Platform(
        clock=slacks,
        app=app,
        options=options,
        ids=ids,
        names=names,
        state=state,
        wire=Wire(slacks),
        composer=Composer(ids, has_file),
        rates=Rates(slacks),
        triggers=Triggers(slacks, ids),
        errands=Errands(state.changes.announce),
    )
    return platform


def _names(ids: Identifiers) -> Names:
    return Names(
        team=ids.named("T"),
        app=ids.named("A"),
        bot=ids.named("B"),
        bot_user=ids.named("U"),
        bot_token=f"xoxb-playground-{ids.secret()}",
        app_token=f"xapp-playground-{ids.secret()}",
        signing_secret=ids.secret(32),
        verification_token=ids.secret(),
    )
