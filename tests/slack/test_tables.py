"""Table blocks where a workspace wants them, and kubectl's text where Slack does not."""

import pytest

from bot.core.reply import Table
from bot.demo.slack.workspace import TransportKind
from bot.slack.sections import Section
from bot.slack.tables import Tables, table
from tests.slack.rig import rig
from tests.slack.scripted import PODS, TEXT_OF_PODS, plays

SECTION = Section(("NAME", "STATUS"), (("web-1", ""), ("web-2", "Pending")))


@pytest.mark.parametrize("kind", ["table", "data_table"])
async def test_a_table_is_a_block_where_that_is_set(transport: TransportKind, kind: Tables) -> None:
    async with rig(transport, plays(PODS), tables=kind) as story:
        answer = await story.ada.slash(story.shop, "/kubectl get pods")
        assert kind in [block["type"] for block in answer.blocks]
        assert "web-2" in answer.plain()


async def test_a_refused_table_steps_down_to_text_with_its_buttons(
    transport: TransportKind,
) -> None:
    async with rig(transport, plays(PODS), tables="data_table") as story:
        story.slack.fail_next("chat.postMessage", error="invalid_blocks")
        answer = await story.ada.slash(story.shop, "/kubectl get pods")
        kinds = [block["type"] for block in answer.blocks]
        assert set(kinds) == {"rich_text"}
        assert TEXT_OF_PODS.rstrip() in answer.plain()


def test_no_cell_is_empty() -> None:
    block = table(SECTION, "table", 5_000)
    assert block is not None
    assert [cell["text"] for cell in block["rows"][1]] == ["web-1", "-"]


@pytest.mark.parametrize(
    "section",
    [
        pytest.param(Section(("NAME",), tuple((f"p{n}",) for n in range(101))), id="rows"),
        pytest.param(Section(("C",) * 21, (("x",) * 21,)), id="columns"),
        pytest.param(Section(("NAME",), (("x" * 5_001,),)), id="characters"),
        pytest.param(Section(("NAME",), (("x",),), headers=False), id="headers"),
        pytest.param(Section((), (("a line",),)), id="text"),
    ],
)
def test_what_slack_has_no_room_for_is_text(section: Section) -> None:
    assert table(section, "data_table", 5_000) is None


async def test_a_table_of_several_is_text(transport: TransportKind) -> None:
    other = Table("services", ("NAME",), (("web",),))
    async with rig(transport, plays(PODS, other), tables="table") as story:
        answer = await story.ada.slash(story.shop, "/kubectl get all")
        assert "table" not in [block["type"] for block in answer.blocks]
