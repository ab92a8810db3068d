"""Whose metrics a person sees: what they may list in the cluster, and where they ask."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import orjson
import pytest
import pytest_asyncio
from aiohttp import web

from bot.core.access import Audience, Grant
from bot.core.alerting import Silences
from bot.core.command import Access, Command, Effect, switch
from bot.core.errors import QuarterdeckError, RefusedError
from bot.core.metrics import Metrics, Reach
from bot.core.picture import Picture
from bot.core.ports import Scope
from bot.core.reply import Reply, Text
from bot.core.request import Actor, KubeconfigUser, Person, Place, Request, Surface
from bot.engine.monitoring import Instruments, Observer
from bot.engine.recording import Account, Deed
from bot.kube.fleet import Fleet
from bot.kube.fleet import Options as FleetOptions
from tests.clock import ManualClock
from tests.cluster.audit import Event
from tests.cluster.bed import Bed
from tests.engine import rig
from tests.engine.commands import Catalogue
from tests.engine.rig import EVE, LOBBY, SHOP, VIC, Answer, Bot
from tests.kube.server import ACCESS_REVIEWS, Play, body, status

ALONE = Place(Surface.DIRECT, "DVIC")
OPS = Place(Surface.SLASH, "COPS")
ROOT = Person("T1/UROOT")
PEOPLE: dict[str, Any] = {
    "version": 1,
    "channels": {"CSHOP": {"namespaces": ["shop"]}, "COPS": {"namespaces": ["ops"]}},
    "people": [
        {"slack": "UVIC", "groups": ["quarterdeck:viewers"]},
        {"slack": "UROOT", "groups": ["quarterdeck:admins"]},
    ],
}
EVERYWHERE = "error: metrics of all namespaces are for those who may list pods in all of them\n"


@dataclass(frozen=True, slots=True)
class Options:
    arguments: tuple[str, ...] = ()
    all_namespaces: bool = switch("A")


@dataclass(frozen=True, slots=True)
class Narrow:
    """Metrics of which nothing but their reach is looked at."""

    reach: Reach


@dataclass
class Sources:
    """Keeps for whom metrics and silences were asked for."""

    asked: list[tuple[str, Reach, str]] = field(default_factory=list)

    def metrics(
        self, context: str, reach: Reach, person: str, seconds: float, source: str = ""
    ) -> Metrics:
        assert seconds > 0
        self.asked.append((context, reach, person))
        return cast("Metrics", Narrow(reach))

    def silences(
        self, context: str, reach: Reach, person: str, seconds: float, source: str = ""
    ) -> Silences:
        assert seconds > 0
        self.asked.append((context, reach, person))
        return cast("Silences", Narrow(reach))

    async def close(self) -> None:
        """End nothing: nothing is under way."""


class Drawing:
    """Draws no picture but its title."""

    async def draw(self, picture: Picture) -> bytes:
        return picture.title.encode()


async def see(scope: Scope, options: Options) -> Reply:
    metrics = await scope.monitoring.metrics(everywhere=options.all_namespaces)
    await scope.monitoring.silences(everywhere=options.all_namespaces)
    picture = await scope.monitoring.draw(Picture(str(metrics.reach.namespaces), (), 0, 1, 1))
    yield Text(f"{picture.decode()}\n")


SEE = Catalogue(
    {"see": Command("see", "", Effect.READ, Options, (), (Access("list", "pods"),), run=see)}
)


@dataclass(frozen=True, slots=True)
class Watched:
    """A bot, and what was asked of its sources."""

    bot: Bot
    sources: Sources

    async def say(self, text: str, who: Person = VIC, place: Place = SHOP) -> Answer:
        return await self.bot.say(text, who, place)

    async def reach(self, text: str, who: Person = VIC, place: Place = SHOP) -> object:
        """Return the namespaces that a phrase sees, of metrics and of silences alike."""
        answer = await self.say(text, who, place)
        assert answer.code == 0, answer.text
        metrics, silences = self.sources.asked[-2:]
        assert metrics == silences
        assert answer.text == f"{metrics[1].namespaces}\n"
        assert metrics[2] == who.key
        return metrics[1].namespaces


@pytest_asyncio.fixture
async def scripted(tmp_path: Path) -> AsyncIterator[Watched]:
    """A bot on a cluster that reviews as a test says."""
    sources = Sources()
    instruments = Instruments(sources, Drawing())
    async with rig.bot(tmp_path, catalogue=SEE, policy=PEOPLE, instruments=instruments) as bot:
        yield Watched(bot, sources)


def allowing(*namespaces: str) -> Play:
    """Answer reviews as for who may list pods in these; the empty one: in all."""

    async def play(request: web.BaseRequest) -> web.StreamResponse:
        where = orjson.loads(await request.read())["spec"]["resourceAttributes"]
        allowed = not {where.get("namespace", ""), ""}.isdisjoint(namespaces)
        return await body({"status": {"allowed": allowed}})(request)

    return play


def reviewed(bot: Bot) -> list[object]:
    """Return the namespaces in which it was asked whether pods may be listed; None: in all."""
    found = []
    for asked in bot.server.to(ACCESS_REVIEWS):
        attributes = orjson.loads(asked.body)["spec"]["resourceAttributes"]
        found.append(attributes.pop("namespace", None))
        assert attributes == {"verb": "list", "resource": "pods"}
    return found


@pytest.mark.parametrize(
    ("phrase", "place", "rights", "sees", "asks"),
    [
        ("see", SHOP, ["shop"], ("shop",), ["shop"]),
        ("see", SHOP, [""], ("shop",), ["shop"]),
        ("see -A", SHOP, [""], None, [None]),
        ("see -n prod", LOBBY, ["prod"], ("prod",), ["prod"]),
        ("see -n prod", LOBBY, [""], ("prod",), ["prod"]),
        ("see", LOBBY, [""], None, [None]),
        ("see", LOBBY, ["default"], ("default",), [None, "default"]),
        ("see", ALONE, [""], None, [None]),
        ("see", ALONE, ["default"], ("default",), [None, "default"]),
        ("see -A", ALONE, [""], None, [None]),
    ],
)
async def test_the_place_and_the_rights_say_whose_metrics_are_seen(
    scripted: Watched,
    phrase: str,
    place: Place,
    rights: Sequence[str],
    sees: object,
    asks: list[object],
) -> None:
    scripted.bot.server.on(ACCESS_REVIEWS, allowing(*rights))
    assert await scripted.reach(phrase, place=place) == sees
    assert reviewed(scripted.bot) == asks * 2


@pytest.mark.parametrize(
    ("phrase", "place", "rights", "text", "next_step"),
    [
        ("see -A", SHOP, ["shop"], EVERYWHERE, "Leave -A out: it is about shop then."),
        ("see -A", ALONE, ["default"], EVERYWHERE, "Leave -A out: it is about default then."),
        ("see -A", SHOP, [], EVERYWHERE, "Leave -A out: it is about shop then."),
        (
            *("see", SHOP, ["prod"]),
            "error: metrics of shop are for those who may list pods there\n",
            "Choose a namespace of yours with -n.",
        ),
        (
            *("see -n prod", LOBBY, ["shop"]),
            "error: metrics of prod are for those who may list pods there\n",
            "Choose a namespace of yours with -n.",
        ),
        (
            *("see", ALONE, ["shop"]),
            "error: metrics of default are for those who may list pods there\n",
            "Choose a namespace of yours with -n.",
        ),
    ],
)
async def test_who_may_not_list_pods_there_sees_no_metrics(
    scripted: Watched, phrase: str, place: Place, rights: Sequence[str], text: str, next_step: str
) -> None:
    scripted.bot.server.on(ACCESS_REVIEWS, allowing(*rights))
    answer = await scripted.say(phrase, place=place)
    assert (answer.text, answer.code) == (text, 1)
    assert isinstance(answer.problem, RefusedError)
    assert answer.problem.next_step == next_step
    assert scripted.sources.asked == []


async def test_the_cluster_is_asked_as_the_person(scripted: Watched) -> None:
    scripted.bot.server.on(ACCESS_REVIEWS, allowing("shop"))
    await scripted.reach("see")
    for asked in scripted.bot.server.to(ACCESS_REVIEWS):
        assert asked.all("Impersonate-User") == ["quarterdeck:user"]
        assert asked.all("Impersonate-Group") == ["quarterdeck:viewers"]
        assert asked.all("Impersonate-Extra-quarterdeck.dev%2Fperson") == [VIC.key]


@pytest.mark.parametrize(
    "answer",
    [
        status(403, "Forbidden", "selfsubjectaccessreviews is forbidden"),
        status(404, "NotFound", "the server could not find the requested resource"),
        status(500, "InternalError", "no"),
        body({"status": {}}),
        body({}),
        body({"status": {"allowed": "true"}}),
    ],
)
async def test_a_cluster_that_does_not_say_yes_shows_nothing(
    scripted: Watched, answer: Play
) -> None:
    scripted.bot.server.on(ACCESS_REVIEWS, answer)
    for phrase, place in (("see", SHOP), ("see -A", SHOP), ("see", ALONE)):
        said = await scripted.say(phrase, place=place)
        assert said.code == 1
        assert isinstance(said.problem, QuarterdeckError)
    assert scripted.sources.asked == []


async def test_who_is_not_in_the_policy_is_never_asked_about(scripted: Watched) -> None:
    scripted.bot.server.on(ACCESS_REVIEWS, allowing(""))
    answer = await scripted.say("see", who=EVE)
    assert isinstance(answer.problem, RefusedError)
    assert scripted.sources.asked == []
    assert reviewed(scripted.bot) == []


async def test_without_a_prometheus_it_says_who_sets_it_up(tmp_path: Path) -> None:
    async with rig.bot(tmp_path, catalogue=SEE, policy=PEOPLE) as bot:
        answer = await bot.say("see", VIC)
    assert answer.text == "error: no Prometheus is set up here\n"
    assert "QUARTERDECK_PROMETHEUS__URL" in answer.problem.next_step
    assert reviewed(bot) == []


# ---------------------------------------------------------------- by the rights of a whole cluster


@pytest_asyncio.fixture
async def real(bed: Bed, tmp_path: Path) -> AsyncIterator[Watched]:
    """A bot on the furnished cluster: viewers list pods in shop and prod, admins everywhere."""
    sources, access = Sources(), bed.bot_kubeconfig
    instruments = Instruments(sources, Drawing())
    async with rig.bot(
        tmp_path, catalogue=SEE, policy=PEOPLE, access=access, instruments=instruments
    ) as bot:
        yield Watched(bot, sources)


@pytest.mark.boxed
async def test_the_clusters_own_rights_decide(real: Watched) -> None:
    assert await real.reach("see", VIC, SHOP) == ("shop",)
    assert await real.reach("see -n prod", VIC, LOBBY) == ("prod",)
    assert await real.reach("see", ROOT, SHOP) == ("shop",)
    assert await real.reach("see", ROOT, OPS) == ("ops",)
    assert await real.reach("see -A", ROOT, SHOP) is None
    assert await real.reach("see", ROOT, ALONE) is None


@pytest.mark.boxed
@pytest.mark.parametrize(
    ("phrase", "place", "text"),
    [
        ("see -A", SHOP, EVERYWHERE),
        ("see -A", ALONE, EVERYWHERE),
        ("see", OPS, "error: metrics of ops are for those who may list pods there\n"),
        ("see", ALONE, "error: metrics of default are for those who may list pods there\n"),
    ],
)
async def test_a_viewer_of_two_namespaces_sees_no_third(
    real: Watched, phrase: str, place: Place, text: str
) -> None:
    assert (await real.say(phrase, VIC, place)).text == text
    assert real.sources.asked == []


@pytest.mark.boxed
async def test_the_cluster_was_asked_as_whoever_typed_it(real: Watched, bed: Bed) -> None:
    since = bed.audit.position()
    await real.reach("see", VIC, SHOP)

    def review(event: Event) -> bool:
        return "selfsubjectaccessreviews" in event["requestURI"]

    event = await bed.audit.awaited(review, since)
    assert event["impersonatedUser"]["username"] == "quarterdeck:user"
    assert "quarterdeck:viewers" in event["impersonatedUser"]["groups"]
    attributes = event["requestObject"]["spec"]["resourceAttributes"]
    assert (attributes["verb"], attributes["resource"]) == ("list", "pods")
    assert attributes["namespace"] == "shop"


@pytest.mark.boxed
async def test_a_terminal_sees_what_its_kubeconfig_may_list(bed: Bed, scripted: Watched) -> None:
    options, clock = FleetOptions(kubeconfig=str(bed.kubeconfig)), ManualClock()
    fleet = Fleet(options, clock, environment={}, terminal=True)
    user, context, sources = KubeconfigUser(), fleet.default_context, Sources()
    request = Request("r-1", Person("terminal"), Place(Surface.TERMINAL, ""), "see", clock.now())
    grant = Grant(
        *(Actor(request.person, user), context, "shop"),
        explicit_namespace=False,
        audience=Audience.PERSON,
    )
    account = Account(scripted.bot.ledger, clock, request)
    cluster = fleet.open(context, user, request.id, 20)
    deed = Deed(scripted.bot.admission, request, grant, cluster, account)
    try:
        await Observer(Instruments(sources, Drawing()), deed, 20).metrics()
    finally:
        await fleet.close()
    assert sources.asked == [(context, Reach(), "terminal")]
