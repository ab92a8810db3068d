"""`--source` chooses between several Prometheus of a cluster."""

from pathlib import Path

import pytest

from tests.clock import ManualClock
from tests.engine import rig
from tests.engine.observed import FakeSources, Manager, instruments
from tests.kube.server import body


@pytest.mark.parametrize(
    ("phrase", "name"),
    [
        ("prom query --source=us up", "us"),
        ("prom graph --source us up", "us"),
        ("prom rules --source us", "us"),
        ("prom targets --source us", "us"),
        ("prom query up", ""),
    ],
)
async def test_the_one_of_that_name_is_asked(tmp_path: Path, phrase: str, name: str) -> None:
    sources = FakeSources(Manager(ManualClock()))
    async with rig.bot(tmp_path, instruments=instruments(sources)) as bot:
        bot.server.on("/api/v1/namespaces/shop/pods", body({"kind": "PodList", "items": []}))
        await bot.say(phrase)
    assert sources.chosen == [name]
