"""How an answer of the whole bot is drawn, and how it ends when the cluster does not end it."""

from pathlib import Path

import pytest

from bot.demo.slack.workspace import TransportKind
from tests.kube.server import body, hang
from tests.stories.small import small

PODS = "/api/v1/namespaces/shop/pods"
TABLE = {
    "kind": "Table",
    "columnDefinitions": [{"name": name, "type": "string"} for name in ("Name", "Status")],
    "rows": [{"cells": ["web-1", "Running"]}, {"cells": ["web-2", "Pending"]}],
}


async def test_at_its_deadline_a_command_says_that_it_is_only_a_part(
    tmp_path: Path, transport: TransportKind
) -> None:
    async with small(tmp_path, transport) as story, story.bot():
        first = {**TABLE, "metadata": {"resourceVersion": "1", "continue": "more"}}
        story.server.on(PODS, body(first), hang)
        typed = story.clock.monotonic()
        answer = await story.ada.slash(story.shop, "/kubectl get pods")
        assert [button.label for button in answer.buttons] == ["Cancel"]
        await answer.until("error: timed out waiting for the condition")
        assert "web-2" in answer.plain()
        assert "What stands here is only a part." in answer.plain()
        assert 600 <= story.clock.monotonic() - typed < 605


@pytest.mark.parametrize("kind", ["table", "data_table"])
async def test_a_list_is_slacks_own_table_where_that_is_set(
    tmp_path: Path, transport: TransportKind, kind: str
) -> None:
    async with small(tmp_path, transport) as story, story.bot(tables=kind):
        story.server.on(PODS, body(TABLE))
        answer = await story.ada.slash(story.shop, "/kubectl get pods")
        assert kind in [block["type"] for block in answer.blocks]
        assert "web-2" in answer.plain()

        story.slack.fail_next("chat.postMessage", error="invalid_blocks")
        text = await story.ada.slash(story.shop, "/kubectl get pods")
        assert kind not in [block["type"] for block in text.blocks]
        assert "web-1   Running\nweb-2   Pending" in text.plain()
