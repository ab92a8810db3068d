"""T15, T26, T29, F61: what the policy narrows and how it changes, through the whole bot."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.demo.slack.people import Person
from bot.demo.slack.state import Channel
from bot.demo.slack.workspace import TransportKind
from bot.policy.live import POLL_SECONDS
from tests.kube.server import body
from tests.stories.small import PHRASE, Small, scale, small

# A file counts when it is the same twice; the postman then makes a round.
_TAKEN_OVER = 2 * POLL_SECONDS + 1
_TOLD = 30.0


def written(story: Small, **parts: Any) -> dict[str, Any]:
    """Put parts into the policy file, beside those that are there; return them all."""
    file = story.folder / "policy.yaml"
    policy = {**yaml.safe_load(file.read_text()), **parts}
    file.write_text(yaml.safe_dump(policy))
    return policy


def admins(story: Small) -> Channel:
    """Give the bot a channel where it finds its admins; ada is one of them."""
    channel = story.slack.channel("admins", members=[story.ada, story.slack.bot])
    written(story, admin_channel=channel.id)
    return channel


def told(person: Person, channel: Channel) -> list[str]:
    return [message.plain() for message in person.sees(channel)]


async def test_a_bad_policy_changes_nothing_and_the_admins_hear_which_line_is_wrong(
    tmp_path: Path, transport: TransportKind
) -> None:
    async with small(tmp_path, transport) as story:
        channel = admins(story)
        file = story.folder / "policy.yaml"
        good = file.read_text()
        async with story.bot():
            story.scales(body(scale(5)))
            file.write_text(f"{good}chanels: {{'<!channel>': 1}}\n")
            await story.clock.sleep(_TAKEN_OVER + _TOLD)
            [alarm] = told(story.ada, channel)
            assert "the policy before it stays in force" in alarm
            line = good.count("\n") + 1
            assert f"line {line}: chanels is no field here; did you mean channels?" in alarm
            asked = await story.ada.slash(story.shop, PHRASE)
            await (await asked.click("Confirm")).until("scaled")
            assert story.patches == 1

            file.write_text(good)
            await story.clock.sleep(_TAKEN_OVER + _TOLD)
            assert told(story.ada, channel)[1:] == ["The policy file is good again, and in force."]


@pytest.mark.parametrize("content", [b"", b"version: 1\npeople: [", b"\x00", None])
async def test_a_policy_that_is_empty_cut_or_gone_lets_nobody_in_or_out(
    tmp_path: Path, transport: TransportKind, content: bytes | None
) -> None:
    async with small(tmp_path, transport) as story, story.bot():
        story.scales(body(scale(5)))
        file = story.folder / "policy.yaml"
        file.unlink() if content is None else file.write_bytes(content)
        await story.clock.sleep(_TAKEN_OVER)
        assert (await story.ada.slash(story.shop, PHRASE)).buttons
        eve = story.slack.user("eve")
        lobby = story.slack.channel("lobby", members=[eve, story.slack.bot])
        refused = await eve.slash(lobby, PHRASE)
        assert refused.ephemeral
        assert eve.id in refused.plain()


async def test_who_is_taken_out_of_the_policy_confirms_nothing_any_more(
    tmp_path: Path, transport: TransportKind
) -> None:
    async with small(tmp_path, transport) as story, story.bot():
        story.scales(body(scale(5)))
        asked = await story.ada.slash(story.shop, PHRASE)
        written(story, people=[])
        await story.clock.sleep(_TAKEN_OVER)
        pressed = await asked.click("Confirm")
        assert "You are not in this bot's policy" in pressed.plain()
        assert story.patches == 0


async def test_a_plan_that_the_policy_forbids_by_now_is_not_carried_out(
    tmp_path: Path, transport: TransportKind
) -> None:
    async with small(tmp_path, transport) as story, story.bot():
        story.scales(body(scale(5)))
        asked = await story.ada.slash(story.shop, PHRASE)
        written(story, gates=[{"namespaces": ["shop"], "gate": "approve"}])
        await story.clock.sleep(_TAKEN_OVER)
        pressed = await asked.click("Confirm")
        assert "The policy asks for more approvals now" in pressed.plain()
        assert story.patches == 0


TIERS = {"operator": {"groups": ["quarterdeck:operators"], "ceiling": "read"}}


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"tiers": TIERS}, "your tier ends below that"),
        ({"ceiling": "read"}, "does not let anybody change things from this channel"),
    ],
    ids=["tier", "ceiling"],
)
async def test_what_the_policy_takes_away_reaches_no_cluster(
    tmp_path: Path, transport: TransportKind, parts: dict[str, Any], reason: str
) -> None:
    async with small(tmp_path, transport) as story:
        channel = {"namespaces": ["shop"], "ceiling": parts.get("ceiling", "destroy")}
        others = {name: part for name, part in parts.items() if name != "ceiling"}
        written(story, **others, channels={story.shop.id: channel})
        async with story.bot():
            refused = await story.ada.slash(story.shop, PHRASE)
            assert refused.ephemeral
            assert reason in refused.plain()
            assert "Ask the bot's admins" in refused.plain() or "ask the bot's" in refused.plain()
            assert story.server.asked == []


async def test_what_is_planned_for_an_object_that_is_kept_from_everybody_is_not_shown(
    tmp_path: Path, transport: TransportKind
) -> None:
    async with small(tmp_path, transport) as story:
        written(story, never={"kinds": ["deployments"]})
        async with story.bot():
            story.scales(body(scale(5)))
            refused = await story.ada.slash(story.shop, PHRASE)
            assert refused.ephemeral
            assert "deployments.apps" in refused.plain()
            assert not refused.buttons
            assert story.patches == 0


@pytest.mark.parametrize(
    "parts",
    [
        {"gates": [{"gate": "approve-two"}]},
        {"protected": {"namespaces": ["sh*"]}},
        {"protected": {"names": ["web"]}},
    ],
    ids=["gate", "protected", "protected-name"],
)
async def test_what_others_have_to_approve_is_not_done_by_whoever_asked(
    tmp_path: Path, transport: TransportKind, parts: dict[str, Any]
) -> None:
    async with small(tmp_path, transport) as story:
        written(story, **parts)
        async with story.bot():
            story.scales(body(scale(5)))
            asked = await story.ada.slash(story.shop, PHRASE)
            await asked.until("Needs approval")
            pressed = await asked.click("Approve")
            assert "Somebody else has to approve" in pressed.plain()
            assert story.patches == 0
