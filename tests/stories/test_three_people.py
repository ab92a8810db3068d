"""Three people in one channel, whole: whoever presses acts as themselves, on the real cluster."""

import pytest

from bot.demo.slack.people import Person
from bot.demo.slack.visible import SeenMessage
from tests.cluster.audit import AuditLog, Event
from tests.slack.rig import calls
from tests.stories.whole import Whole

pytestmark = [pytest.mark.boxed, pytest.mark.asyncio(loop_scope="module")]

TYPED = "/kubectl get pods,deployments"


async def test_everyone_reads_what_was_asked_for_in_the_open(story: Whole) -> None:
    answer = await story.ada.slash(story.ops, TYPED)
    assert "vault-" in answer.plain()
    assert answer.seen_by(story.vic).plain() == answer.plain()
    assert calls(story.slack, answer.act).total() <= 2


@pytest.mark.parametrize("label", ["Refresh", "Filter"])
async def test_who_may_not_see_it_is_refused_by_the_cluster(story: Whole, label: str) -> None:
    answer = await story.ada.slash(story.ops, TYPED)
    shown = answer.plain()
    told = await pressed(answer, label, story.vic)
    assert told.ephemeral
    assert "cannot list resource" in told.plain()
    assert "vault-" not in told.plain()
    assert answer.plain() == shown


@pytest.mark.parametrize("label", ["Refresh", "Filter"])
async def test_who_is_not_in_the_policy_learns_nothing(story: Whole, label: str) -> None:
    answer = await story.ada.slash(story.ops, TYPED)
    told = await pressed(answer, label, story.eve)
    assert told.ephemeral
    assert story.eve.id in told.plain()
    assert "vault-" not in told.plain()


async def test_a_press_asks_the_cluster_as_whoever_pressed(story: Whole, audit: AuditLog) -> None:
    answer, since = await listed(story, audit)
    await answer.click("Refresh", by=story.vic)

    as_whom = audit.found(lists_pods, since)["impersonatedUser"]
    assert as_whom["extra"]["quarterdeck.dev/person"] == [f"{story.slack.team}/{story.vic.id}"]
    assert "quarterdeck:operators" not in as_whom["groups"]


async def test_a_filter_of_ones_own_asks_nothing_again(story: Whole, audit: AuditLog) -> None:
    answer, since = await listed(story, audit)
    shown = await filtered(answer, story.ada, "^cart-")
    assert shown.ts == answer.ts
    assert "rows, with “^cart-”" in answer.plain()
    assert rows(answer) == {"cart"}
    assert [event for event in audit.events(since) if "impersonatedUser" in event] == []


async def test_rows_are_sorted_and_pages_are_turned_in_place(story: Whole) -> None:
    answer = await story.ada.slash(story.shop, "/kubectl get events -n shop")
    await answer.choose("Sort by", "REASON")
    await answer.until("Sorted by REASON")
    [turn] = [one.label for one in answer.buttons if one.label.endswith("▶")]
    await answer.click(turn)
    await answer.until(lambda seen: "◀ 1/" in seen.plain())
    assert "page 2 of" in answer.plain()


async def test_a_private_answer_is_shared_by_who_may_see_it(story: Whole) -> None:
    answer = await story.ada.slash(story.shop, "/kubectl get pods -n ops")
    assert answer.ephemeral
    shared = await answer.click("Share")
    assert f"Shared by @{story.ada.name}" in shared.plain()
    assert "vault-" in shared.seen_by(story.vic).plain()
    told = await pressed(shared, "Refresh", story.vic)
    assert told.ephemeral
    assert "vault-" not in told.plain()


async def listed(story: Whole, audit: AuditLog) -> tuple[SeenMessage, int]:
    """Let ada list the pods; return the answer, and where the log ends once it holds that."""
    before = audit.position()
    answer = await story.ada.slash(story.shop, "/kubectl get pods")
    await audit.awaited(lists_pods, before)
    return answer, audit.position()


def lists_pods(event: Event) -> bool:
    return "impersonatedUser" in event and event["verb"] == "list"


async def pressed(answer: SeenMessage, label: str, by: Person) -> SeenMessage:
    if label == "Filter":
        return await filtered(answer, by, "vault")
    return await answer.click(label, by=by)


async def filtered(answer: SeenMessage, by: Person, pattern: str) -> SeenMessage:
    await answer.click("Filter", by=by)
    return await by.modal.submit({"Rows with": pattern, "How it is read": ["Regular expression"]})


def rows(answer: SeenMessage) -> set[str]:
    """Return what the names of the shown pods begin with."""
    lines = [line.split() for line in answer.plain().splitlines()]
    return {words[0].partition("-")[0] for words in lines if len(words) >= 5 and "/" in words[1]}
