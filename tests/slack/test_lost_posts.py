"""A post whose answer was lost stands once: it is looked for before anything is posted again."""

from bot.core.reply import Text
from bot.demo.slack.workspace import TransportKind
from bot.slack.outlet import SIGN_SECONDS
from tests.clock import IdleClock
from tests.slack.rig import granted, rig
from tests.slack.scripted import PODS, Gated, plays

READS = ("conversations.history", "conversations.replies")
MAY_READ = granted("channels:history", "groups:history")


async def test_a_post_that_got_through_is_found_and_not_made_twice(
    transport: TransportKind,
) -> None:
    async with rig(transport, plays(PODS), clock=IdleClock(), manifest=MAY_READ) as story:
        story.slack.lose_next_answer("chat.postMessage")
        answer = await story.ada.slash(story.shop, "/kubectl get pods")
        await story.surface.drain(30)
        assert not answer.ephemeral
        assert [message.ts for message in story.ada.sees(story.shop)] == [answer.ts]


async def test_what_was_found_is_edited_like_any_other(transport: TransportKind) -> None:
    play = Gated(plays(Text("one\n")), plays(Text("two\n"), heading=None))
    clock = IdleClock()
    async with rig(transport, play, clock=clock, manifest=MAY_READ) as story:
        story.slack.lose_next_answer("chat.postMessage")
        answer = await story.ada.slash(story.shop, "/kubectl logs -f web")
        await clock.sleep(SIGN_SECONDS)
        play.go.set()
        await answer.until("one\ntwo")
        assert len(story.ada.sees(story.shop)) == 1


async def test_a_post_that_did_not_get_through_is_made_once_more(
    transport: TransportKind,
) -> None:
    async with rig(transport, plays(PODS), clock=IdleClock(), manifest=MAY_READ) as story:
        story.slack.fail_next("chat.postMessage", status=503)
        answer = await story.ada.slash(story.shop, "/kubectl get pods")
        await story.surface.drain(30)
        assert not answer.ephemeral
        assert len(story.ada.sees(story.shop)) == 1


async def test_it_is_looked_for_in_its_thread_too(transport: TransportKind) -> None:
    async with rig(transport, plays(PODS), clock=IdleClock(), manifest=MAY_READ) as story:
        root = await story.ada.slash(story.shop, "/kubectl get pods")
        story.slack.lose_next_answer("chat.postMessage")
        answer = await story.ada.mention(story.shop, "get pods", thread=root)
        await story.surface.drain(30)
        assert answer.thread_ts == root.ts
        assert len(root.replies()) == 2  # the mention itself, and its answer


async def test_in_a_direct_message_it_is_found_without_any_further_scope(
    transport: TransportKind,
) -> None:
    async with rig(transport, plays(PODS), clock=IdleClock()) as story:
        story.slack.lose_next_answer("chat.postMessage")
        answer = await story.ada.dm("get pods")
        await story.surface.drain(30)
        direct = story.ada.direct_channel()
        assert answer.channel == direct.id
        assert sum("web-1" in message.plain() for message in story.ada.sees(direct)) == 1


async def test_where_the_bot_may_not_read_its_person_is_told_in_private(
    transport: TransportKind,
) -> None:
    async with rig(transport, plays(PODS), clock=IdleClock()) as story:
        story.slack.lose_next_answer("chat.postMessage")
        await story.ada.slash(story.shop, "/kubectl get pods")
        await story.surface.drain(30)
        seen = story.ada.sees(story.shop)
        assert [message.ephemeral for message in seen] == [False, True]
        assert "did not say whether" in seen[1].plain()
        assert [one for one in story.slack.wire.calls if one.method in READS] == []
        assert len(story.eve.sees(story.shop)) == 1
