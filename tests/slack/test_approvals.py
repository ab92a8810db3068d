"""Four people, the real engine and its policy: a change that waits for others, press by press."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.core.proposal import Case, Hold, Party, Stage
from bot.demo.slack.visible import SeenMessage
from tests.clock import IdleClock
from tests.kube.server import Asked, body, status
from tests.slack.shop import Shop, shop

SCALE = "/apis/apps/v1/namespaces/shop/deployments/web/scale"
POD = "/api/v1/namespaces/shop/pods/web"
STALE = status(
    422, "Invalid", "the server rejected our request due to an error in our request", details={}
)
TYPED = "/kubectl scale deploy web --replicas=5"


def scale(replicas: int) -> dict[str, Any]:
    return {
        "kind": "Scale",
        "metadata": {"name": "web", "uid": "uid-1", "resourceVersion": "7"},
        "spec": {"replicas": replicas},
    }


@asynccontextmanager
async def asked(
    folder: Path, typed: str = TYPED, gate: str = "approve"
) -> AsyncIterator[tuple[Shop, SeenMessage]]:
    """Yield the card of what ada typed; bob and eve may approve, and ada is on call."""

    def rules(ids: Mapping[str, str]) -> Mapping[str, Any]:
        return {
            "gates": [{"gate": gate}],
            "approvers": [{"people": [ids["ada"], ids["bob"], ids["eve"]]}],
            "on_call": [{"people": [ids["ada"]]}],
        }

    async with shop("http", folder, rules, IdleClock()) as story:
        story.server.on(SCALE, body(scale(3)))
        pod = {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "web", "namespace": "shop", "uid": "u-1", "resourceVersion": "7"},
        }
        story.server.on(POD, body(pod))
        card = await story.ada.slash(story.channel, typed)
        assert "Needs approval" in card.plain()
        while (await waiting(story)).message is None:
            await asyncio.sleep(0)
        yield story, card


async def waiting(story: Shop) -> Case:
    [case] = await story.engine.waiting.proposals.waiting()
    return case


def patches(story: Shop) -> list[Asked]:
    """Return what was sent to be changed, and not only to be tried."""
    asked = [one for one in story.server.to(SCALE) if one.method == "PATCH"]
    return [one for one in asked if "dryRun=" not in one.target]


async def test_another_persons_press_runs_it_as_whoever_asked(tmp_path: Path) -> None:
    async with asked(tmp_path) as (story, card):
        assert "Needs approval by 1 of @bob, @eve; asked at " in card.plain()
        own = await card.click("Approve")
        assert own.ephemeral
        assert "Somebody else has to approve" in own.plain()
        stranger = await card.click("Approve", by=story.mallory)
        assert stranger.ephemeral
        assert patches(story) == []
        done = await card.click("Approve", by=story.eve)
        assert done.ts == card.ts
        assert "Approved by @eve at " in done.plain()
        assert "🟢 Done.\ndeployment.apps/web scaled" in done.plain()
        [patch] = patches(story)
        assert story.ada.id in "".join(patch.all("Impersonate-Extra-quarterdeck.dev%2Fperson"))


async def test_two_who_press_at_once_are_counted_once_each(tmp_path: Path) -> None:
    async with asked(tmp_path, gate="approve-two") as (story, card):
        await asyncio.gather(*(card.click("Approve", by=one) for one in (story.bob, story.eve)))
        done = await card.until("🟢 Done.")
        assert "Approved by @bob" in done.plain()
        assert "Approved by @eve" in done.plain()
        assert [button.label for button in done.buttons] == ["Audit"]
        assert len(patches(story)) == 1


async def test_a_denial_names_its_reason_and_nothing_is_sent(tmp_path: Path) -> None:
    async with asked(tmp_path) as (story, card):
        await card.click("Deny…", by=story.bob)
        done = await story.bob.modal.submit({"Why not?": "not today"})
        assert "🔴 Denied by @bob at " in done.plain()
        assert "Reason: “not today”" in done.plain()
        assert patches(story) == []


async def test_who_is_on_call_breaks_the_glass_and_everybody_is_told(tmp_path: Path) -> None:
    async with asked(tmp_path) as (story, card):
        await card.click("Break glass…")
        done = await story.ada.modal.submit({"Why can nobody approve it?": "3 am"})
        assert "🚨 Glass broken by @ada at " in done.plain()
        assert "🟢 Done.\ndeployment.apps/web scaled" in done.plain()
        letters = story.engine.waiting.board.letters.open.values()  # type: ignore[attr-defined]
        assert any("broke the glass" in kept.letter.text for kept in letters)


async def test_what_is_frozen_waits_for_broken_glass_alone(tmp_path: Path) -> None:
    async with asked(tmp_path) as (story, first):
        hold = Hold("", "*", "shop", by=Party("T1/UBOB", "", "bob"), reason="the sale")
        await story.engine.waiting.holds.put(hold)
        await first.click("Cancel")
        card = await story.ada.slash(story.channel, TYPED)
        assert "❄️ Namespace shop is frozen by bob: the sale. Only @ada" in card.plain()
        assert [button.label for button in card.buttons] == ["Break glass…", "Cancel"]
        await card.click("Break glass…")
        assert "in spite of this: Namespace shop is frozen" in story.ada.modal.plain()
        done = await story.ada.modal.submit({"Why can it not wait?": "3 am"})
        assert "🚨 Glass broken by @ada at " in done.plain()
        assert "in spite of what held it. Reason: “3 am”" in done.plain()
        assert len(patches(story)) == 1


async def test_what_nobody_pressed_expires_on_its_card_and_is_planned_again(
    tmp_path: Path,
) -> None:
    async with asked(tmp_path) as (story, card):
        case = await waiting(story)
        closed = await story.engine.waiting.proposals.close(case.ticket, Stage.EXPIRED, "late")
        assert closed.case
        await story.engine.waiting.board.show(closed.case)
        gone = await card.until("⚪ Expired at ")
        fresh = await gone.click("Plan again", by=story.bob)
        assert fresh.ts != card.ts
        assert "for @bob" in fresh.plain().splitlines()[0]
        await card.until("Planned again: the new one")


async def test_a_superseded_card_goes_on_saying_what_has_changed(tmp_path: Path) -> None:
    async with asked(tmp_path) as (story, card):

        async def moved(request: web.BaseRequest) -> web.StreamResponse:
            if request.method == "PATCH":
                return await STALE(request)
            return await body(scale(4))(request)

        story.server.on(SCALE, moved)
        gone = await card.click("Approve", by=story.bob)
        assert "⚪ Superseded" in gone.plain()
        await gone.click("Plan again")
        again = await card.until("Planned again: the new one")
        assert "deployment.apps/web has changed since this was shown" in again.plain()
        assert again.buttons == ()


async def test_who_approves_a_loss_has_typed_its_name(tmp_path: Path) -> None:
    async with asked(tmp_path, "/kubectl delete pod web --wait=false") as (story, card):
        assert card.buttons[0].label == "Approve…"
        await card.click("Approve…", by=story.bob)
        form = await story.bob.modal.advance({"Type web": "web-1"})
        assert form.errors == {"Type web": "This is not web."}
        await form.submit({"Type web": "web"})
        await card.until("🟢 Done.")
        assert "DELETE" in [one.method for one in story.server.to(POD)]
