"""Whether the bot can be where the policy wants it: each channel's membership, as Slack has it."""

from collections.abc import Sequence
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.core.clock import Clock
from bot.core.errors import SlackError
from bot.core.health import Finding, State
from bot.slack.calls import Caller

# `conversations.info` allows 50 calls a minute (MethodsRateLimits of the SDK).
_LOOKED_AT = 50
_INVITE = "Type `/invite` with the bot's name in it."
_CORRECT = "Correct its id in the policy; if it is private, invite the bot first."
_TAKE_OUT = "Take it out of the policy, or {}."


async def check_channels(
    client: AsyncWebClient, clock: Clock, channels: Sequence[str]
) -> list[Finding]:
    """Return a finding for each channel that is not as it should be, or one for all of them."""
    looked_at = channels[:_LOOKED_AT]
    found = [finding for one in looked_at for finding in await _check(client, clock, one)]
    if not found and channels:
        found.append(Finding(State.GOOD, f"The bot is in {_counted(looked_at)} of the policy."))
    if len(channels) > _LOOKED_AT:
        text = f"{len(channels) - _LOOKED_AT} more channels were not looked at."
        step = "Slack allows no more at once: look at their members in Slack."
        found.append(Finding(State.LACKING, text, step))
    return found


async def _check(client: AsyncWebClient, clock: Clock, channel: str) -> list[Finding]:
    try:
        answer = await Caller(clock).call(
            lambda: client.conversations_info(channel=channel), repeatable=True
        )
    except SlackError as error:
        return _unseen(channel, error)
    return read_channel(answer["channel"])


def read_channel(channel: dict[str, Any]) -> list[Finding]:
    """Return what keeps changes from a channel, in the words of `conversations.info`."""
    name = f"#{channel.get('name') or channel['id']} ({channel['id']})"
    if channel.get("is_archived"):
        text = f"The channel {name} is archived: nothing can be typed there."
        return [Finding(State.LACKING, text, _TAKE_OUT.format("unarchive it"))]
    found = []
    if not channel.get("is_member"):
        text = f"The bot is not in the channel {name}: it cannot answer there."
        found.append(Finding(State.LACKING, text, _INVITE))
    if channel.get("is_ext_shared"):
        text = f"The channel {name} is shared with another organisation: nothing is changed there."
        found.append(Finding(State.LACKING, text, _TAKE_OUT.format("end the sharing")))
    return found


def _unseen(channel: str, error: SlackError) -> list[Finding]:
    if error.code == "missing_scope":
        return []  # the scopes' own finding says it
    if error.code == "channel_not_found":
        text = f"Slack shows the bot no channel {channel}, which the policy names."
        return [Finding(State.LACKING, text, _CORRECT)]
    text = f"Slack does not tell about the channel {channel}: {error.code}."
    return [Finding(State.LACKING, text, "Run `quarterdeck doctor` again in a minute.")]


def _counted(channels: Sequence[str]) -> str:
    return "the one channel" if len(channels) == 1 else f"all {len(channels)} channels"
