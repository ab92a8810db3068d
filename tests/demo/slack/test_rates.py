"""Rate tiers: each method's own, and what they cost on a clock that skips idle time."""

import asyncio

import pytest
from slack_sdk.errors import SlackApiError

from bot.demo.slack.methods import METHODS
from bot.demo.slack.platform import Options
from bot.demo.slack.rates import Rates
from bot.demo.slack.refusal import CallRefusedError
from bot.demo.slack.workspace import Workspace
from tests.clock import IdleClock, ManualClock
from tests.demo.slack.bots import client_of

# Calls a minute (java-slack-sdk, MethodsRateLimits): tier 2 is 20, tier 3 is 50, tier 4 is 100.
TIERS = {
    10: {"apps.connections.open"},  # 1 on paper; the burst of a start is tolerated
    20: {
        "chat.startStream",
        "chat.stopStream",
        "conversations.list",
        "reactions.remove",
        "usergroups.list",
        "usergroups.users.list",
        "users.list",
    },
    50: {
        "bots.info",
        "chat.delete",
        "chat.update",
        "conversations.history",
        "conversations.info",
        "conversations.open",
        "conversations.replies",
        "reactions.add",
        "reactions.get",
        "users.lookupByEmail",
    },
    60: {"chat.postMessage"},
    100: {
        "blocks.validate",
        "chat.appendStream",
        "chat.postEphemeral",
        "conversations.members",
        "files.completeUploadExternal",
        "files.getUploadURLExternal",
        "files.info",
        "users.info",
        "views.open",
        "views.publish",
        "views.push",
        "views.update",
    },
    600: {"auth.test", "chat.getPermalink"},
}


def test_every_method_has_the_tier_that_slack_gives_it() -> None:
    ours = {name: method.per_minute for name, method in METHODS.items()}
    assert ours == {name: tier for tier, names in TIERS.items() for name in names}


@pytest.mark.parametrize("per_minute", TIERS)
async def test_one_call_more_than_the_tier_waits_until_the_first_is_a_minute_old(
    per_minute: int,
) -> None:
    clock = ManualClock()
    rates = Rates(clock)
    for _ in range(per_minute):
        rates.count("method", per_minute)
        await clock.advance(0.05)
    with pytest.raises(CallRefusedError) as caught:
        rates.count("method", per_minute)
    wait = int(caught.value.headers["Retry-After"])
    assert (caught.value.status, caught.value.code) == (429, "ratelimited")
    await clock.advance(wait)
    rates.count("method", per_minute)


async def test_ten_minutes_of_paced_edits_take_no_time_and_are_never_refused() -> None:
    clock = IdleClock()
    async with Workspace(clock=clock, options=Options(enforce_rates=True)) as slack:
        shop, client = slack.channel("shop", members=[slack.bot]), client_of(slack)
        ts = (await client.chat_postMessage(channel=shop.id, text="0"))["ts"]
        began = clock.monotonic()
        for number in range(200):
            await client.chat_update(channel=shop.id, ts=ts, text=str(number))
            await clock.sleep(3)
        assert clock.monotonic() - began == pytest.approx(600)
        assert [call.error for call in slack.wire.calls if call.error] == []


async def test_no_time_passes_while_two_sides_talk_over_the_wire() -> None:
    clock = IdleClock()
    async with Workspace(clock=clock) as slack:
        shop, client = slack.channel("shop", members=[slack.bot]), client_of(slack)
        deadline = asyncio.create_task(clock.sleep(1))
        for number in range(100):
            await client.chat_postMessage(channel=shop.id, text=str(number))
        assert clock.monotonic() == 0
        await deadline


async def test_edits_over_the_tier_are_refused_on_the_skipping_clock_too() -> None:
    async with Workspace(clock=IdleClock(), options=Options(enforce_rates=True)) as slack:
        shop, client = slack.channel("shop", members=[slack.bot]), client_of(slack)
        ts = (await client.chat_postMessage(channel=shop.id, text="0"))["ts"]
        for _ in range(50):
            await client.chat_update(channel=shop.id, ts=ts, text="x")
        with pytest.raises(SlackApiError, match="ratelimited"):
            await client.chat_update(channel=shop.id, ts=ts, text="x")
