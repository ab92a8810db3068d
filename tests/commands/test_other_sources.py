"""`--source` chooses between several Prometheus, and their Alertmanagers, of a cluster."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.metrics import Alert, Rule, RuleGroup
from bot.core.reply import Choices
from tests.clock import ManualClock
from tests.engine import rig
from tests.engine.observed import FakeSources, Manager, instruments
from tests.kube.objects import replica_set, template, web
from tests.kube.server import body


@pytest.mark.parametrize(
    ("phrase", "name"),
    [
        ("prom query --source=us up", "us"),
        ("prom graph --source us up", "us"),
        ("prom rules --source us", "us"),
        ("prom targets --source us", "us"),
        ("prom app --source=us deploy/web -n shop", "us"),
        ("prom compare deploy/web --source us -n shop", "us"),
        ("prom alerts --source us", "us"),
        ("prom query up", ""),
        ("prom alerts", ""),
    ],
)
async def test_the_one_of_that_name_is_asked(tmp_path: Path, phrase: str, name: str) -> None:
    sources = FakeSources(Manager(ManualClock()))
    async with rig.bot(tmp_path, instruments=instruments(sources)) as bot:
        bot.server.on("/api/v1/namespaces/shop/pods", body({"kind": "PodList", "items": []}))
        bot.server.on("/apis/apps/v1/namespaces/shop/deployments/web", body(web()))
        sets = {"kind": "ReplicaSetList", "items": [replica_set("r1", "1", template("web:1"))]}
        bot.server.on("/apis/apps/v1/namespaces/shop/replicasets", body(sets))
        await bot.say(phrase)
    assert set(sources.chosen) == {name}


@pytest.fixture
def sources() -> FakeSources:
    found = FakeSources(Manager(ManualClock()))
    found.manager.fires("TargetDown")
    labels = {"alertname": "TargetDown", "namespace": "shop"}
    alert = Alert(labels, {}, "firing", found.manager.clock.now(), 1.0)
    rule = Rule("alerting", "TargetDown", "up == 0", "ok", state="firing", alerts=(alert,))
    found.watched.groups = [RuleGroup("g", "f", timedelta(minutes=1), (rule,))]
    return found


def phrases(answer: rig.Answer) -> list[str]:
    parts = [part for part in answer.parts if isinstance(part, Choices)]
    return [one.phrase for part in parts for one in part.options]


async def test_buttons_stay_with_the_alertmanager_that_was_named(
    tmp_path: Path, sources: FakeSources
) -> None:
    async with rig.bot(tmp_path, instruments=instruments(sources)) as bot:
        [silence] = phrases(await bot.say("prom alerts --source us"))
        assert "--source=us" in silence
        chosen = phrases(await bot.say(silence))
        assert len(chosen) == 3
        [end] = phrases(await bot.say(chosen[0]))
        assert len(sources.manager.kept) == 1
        await bot.say("prom silences --source us")
        assert "expired" in (await bot.say(end)).text
    assert sources.silenced == ["us"] * 5


async def test_a_button_of_one_alertmanager_does_nothing_in_another(
    tmp_path: Path, sources: FakeSources
) -> None:
    async with rig.bot(tmp_path, instruments=instruments(sources)) as bot:
        [first, *_] = phrases(await bot.say("prom silence TargetDown --source us"))
        answer = await bot.say(first.replace("--source=us", "--source=eu"))
        assert "this is not what was shown" in answer.text
    assert sources.manager.kept == {}
