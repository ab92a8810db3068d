"""`get` says what its rows come to, where that is wanted; and sorts by it when asked."""

from dataclasses import replace

import pytest

from bot.core.reply import Table, Verdict
from tests.engine.rig import Answer, Bot
from tests.kube.server import body

PODS = "/api/v1/namespaces/shop/pods"
COLUMNS = ("Name", "Ready", "Status", "Restarts", "Age")
WELL = ["web-1", "1/1", "Running", "0", "3d"]
BAD = ["web-2", "0/1", "ImagePullBackOff", "0", "6m"]
TEXT = "1 of 2 pods is not ready: web-2 ImagePullBackOff for 6m"


def page(*rows: list[str], more: str = "") -> dict[str, object]:
    return {
        "kind": "Table",
        "metadata": {"continue": more} if more else {},
        "columnDefinitions": [{"name": name, "type": "string"} for name in COLUMNS],
        "rows": [{"cells": list(row)} for row in rows],
    }


async def test_a_verdict_stands_before_a_table_that_needs_one(bot: Bot) -> None:
    bot.server.on(PODS, body(page(WELL, BAD)))
    answer = await bot.say("get pods")
    assert [type(part) for part in answer.parts] == [Verdict, Table]
    assert answer.parts[0] == Verdict(TEXT)
    assert answer.text.startswith("NAME ")  # kubectl's own text has none
    assert len(bot.server.to(PODS)) == 1


async def test_a_long_list_has_its_verdict_at_its_end_so_that_nobody_waits(bot: Bot) -> None:
    bot.server.on(PODS, body(page(WELL, more="x")), body(page(BAD)))
    answer = await bot.say("get pods")
    assert answer.parts[-1] == Verdict(TEXT)
    assert [type(part) for part in answer.parts] == [Table, Table, Verdict]


@pytest.mark.parametrize("phrase", ["get pods -o name", "get pods -o yaml", "get pods | head -1"])
async def test_what_is_no_whole_table_has_none(bot: Bot, phrase: str) -> None:
    rows = page(WELL, BAD)
    rows["rows"] = [
        {"cells": cells, "object": {"metadata": {"name": cells[0]}}} for cells in (WELL, BAD)
    ]
    bot.server.on(PODS, body(rows if "yaml" not in phrase else {"items": [], "metadata": {}}))
    assert not any(isinstance(part, Verdict) for part in (await bot.say(phrase)).parts)


async def test_a_plain_answer_has_none(bot: Bot) -> None:
    bot.server.on(PODS, body(page(WELL, BAD)))
    answer = Answer()
    await bot.engine.serve(replace(bot.request("get pods"), plain=True), answer)
    assert [type(part) for part in answer.parts] == [Table]


async def test_the_worst_comes_first_on_request_over_all_pages(bot: Bot) -> None:
    bot.server.on(PODS, body(page(WELL, more="x")), body(page(BAD)))
    answer = await bot.say("get pods --worst-first --no-headers")
    assert [line.split()[0] for line in answer.text.splitlines()] == ["web-2", "web-1"]
    assert answer.parts[0] == Verdict(TEXT)


@pytest.mark.parametrize(
    ("flags", "text"),
    [
        ("--sort-by=.metadata.name", "error: --sort-by and --worst-first contradict each other\n"),
        ("-o yaml", "error: --worst-first is for tables that stand still\n"),
        ("-w", "error: --worst-first is for tables that stand still\n"),
    ],
)
async def test_what_has_an_order_of_its_own_is_not_sorted_so(
    bot: Bot, flags: str, text: str
) -> None:
    assert (await bot.say(f"get pods --worst-first {flags}")).text == text
