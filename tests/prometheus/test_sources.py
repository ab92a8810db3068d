"""Which Prometheus is asked for a context."""

from pathlib import Path

import pytest

from bot.core.clock import SystemClock
from bot.core.errors import RefusedError
from bot.core.metrics import Reach
from bot.prometheus.options import Options
from bot.prometheus.sources import PrometheusSources

SOURCES = """\
sources:
- {name: eu, contexts: [prod-eu, default], url: "http://eu", alertmanager: "http://a"}
- {name: us, contexts: [prod-us], url: "http://us"}
"""


@pytest.fixture
def sources(tmp_path: Path) -> PrometheusSources:
    (tmp_path / "p.yaml").write_text(SOURCES)
    options = Options(file=tmp_path / "p.yaml")
    return PrometheusSources(options, SystemClock(), default_context=lambda: "main")


@pytest.mark.parametrize(
    ("context", "name"), [("prod-eu", "eu"), ("prod-us", "us"), ("main", "eu")]
)
async def test_the_first_that_knows_of_the_context_is_asked(
    sources: PrometheusSources, context: str, name: str
) -> None:
    metrics = sources.metrics(context, Reach(), "T1/U1", 5)
    assert (metrics.source, metrics.reach) == (name, Reach())
    await sources.close()


async def test_another_one_is_asked_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text(SOURCES)
    options = Options(file=tmp_path / "p.yaml", url="http://else")
    sources = PrometheusSources(options, SystemClock())
    for name in ("eu", "default"):
        assert sources.metrics("prod-eu", Reach(), "T1/U1", 5, name).source == name
    with pytest.raises(RefusedError, match="no Prometheus of prod-eu is called us") as raised:
        sources.metrics("prod-eu", Reach(), "T1/U1", 5, "us")
    assert raised.value.next_step == "Choose from `eu`, `default`."
    for name in ("", "eu"):
        assert sources.silences("prod-eu", Reach(), "T1/U1", 5, name) is not None
    with pytest.raises(RefusedError, match="no Alertmanager is set up for default"):
        sources.silences("prod-eu", Reach(), "T1/U1", 5, "default")
    with pytest.raises(RefusedError, match="no Prometheus of prod-eu is called us"):
        sources.silences("prod-eu", Reach(), "T1/U1", 5, "us")
    await sources.close()


async def test_nobody_asks_for_a_context_that_none_knows_of(sources: PrometheusSources) -> None:
    with pytest.raises(RefusedError, match="no Prometheus is set up for test") as raised:
        sources.metrics("test", Reach(), "T1/U1", 5)
    assert "QUARTERDECK_PROMETHEUS__FILE" in raised.value.next_step
    with pytest.raises(RefusedError, match="no Alertmanager is set up for prod-us"):
        sources.silences("prod-us", Reach(), "T1/U1", 5)
    assert sources.silences("prod-eu", Reach(), "T1/U1", 5) is not None
    await sources.close()


async def test_connections_are_shared_by_everybody(sources: PrometheusSources) -> None:
    [eu] = sources.sources("prod-eu")
    assert sources.client(eu) is sources.client(eu)
    assert sources.alertmanager(eu) is sources.alertmanager(eu)
    await sources.close()
