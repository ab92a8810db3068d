"""Forms, files and the Home tab, whole: filled from what a person may see, run as if typed."""

import pytest

from bot.demo.slack.seenview import SeenView
from tests.slack.rig import calls
from tests.stories.whole import Whole

pytestmark = [pytest.mark.boxed, pytest.mark.asyncio(loop_scope="module")]

YAML = b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: flags}\n"


async def test_a_command_is_put_together_from_what_one_may_see_and_run(story: Whole) -> None:
    form = await guided(story)
    assert "deployments" in await form.suggestions("Type", "dep")
    await form.fill("Type", "deployments")
    await form.until("Name (deployments)")
    assert await form.suggestions("form:name", "ca") == ["cart"]
    await form.fill("form:name", "cart")
    await form.until("get deployments cart\n")

    answer = await form.submit({"More": "-o name"})
    assert "deployment.apps/cart" in answer.plain()
    assert not answer.seen_by(story.eve).ephemeral
    assert calls(story.slack, answer.act).total() <= 2


async def test_the_menus_hold_nothing_that_one_may_not_see(story: Whole) -> None:
    form = await guided(story)
    await form.fill("Type", "secrets")
    await form.until("Name (secrets)")
    assert await form.suggestions("form:name") == []


async def test_a_stranger_gets_no_form(story: Whole) -> None:
    told = await story.eve.slash(story.shop, "/kubectl")
    assert story.eve.id in told.plain()


async def test_a_manifest_that_was_filled_in_is_answered_plainly(story: Whole) -> None:
    form = await story.ada.open(story.shop, "/kubectl apply -f flags.yaml")
    await form.attach("The manifest as a file", "flags.yaml", YAML)
    answer = await form.submit()
    assert answer.ephemeral
    assert 'you cannot patch resource "configmaps"' in answer.plain()


async def test_a_manifest_beside_a_mention_is_answered_plainly(story: Whole) -> None:
    file = story.ada.upload("flags.yaml", YAML)
    answer = await story.ada.mention(story.shop, "apply -f flags.yaml", files=[file])
    assert answer.ephemeral
    assert 'you cannot patch resource "configmaps"' in answer.plain()


async def test_the_home_tab_says_who_one_is_and_what_one_did(story: Whole) -> None:
    await story.vic.slash(story.shop, "/kubectl get services")
    text = (await story.vic.open_home()).plain()
    assert "Groups: quarterdeck:viewers" in text
    assert "#shop" in text
    assert "🟢 Kubernetes v1." in text
    assert "kubectl get services" in text
    assert "kubectl get services" not in (await story.eve.open_home()).plain()


async def test_what_goes_on_is_cancelled_from_the_home_tab(story: Whole) -> None:
    answer = await story.vic.slash(story.shop, "/kubectl logs deploy/cart -c app -f --tail=1")
    await answer.until("Stop")
    home = await story.vic.open_home()
    assert "logs deploy/cart" in home.plain()
    await home.click("Cancel")
    await answer.until(lambda message: not any(one.label == "Stop" for one in message.buttons))


async def test_a_form_from_the_home_tab_is_answered_in_private(story: Whole) -> None:
    home = await story.vic.open_home()
    form = await home.open("Run a command…")
    await form.until("The same, typed:")
    await form.fill("Type", "services")
    await form.until("get services\n")
    await form.fill("Namespace", "shop")
    await form.until("get services -n shop\n")
    answer = await form.submit()
    assert answer.channel == story.vic.direct_channel().id


async def test_a_long_answer_costs_five_calls_at_most(story: Whole) -> None:
    answer = await story.vic.slash(story.shop, "/kubectl get all")
    await answer.until(lambda message: bool(message.replies()))
    assert calls(story.slack, answer.act).total() <= 5


async def guided(story: Whole) -> SeenView:
    form = await story.vic.open(story.shop, "/kubectl")
    return await form.until("The same, typed:")
