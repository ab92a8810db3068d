"""`quarterdeck doctor` says how each Prometheus and Alertmanager is."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.core.clock import SystemClock
from bot.core.health import Finding, State
from bot.prometheus.checkup import check_prometheus
from bot.prometheus.options import Options
from tests.prometheus.peer import Request, always, document, serving, success


def answers(**pages: Any) -> Any:
    """Return what answers with the page that the end of the path names."""

    async def give(request: Request, writer: asyncio.StreamWriter) -> None:
        page = pages.get(request.path.rpartition("/")[2])
        writer.write(page or document("404 page not found", status=404, kind="text/plain"))
        await writer.drain()

    return give


WELL = {
    "buildinfo": success({"version": "3.13.0"}),
    "values": success(["shop"]),
    "status": document({"versionInfo": {"version": "0.31.1"}}),
}


async def checked(options: Options, *contexts: str) -> list[Finding]:
    return await check_prometheus(options, contexts, "main", SystemClock(), lambda _url: None)


async def test_what_is_well_says_its_version() -> None:
    async with serving(answers(**WELL)) as server:
        found = await checked(Options(url=server.url, alertmanager=server.url), "main", "other")
    assert [one.state for one in found] == [State.GOOD, State.GOOD]
    assert found[0].text == f"Prometheus default at {server.url} answers: 3.13.0."
    assert found[1].text == f"Alertmanager at {server.url} answers: 0.31.1."


async def test_without_one_it_says_so() -> None:
    [found] = await checked(Options(), "main")
    assert "No Prometheus is set up" in found.text


@pytest.mark.parametrize(
    ("pages", "state", "text"),
    [
        ({**WELL, "values": success([])}, State.LACKING, "has the label namespace"),
        ({**WELL, "buildinfo": None}, State.BROKEN, "has no such page"),
        ({**WELL, "status": document([])}, State.BROKEN, "not as Alertmanager does"),
        ({**WELL, "status": None}, State.BROKEN, "has no such page"),
    ],
    ids=["no label", "no prometheus", "other json", "no alertmanager"],
)
async def test_what_is_not_well_says_what_to_do(
    pages: dict[str, Any], state: State, text: str
) -> None:
    async with serving(answers(**pages)) as server:
        found = await checked(Options(url=server.url, alertmanager=server.url))
    [bad] = [one for one in found if one.state is not State.GOOD]
    assert bad.state is state
    assert text in bad.text
    assert bad.next_step


async def test_a_context_without_a_source_is_named(tmp_path: Path) -> None:
    async with serving(always(WELL["buildinfo"])) as server:
        file = tmp_path / "prometheus.yaml"
        file.write_text(f"sources: [{{url: '{server.url}', contexts: [default, prod]}}]")
        found = await checked(Options(file=file), "main", "prod", "test")
    assert found[-1].state is State.LACKING
    assert found[-1].text == "No Prometheus is set up for test."
    assert str(file) in found[-1].next_step
