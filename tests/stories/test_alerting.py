"""Alerts from Slack, whole: silenced by who may, once, and watched over restarts."""

import asyncio

import pytest

from bot.demo.slack.people import Person
from bot.demo.slack.visible import SeenMessage
from bot.demo.slack.workspace import TransportKind
from tests.cluster.bed import Bed, Monitors
from tests.metrics.asking import fetch
from tests.stories.whole import Whole

pytestmark = [pytest.mark.boxed, pytest.mark.asyncio(loop_scope="module")]

WANTED = 'kube_deployment_spec_replicas{deployment="cart"}'


async def silences(monitors: Monitors) -> list[str]:
    """Return who made the silences that are in force, sorted: others' may be among them."""
    found = await asyncio.to_thread(fetch, f"{monitors.alertmanager}/api/v2/silences")
    return sorted(one["createdBy"] for one in found if one["status"]["state"] == "active")


async def scaled(bed: Bed, replicas: int) -> None:
    await asyncio.to_thread(
        bed.kubectl.out, "scale", "deployment/cart", f"--replicas={replicas}", "-n", "shop"
    )


async def test_a_silence_is_shown_and_made_once_by_whoever_may(
    measured: Whole, monitors: Monitors
) -> None:
    before = await silences(monitors)
    shown = await measured.ada.slash(measured.shop, "/prom silence CrashLoop --for 2h")
    assert "Nothing is silenced yet" in shown.plain()
    refused = await shown.click("Being worked on", by=measured.eve)
    assert refused.ephemeral
    assert await silences(monitors) == before
    made, again = await asyncio.gather(
        shown.click("Being worked on"), shown.click("Being worked on")
    )
    ours = f"ada ({measured.slack.team}/{measured.ada.id})"
    assert await silences(monitors) == sorted([*before, ours])
    assert made.seen_by(measured.vic).plain() == made.plain()
    said = [made.plain(), again.plain()]
    assert sum("created" in one for one in said) == 1
    listed = await measured.vic.slash(measured.shop, "/prom silences")
    assert "being worked on" in listed.plain()
    created = made if "created" in made.plain() else again
    ended = await created.click("End the silence")
    assert "expired" in ended.plain()
    assert await silences(monitors) == before


async def test_alerts_are_for_everybody_in_the_channel_of_their_namespace(
    measured: Whole,
) -> None:
    answer = await measured.vic.slash(measured.shop, "/prom alerts")
    assert answer.seen_by(measured.eve).plain() == answer.plain()
    everywhere = await measured.vic.slash(measured.shop, "/prom alerts -A")
    assert everywhere.ephemeral
    assert "for those who may list pods in all of them" in everywhere.plain()


async def test_targets_are_compared_with_the_pods(measured: Whole) -> None:
    answer = await measured.ada.slash(measured.shop, "/prom targets")
    assert "web-" in answer.plain()


async def test_the_channel_is_told_when_a_condition_turns(
    measured: Whole, bed: Bed, transport: TransportKind
) -> None:
    # A number that nobody has asked for before: the last scrape may be of an earlier measured.
    replicas = 4 if transport == "socket" else 5
    phrase = f"/prom watch --for 24h --every 15s {WANTED} == {replicas}"
    kept = await measured.ada.slash(measured.shop, phrase)
    assert "it is false now" in kept.plain()
    await scaled(bed, replicas)
    told = await newest(measured, kept, "True now")
    assert told.seen_by(measured.eve).plain() == told.plain()
    assert "cart" in told.plain()
    ended = await told.click("End the watch", by=measured.vic)
    assert "ended" in ended.plain()
    await scaled(bed, 2)


async def newest(measured: Whole, answer: SeenMessage, words: str) -> SeenMessage:
    """Wait for a message in the channel that says this."""

    def found() -> list[SeenMessage]:
        return [one for one in sees(measured, measured.ada) if words in one.plain()]

    await answer.until(lambda _: bool(found()))
    return found()[-1]


def sees(measured: Whole, person: Person) -> list[SeenMessage]:
    return list(person.sees(measured.shop))
