"""The record of the whole bot: what it keeps, and what happens while it cannot be kept."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
import pytest

from bot.audit.chain import read_keys
from bot.auditor import verified
from bot.demo.slack.visible import SeenMessage
from bot.demo.slack.workspace import TransportKind
from bot.store.audit import AuditStore
from bot.store.engine import Options, open_store
from tests.kube.server import body, warned
from tests.stories.small import AUDIT_KEY, PHRASE, Small, scale, small

PODS = "/api/v1/namespaces/shop/pods"
TABLE = {"kind": "Table", "columnDefinitions": [{"name": "Name"}], "rows": [{"cells": ["web-1"]}]}


def records(folder: Path) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(folder / "store.db")) as store:
        rows = store.execute("SELECT record FROM audit ORDER BY at, chain, seq").fetchall()
    return [orjson.loads(row[0]) for row in rows]


def events(folder: Path) -> list[str]:
    return [record["event"] for record in records(folder)]


async def proposed(story: Small) -> SeenMessage:
    return await (await story.ada.slash(story.shop, PHRASE)).until("3 → 5")


def refuse(folder: Path, when: str) -> None:
    """Let the store take no more records that hold these words."""
    with closing(sqlite3.connect(folder / "store.db")) as store:
        store.execute(
            "CREATE TRIGGER full BEFORE INSERT ON audit"
            f" WHEN instr(NEW.record, CAST('{when}' AS BLOB))"
            " BEGIN SELECT RAISE(ABORT, 'full'); END"
        )
        store.commit()


async def intact(story: Small) -> bool:
    options = Options.model_validate({"url": f"sqlite:///{story.folder / 'store.db'}"})
    async with open_store(options) as store:
        return not (await verified(AuditStore(store), read_keys(AUDIT_KEY), {})).findings


async def test_the_way_of_a_change_is_recorded_with_links_to_its_messages(
    tmp_path: Path, transport: TransportKind
) -> None:
    async with small(tmp_path, transport) as story:
        story.scales(warned(scale(5), audit_id="a-7"))
        async with story.bot():
            asked = await proposed(story)
            await (await asked.click("Confirm")).until("scaled")
        assert events(tmp_path) == ["started", "proposed", "intent", "outcome", "stopped"]
        _, shown, intent, outcome, _ = records(tmp_path)
        assert shown["plan"] == intent["plan"] == outcome["plan"]
        # A slash command leaves no message of its own: its answer is what can be linked to.
        ts = asked.ts.replace(".", "")
        for record in (shown, intent, outcome):
            assert record["where"]["link"].endswith(f"/archives/{story.shop.id}/p{ts}")
        assert outcome["who"]["person"] == f"{story.slack.team}/{story.ada.id}"
        assert [call["audit_id"] for call in outcome["calls"]] == ["a-7"]
        assert await intact(story)


async def test_while_nothing_can_be_recorded_nothing_is_changed_and_reads_go_on(
    tmp_path: Path, transport: TransportKind
) -> None:
    async with small(tmp_path, transport) as story:
        story.scales(body(scale(5)))
        story.server.on(PODS, body(TABLE))
        async with story.bot():
            asked = await proposed(story)
            refuse(tmp_path, "event")
            told = await asked.click("Confirm")
            assert "nothing was changed, because it cannot be recorded" in told.plain()
            assert story.patches == 0
            assert "web-1" in (await story.ada.slash(story.shop, "/kubectl get pods")).plain()
        assert story.patches == 0
        assert "intent" not in events(tmp_path)
        assert await intact(story)


async def test_a_change_whose_outcome_cannot_be_recorded_says_that_it_was_done(
    tmp_path: Path, transport: TransportKind
) -> None:
    async with small(tmp_path, transport) as story:
        story.scales(body(scale(5)))
        async with story.bot():
            asked = await proposed(story)
            refuse(tmp_path, '"event":"outcome"')
            told = await (await asked.click("Confirm")).until("scaled")
            assert "This was done, and that could not be recorded" in told.plain()
        assert story.patches == 1
        assert "intent" in events(tmp_path)
        started = [one for one in records(tmp_path) if one["event"] == "started"]
        assert sorted(one.get("not_stored_before", 0) for one in started) == [0, 1]
        assert await intact(story)


@pytest.mark.parametrize("typed", ["get pods\n\x1b[2J{evil}", "get pods --token hunter2hunter2"])
async def test_t19_what_was_typed_forges_nothing_and_keeps_its_secrets(
    tmp_path: Path, transport: TransportKind, typed: str
) -> None:
    async with small(tmp_path, transport) as story:
        async with story.bot():
            evil = '"}{"event":"outcome","who":{"person":"T1/UBOB"}}'
            await story.ada.slash(story.shop, f"/kubectl {typed.replace('{evil}', evil)}")
        assert events(tmp_path) == ["started", "refused", "stopped"]
        assert records(tmp_path)[1]["who"]["person"].endswith(f"/{story.ada.id}")
        text = orjson.dumps(records(tmp_path)[1]).decode()
        assert "hunter2" not in text
        assert text.isprintable()
        assert await intact(story)


async def test_a_proposal_that_nobody_pressed_is_recorded(
    tmp_path: Path, transport: TransportKind
) -> None:
    async with small(tmp_path, transport) as story:
        story.scales(body(scale(5)))
        async with story.bot():
            await proposed(story)
            async with asyncio.timeout(60):
                while "expired" not in events(tmp_path):
                    await story.clock.sleep(60)
        shown, expired = (
            next(one for one in records(tmp_path) if one["event"] == event)
            for event in ("proposed", "expired")
        )
        assert expired["plan"] == shown["plan"]
        assert expired["who"]["person"] == shown["who"]["person"]
        assert moment(expired) - moment(shown) >= timedelta(minutes=15)


def moment(record: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(record["at"])


async def test_people_look_at_their_own_records_in_chat(
    tmp_path: Path, transport: TransportKind
) -> None:
    async with small(tmp_path, transport) as story:
        story.server.on(PODS, body(TABLE))
        async with story.bot():
            await story.ada.slash(story.shop, "/kubectl get pods")
            await story.gus.slash(story.shop, "/kubectl version")
            told = await story.ada.slash(story.shop, "/deck audit")
            assert told.ephemeral
            assert "get pods" in told.plain()
            assert "version" not in told.plain()
            refused = await story.ada.slash(story.shop, "/deck audit --everyone")
            assert "members of quarterdeck:admins" in refused.plain()


async def test_another_policy_is_recorded_when_it_comes_into_force(
    tmp_path: Path, transport: TransportKind
) -> None:
    async with small(tmp_path, transport) as story:
        async with story.bot():
            await story.ada.slash(story.shop, "/deck help")
            policy = tmp_path / "policy.yaml"
            policy.write_text(policy.read_text() + "# reviewed\n")
            async with asyncio.timeout(60):
                while "policy" not in events(tmp_path):
                    await story.clock.sleep(5)
        [started] = [one["policy"] for one in records(tmp_path) if one["event"] == "started"]
        [changed] = [one["policy"] for one in records(tmp_path) if one["event"] == "policy"]
        assert changed == sha256((tmp_path / "policy.yaml").read_bytes()).hexdigest()
        assert changed != started
