"""`prom app` and `prom compare`: on a real Prometheus, of a Deployment that a test writes down."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.core.clock import SystemClock
from bot.core.errors import ForbiddenError, UsageError
from bot.core.picture import Picture
from bot.core.reply import Choices, Table, Verdict
from bot.engine.monitoring import Instruments
from bot.kube.history import plain_template
from bot.prometheus.options import Options
from bot.prometheus.sources import PrometheusSources
from tests.clock import ManualClock
from tests.engine import rig
from tests.engine.rig import LOBBY, VIC, Answer, Bot
from tests.kube.objects import replica_set, template, web
from tests.kube.server import ACCESS_REVIEWS, body, status
from tests.metrics.fixtures import Sampled
from tests.prometheus.measured import (
    END,
    NEW_SET,
    OLD_SET,
    REPLICA_SET,
    ROLLED_OUT,
    START,
    STEP,
    rollout,
    samples,
)

pytestmark = pytest.mark.peers

EARLIER = "deployment.kubernetes.io/revision-history"
DEPLOYMENTS = "/apis/apps/v1/namespaces/{}/deployments/web"
SETS = "/apis/apps/v1/namespaces/{}/replicasets"
POLICY: dict[str, Any] = {
    "version": 1,
    "people": [{"slack": "UVIC", "groups": ["quarterdeck:viewers"]}],
}


class Blank:
    """Draws nothing."""

    async def draw(self, picture: Picture) -> bytes:
        raise NotImplementedError


@asynccontextmanager
async def asking(folder: Path, url: str, **policy: Any) -> AsyncIterator[Bot]:
    """Run a bot that asks this Prometheus, for somebody who may list pods in all namespaces."""
    sources = PrometheusSources(Options(url=url), SystemClock())
    instruments = Instruments(sources, Blank())
    async with rig.bot(
        folder, policy={**POLICY, **policy}, clock=ManualClock(END), instruments=instruments
    ) as bot:
        bot.server.on(ACCESS_REVIEWS, body({"status": {"allowed": True}}))
        yield bot
    await sources.close()


def lives(bot: Bot, namespace: str, *sets: dict[str, Any]) -> None:
    """Let a Deployment `web` be there, whose present template is the last one's."""
    present = sets[-1]["spec"]["template"]
    deployment = web(template=plain_template(present))
    deployment["metadata"]["namespace"] = namespace
    bot.server.on(DEPLOYMENTS.format(namespace), body(deployment))
    bot.server.on(SETS.format(namespace), body({"kind": "ReplicaSetList", "items": list(sets)}))


def kept(
    name: str, revision: int, step: int, replicas: int = 1, earlier: str = ""
) -> dict[str, Any]:
    """Return the ReplicaSet of a revision, made in that step of the samples."""
    found = replica_set("r1", str(revision), template(f"web:{revision}"))
    if earlier:
        found["metadata"]["annotations"][EARLIER] = earlier
    made = datetime.fromtimestamp(START + STEP * step, UTC)
    found["metadata"]["name"] = name
    found["metadata"]["creationTimestamp"] = f"{made:%Y-%m-%dT%H:%M:%SZ}"
    found["status"] = {"replicas": replicas}
    return found


def rows(answer: Answer, group: str) -> dict[str, Sequence[str]]:
    """Return the rows of a table by what stands first in them."""
    [table] = [part for part in answer.parts if isinstance(part, Table) and part.group == group]
    return {row[0]: row[1:] for row in table.rows}


def verdict(answer: Answer) -> str:
    [found] = [part.text for part in answer.parts if isinstance(part, Verdict)]
    return found


@pytest_asyncio.fixture
async def bot(tmp_path: Path, sampled_prometheus: Sampled) -> AsyncIterator[Bot]:
    async with asking(tmp_path, sampled_prometheus(samples()).url) as running:
        lives(running, "by-code", kept(REPLICA_SET, 1, 0, replicas=2))
        yield running


@pytest_asyncio.fixture
async def rolled_out(tmp_path: Path, sampled_prometheus: Sampled) -> AsyncIterator[Bot]:
    async with asking(tmp_path, sampled_prometheus(rollout()).url) as running:
        old, new = kept(OLD_SET, 1, 0, replicas=0), kept(NEW_SET, 2, ROLLED_OUT)
        lives(running, "shop", old, new)
        yield running


async def test_an_app_is_shown_by_what_is_measured_of_it(bot: Bot) -> None:
    answer = await bot.say("prom app deploy/web -n by-code", VIC, LOBBY)
    assert answer.code == 0, answer.text
    shown = rows(answer, "signals")
    assert shown["Requests"][0] == "2/s"
    assert shown["Failed requests"][0] == "25%"
    assert shown["CPU"][:3] == ("0.4 cores", "0.5 cores (80%)", "1 core (40%)")
    assert shown["Memory"][:3] == ("180 MiB", "128 MiB (141%)", "200 MiB (90%)")
    assert shown["Restarts"][0] == "2"
    assert all(len(row[-1]) == 23 for row in shown.values())
    assert "Latency (95%)" not in shown
    assert answer.asides == ["Not measured here: Latency (95%)."]


async def test_its_first_line_says_what_is_wrong(bot: Bot) -> None:
    said = verdict(await bot.say("prom app deploy/web -n by-code", VIC, LOBBY))
    assert said == (
        "🔴 deployment/web: Failed requests 25%, from 5% on it is too much; "
        "Fullest of its memory 90%, from 90% on it is too much; "
        "CPU throttled 30%, from 25% on it is too much; "
        "Restarts 2, from 1 on it is too much. Measured in by-code."
    )


async def test_nothing_that_is_measured_is_no_failure(tmp_path: Path, bot: Bot) -> None:
    lives(bot, "nowhere", kept(REPLICA_SET, 1, 0))
    answer = await bot.say("prom app deploy/web -n nowhere", VIC, LOBBY)
    assert answer.code == 0
    assert verdict(answer) == "⚪ Nothing of deployment/web is measured. Measured in nowhere."
    assert not any(isinstance(part, Table) for part in answer.parts)


async def test_other_pods_of_the_namespace_are_not_the_apps(bot: Bot) -> None:
    lives(bot, "by-code", kept("web-other", 1, 0))
    answer = await bot.say("prom app deploy/web -n by-code", VIC, LOBBY)
    assert verdict(answer).startswith("⚪ Nothing of deployment/web")


async def test_what_the_policy_measures_is_shown_too(
    tmp_path: Path, sampled_prometheus: Sampled
) -> None:
    signals = {
        "errors": {
            "title": "Broken",
            "expressions": ['sum(rate(http_requests_total{pod=~$pods,code="503"}[$window]))'],
            "unit": "number/s",
        },
        "pods": {
            "title": "Pods",
            "expressions": ["count(count by (pod) (http_requests_total{namespace=$namespace}))"],
            "warning": 2,
        },
    }
    url = sampled_prometheus(samples()).url
    async with asking(tmp_path, url, metrics={"signals": signals}) as bot:
        lives(bot, "by-code", kept(REPLICA_SET, 1, 0))
        answer = await bot.say("prom app deploy/web -n by-code", VIC, LOBBY)
    shown = rows(answer, "signals")
    assert shown["Broken"][0] == "0.5/s"
    assert "Failed requests" not in shown
    assert list(shown)[-1] == "Pods"
    assert "Pods 2, from 2 on it is too much" in verdict(answer)


SHARES: dict[str, dict[str, Any]] = {
    "shares": {
        "title": "Share of a status",
        "expressions": [
            "sum(rate(http_requests_total{namespace=$namespace,pod=~$pods,code=~$code}[$span]))"
            " / sum(rate(http_requests_total{namespace=$namespace,pod=~$pods}[$span])) * $factor"
        ],
        "parameters": {
            "code": {"type": "text"},
            "span": {"type": "duration", "default": "5m", "allowed": ["5m", "10m"]},
            "factor": {"type": "number", "default": "1", "maximum": 100},
        },
    }
}
USAGE = "code=TEXT [span=5m|10m] [factor=NUMBER]"


@pytest_asyncio.fixture
async def choosing(tmp_path: Path, sampled_prometheus: Sampled) -> AsyncIterator[Bot]:
    url = sampled_prometheus(samples()).url
    async with asking(tmp_path, url, metrics={"signals": SHARES}) as running:
        lives(running, "by-code", kept(REPLICA_SET, 1, 0))
        yield running


async def test_parameters_of_the_policys_signals_are_chosen(choosing: Bot) -> None:
    for typed, shown in (("code=5..", "0.25"), ("'code=5..|2..' factor=-2.5 span=10m", "-2.5")):
        answer = await choosing.say(f"prom app deploy/web 30m {typed} -n by-code", VIC, LOBBY)
        assert rows(answer, "signals")["Share of a status"][0] == shown
    assert answer.asides[0] == (
        f"With code=5..|2.., span=10m, factor=-2.5. Others are typed behind it: {USAGE}"
    )


async def test_a_chosen_value_stays_within_its_string(choosing: Bot) -> None:
    phrase = """prom app deploy/web 'code=x"} or http_requests_total{code="200' -n by-code"""
    answer = await choosing.say(phrase, VIC, LOBBY)
    assert answer.code == 0
    assert "Share of a status" not in rows(answer, "signals")
    assert "Share of a status" in answer.asides[-1]
    assert "Not measured here" in answer.asides[-1]


async def test_a_signal_that_lacks_its_value_says_so_beside_the_others(choosing: Bot) -> None:
    answer = await choosing.say("prom app deploy/web -n by-code", VIC, LOBBY)
    assert answer.code == 0
    assert rows(answer, "signals")["Requests"][0] == "2/s"
    assert answer.asides[-1] == "Share of a status: it needs code=TEXT"


async def test_one_of_a_few_values_is_chosen_by_a_press(
    tmp_path: Path, sampled_prometheus: Sampled
) -> None:
    codes = {"type": "text", "allowed": ["2..", "5.. "], "summary": "Which status?"}
    signal = {**SHARES["shares"], "parameters": {**SHARES["shares"]["parameters"], "code": codes}}
    url = sampled_prometheus(samples()).url
    async with asking(tmp_path, url, metrics={"signals": {"shares": signal}}) as bot:
        lives(bot, "by-code", kept(REPLICA_SET, 1, 0))
        answer = await bot.say("prom app deploy/web 30m -n by-code | head -3", VIC, LOBBY)
        [asked] = [part for part in answer.parts if isinstance(part, Choices)]
        assert asked.question == "Which status?"
        assert [one.label for one in asked.options] == ["2..", "5.. "]
        assert asked.options[1].phrase == (
            "prom app 'code=5.. ' deploy/web 30m -n by-code | head -n 3"
        )
        answer = await bot.say(asked.options[0].phrase.partition(" |")[0], VIC, LOBBY)
    assert rows(answer, "signals")["Share of a status"][0] == "0.75"
    assert not any(isinstance(part, Choices) for part in answer.parts)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("color=red", "error: no signal has a parameter 'color'"),
        ("code=5.. span=6m", "error: span must be one of 5m, 10m, not '6m'"),
        ("code=5.. factor=1e3", "error: factor must be a number, not '1e3'"),
        ("code=5.. factor=101", "error: factor must be at most 100, not '101'"),
        ("code=5.. code=4..", "error: code is there twice"),
    ],
)
async def test_another_value_is_refused_before_anything_is_asked(
    choosing: Bot, typed: str, said: str
) -> None:
    for phrase in ("app", "compare"):
        answer = await choosing.say(f"prom {phrase} deploy/web {typed} -n by-code", VIC, LOBBY)
        assert isinstance(answer.problem, UsageError)
        assert answer.problem.text == said
        assert answer.problem.next_step


@pytest.mark.parametrize(
    ("phrase", "error", "text"),
    [
        ("prom app", UsageError, "error: name one workload"),
        ("prom app deploy", UsageError, "error: name one workload"),
        ("prom app deploy/web tomorrow -n by-code", UsageError, "'tomorrow' is no duration"),
        ("prom app cm/web -n by-code", None, "NotFound"),
        ("prom compare", UsageError, "error: name one workload"),
    ],
)
async def test_what_cannot_be_shown_is_told(
    bot: Bot, phrase: str, error: type[Exception] | None, text: str
) -> None:
    answer = await bot.say(phrase, VIC, LOBBY)
    assert answer.code == 1
    assert text in answer.text
    assert error is None or isinstance(answer.problem, error)


async def test_who_may_not_list_replica_sets_is_told_so(bot: Bot) -> None:
    bot.server.on(SETS.format("by-code"), status(403, "Forbidden", "no replicasets"))
    answer = await bot.say("prom app deploy/web -n by-code", VIC, LOBBY)
    assert isinstance(answer.problem, ForbiddenError)


async def test_a_rollout_is_compared_with_what_was_before(rolled_out: Bot) -> None:
    answer = await rolled_out.say("prom compare deploy/web 20m -n shop", VIC, LOBBY)
    assert answer.code == 0, answer.text
    assert verdict(answer) == "🔴 Since revision 2 (30m ago): Failed requests 1% → 30%."
    assert rows(answer, "compared") == {
        "Requests": ("4/s", "4/s", "same"),
        "Failed requests": ("1%", "30%", "×30"),
    }
    assert "Over 20m at most on each side, measured in shop." in answer.asides


async def test_both_sides_of_a_rollout_are_measured_with_what_is_chosen(
    tmp_path: Path, sampled_prometheus: Sampled
) -> None:
    async with asking(
        tmp_path, sampled_prometheus(rollout()).url, metrics={"signals": SHARES}
    ) as bot:
        lives(bot, "shop", kept(OLD_SET, 1, 0, replicas=0), kept(NEW_SET, 2, ROLLED_OUT))
        answer = await bot.say("prom compare deploy/web 20m code=5.. -n shop", VIC, LOBBY)
    assert rows(answer, "compared")["Share of a status"] == ("0.01", "0.3", "×30")
    assert f"With code=5.., span=5m, factor=1. Others are typed behind it: {USAGE}" in answer.asides


async def test_templates_stand_side_by_side(rolled_out: Bot) -> None:
    answer = await rolled_out.say("prom compare deploy/web 20m -n shop", VIC, LOBBY)
    [table] = [p for p in answer.parts if isinstance(p, Table) and p.group == "templates"]
    assert table.columns == ("SIGNAL", "REVISION 1 (6d5f)", "REVISION 2 (7c9b)")
    assert rows(answer, "templates")["Failed requests"] == ("1%", "30%")


async def test_one_template_alone_is_compared_with_nothing(bot: Bot) -> None:
    answer = await bot.say("prom compare deploy/web -n by-code", VIC, LOBBY)
    assert (answer.code, verdict(answer)) == (
        0,
        "⚪ deployment/web has had one template so far: there is nothing to compare.",
    )


async def test_a_template_that_was_taken_up_again_is_dated_by_the_condition(
    rolled_out: Bot,
) -> None:
    new = kept(NEW_SET, 2, ROLLED_OUT, replicas=0)
    old = kept(OLD_SET, 3, 0, earlier="1")
    lives(rolled_out, "shop", new, old)
    answer = await rolled_out.say("prom compare deploy/web -n shop", VIC, LOBBY)
    assert "An earlier template was taken up again: when is known nearly." in answer.asides


async def test_what_was_rolled_out_only_now_is_compared_with_a_warning(rolled_out: Bot) -> None:
    old, new = kept(OLD_SET, 1, 0), kept(NEW_SET, 2, int((END.timestamp() - START) / STEP) - 1)
    lives(rolled_out, "shop", old, new)
    answer = await rolled_out.say("prom compare deploy/web -n shop", VIC, LOBBY)
    assert answer.code == 0
    assert "Rates need a few minutes to be right." in answer.asides


async def test_who_sees_all_namespaces_is_told_so(bot: Bot) -> None:
    lives(bot, "default", kept(REPLICA_SET, 1, 0))
    said = verdict(await bot.say("prom app deploy/web", VIC, LOBBY))
    assert said.endswith("Measured in default, by whoever sees all namespaces.")
