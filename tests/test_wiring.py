"""What is constructed from the settings."""

from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.core.clock import SystemClock
from bot.core.metrics import Reach
from bot.kube.fleet import Fleet
from bot.kube.fleet import Options as KubernetesOptions
from bot.prometheus.options import Options
from bot.settings import Settings
from bot.slack.options import Options as SlackOptions
from bot.wiring import _instruments
from tests.prometheus.peer import UP, always, serving, vector


def settings(**prometheus: Any) -> Settings:
    slack = SlackOptions(bot_token=SecretStr("xoxb"), app_token=SecretStr("xapp"))
    return Settings(policy=Path("p"), slack=slack, prometheus=Options(**prometheus))


async def test_without_a_prometheus_there_are_no_instruments() -> None:
    clock = SystemClock()
    fleet = Fleet(KubernetesOptions(), clock, environment={})
    async with _instruments(settings(), fleet, clock) as instruments:
        assert instruments is None


async def test_the_prometheus_of_the_settings_is_asked_until_the_end() -> None:
    clock = SystemClock()
    fleet = Fleet(KubernetesOptions(), clock, environment={})
    async with serving(always(vector(UP))) as server:
        async with _instruments(settings(url=server.url), fleet, clock) as instruments:
            assert instruments is not None
            metrics = instruments.sources.metrics("in-cluster", Reach(), "T1/U1", 5)
            assert (await metrics.instant("up")).series
        await server.gone.wait()
    assert server.connections == 1
