"""Who may change what from where, and that the outcome of a change arrives whatever happens."""

import sqlite3
from contextlib import closing
from pathlib import Path

from bot.demo.slack.workspace import TransportKind
from tests.kube.server import body
from tests.stories.small import PHRASE, scale, small


async def test_a_guest_neither_asks_for_a_change_nor_confirms_one(
    tmp_path: Path, transport: TransportKind
) -> None:
    async with small(tmp_path, transport) as story, story.bot():
        story.scales(body(scale(5)))
        refused = await story.gus.slash(story.shop, PHRASE)
        assert refused.ephemeral
        assert "Guests of the workspace are not served here." in refused.plain()

        asked = await story.ada.slash(story.shop, PHRASE)
        pressed = await asked.click("Confirm", by=story.gus)
        assert pressed.ephemeral
        assert story.patches == 0


async def test_nothing_is_changed_from_a_channel_that_is_shared_with_others(
    tmp_path: Path, transport: TransportKind
) -> None:
    async with small(tmp_path, transport) as story, story.bot():
        story.scales(body(scale(5)))
        refused = await story.ada.slash(story.shared, PHRASE)
        assert refused.ephemeral
        assert "shared with another organisation" in refused.plain()
        assert "scale" in (await story.ada.slash(story.shop, PHRASE)).plain()
        assert story.patches == 0


async def test_nothing_is_changed_while_slack_does_not_say_who_asks(
    tmp_path: Path, transport: TransportKind
) -> None:
    async with small(tmp_path, transport) as story, story.bot():
        story.scales(body(scale(5)))
        story.slack.fail_next("users.info", error="fatal_error")
        refused = await story.ada.slash(story.shop, PHRASE)
        assert "Slack did not say who you are" in refused.plain()


async def test_an_outcome_that_slack_did_not_take_arrives_after_a_restart(
    tmp_path: Path, transport: TransportKind
) -> None:
    async with small(tmp_path, transport) as story:
        story.scales(body(scale(5)))
        async with story.bot():
            asked = await story.ada.slash(story.shop, PHRASE)
            for _ in range(100):
                story.slack.fail_next("chat.update", status=503)
            told = await asked.click("Confirm")
            assert told.ephemeral
        assert "scaled" not in asked.plain()
        story.slack._platform.chaos._faults.clear()
        async with story.bot():
            await asked.until("deployment.apps/web scaled")
        assert [button.label for button in asked.buttons] == ["Audit"]
        assert story.patches == 1


async def test_a_change_whose_outcome_cannot_be_kept_is_not_made(
    tmp_path: Path, transport: TransportKind
) -> None:
    async with small(tmp_path, transport) as story:
        story.scales(body(scale(5)))
        async with story.bot():
            asked = await story.ada.slash(story.shop, PHRASE)
            with closing(sqlite3.connect(tmp_path / "store.db")) as other:
                other.execute("DROP TABLE outbox")
            told = await asked.click("Confirm")
        assert told.ephemeral
        assert story.patches == 0
