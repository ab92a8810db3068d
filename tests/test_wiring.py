"""What is constructed from the settings."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.core.clock import SystemClock
from bot.core.errors import BusyError
from bot.core.metrics import Reach
from bot.kube.fleet import Fleet
from bot.kube.fleet import Options as KubernetesOptions
from bot.prometheus.options import Options
from bot.settings import Settings
from bot.slack.options import Options as SlackOptions
from bot.wiring import _instruments
from tests.prometheus.peer import UP, always, serving, vector
from tests.render.scenes import ONE


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


async def test_pictures_are_drawn_until_the_end() -> None:
    clock = SystemClock()
    fleet = Fleet(KubernetesOptions(), clock, environment={})
    async with _instruments(settings(url="http://127.0.0.1:9"), fleet, clock) as instruments:
        assert instruments is not None
        assert (await instruments.drawing.draw(ONE)).startswith(b"\x89PNG")
    with pytest.raises(BusyError, match="the bot stops"):
        await instruments.drawing.draw(ONE)
