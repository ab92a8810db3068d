"""A channel as each person sees it, kept as a golden file."""

from pathlib import Path
from typing import Any

import pytest
from slack_bolt.async_app import AsyncSay
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.slack.people import Person
from bot.demo.slack.state import Channel
from bot.demo.slack.workspace import Workspace
from tests.demo.slack.bots import actions, bolt_app, button, running

GOLDEN = Path(__file__).parent / "golden"


def cells(*texts: str) -> list[dict[str, Any]]:
    return [{"type": "raw_text", "text": text} for text in texts]


@pytest.mark.parametrize("viewer", ["ada", "eve"])
async def test_a_morning_reads_as_it_was_kept(
    slack: Workspace, client: AsyncWebClient, ada: Person, eve: Person, shop: Channel, viewer: str
) -> None:
    app = bolt_app(slack)

    @app.event("app_mention")
    async def mentioned(event: dict[str, Any], say: AsyncSay) -> None:
        rows = [cells("NAME", "READY"), cells("web-1", "1/1")]
        delete = button("Delete", "delete", style="danger")
        blocks = [{"type": "table", "rows": rows}, actions(button("Refresh", "refresh"), delete)]
        answer = await say(text="One pod.", blocks=blocks, thread_ts=event["ts"])
        place = {"channel": event["channel"], "timestamp": answer["ts"]}
        await client.reactions_add(**place, name="eyes")

    async with running(slack, app):
        answer = await ada.mention("#shop", "get pods")
        await answer.until(lambda message: bool(message.reactions))
    await client.chat_postEphemeral(channel=shop.id, user=ada.id, text="(error) no such pod")

    seen = {"ada": ada, "eve": eve}[viewer].transcript("#shop")
    assert seen == (GOLDEN / f"a_morning_in_shop.{viewer}.txt").read_text("utf-8")
