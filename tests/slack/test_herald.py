"""News of a watch is a letter that arrives once, and whatever it holds mentions nobody else."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.errors import StoreError
from bot.core.metrics import Series
from bot.core.request import Place, Surface
from bot.core.watching import DEFAULT_EVERY, Herald, News, Standing, Watch, Word
from bot.slack.controls import read_asked
from bot.slack.herald import LetterHerald, message
from bot.slack.letters import Letter
from tests.slack.scripted import Shelf

AT = datetime(2026, 1, 1, 12, tzinfo=UTC)
HOSTILE = "<!channel> <@UEVE> *b* `x` ```\x1b[2J\u202e\n" + "y" * 5000
WATCH = Watch(
    id="w1",
    expression="container_memory_usage_bytes > 5",
    every=DEFAULT_EVERY,
    until=AT + timedelta(hours=2),
    person="T1/UADA",
    name="ada",
    place=Place(Surface.SLASH, "C1", "1.5"),
    context="main",
    namespace="shop",
    phrase="prom watch x",
    at=AT,
    standing=Standing(messages=3, trues=2, holds=True),
)
SERIES = Series({"__name__": "up", "pod": "web-1"}, ((0.0, 2048.0),))


async def letter(news: News) -> Letter:
    shelf = Shelf()
    herald: Herald = LetterHerald(shelf)
    await herald.tell(news)
    [kept] = shelf.open.values()
    return kept.letter


async def test_it_is_told_where_it_was_asked_for() -> None:
    told = await letter(News(WATCH, Word.TRUE, series=(SERIES,), before=timedelta(minutes=5)))
    assert (told.channel, told.thread, told.person) == ("C1", "1.5", "UADA")
    assert told.text == (
        "🔔 True now, after 5m of being false: container_memory_usage_bytes &gt; 5  for <@UADA>"
    )
    shown = json.dumps(told.blocks)
    assert "up{pod=web-1}  2 KiB" in shown
    assert (
        "main/shop · watch w1 · until 2026-01-01 14:00 UTC"
        in told.blocks[2]["elements"][0]["elements"][0]["text"]
    )


def test_which_prometheus_it_is_about_is_said() -> None:
    found = message(News(replace(WATCH, source="us"), Word.TRUE))
    assert "main/shop in us · watch w1" in json.dumps(found.blocks, ensure_ascii=False)


async def test_what_is_private_goes_to_its_person_and_a_direct_message_stays_one() -> None:
    alone = replace(WATCH, private=True)
    told = await letter(News(alone, Word.FALSE))
    assert (told.channel, told.thread) == ("UADA", "")
    direct = replace(alone, place=Place(Surface.DIRECT, "D1"))
    assert (await letter(News(direct, Word.FALSE))).channel == "D1"


async def test_it_arrives_once() -> None:
    shelf = Shelf()
    herald = LetterHerald(shelf)
    for _ in range(3):
        await herald.tell(News(WATCH, Word.TRUE))
    await herald.tell(News(replace(WATCH, standing=Standing(messages=4)), Word.FALSE))
    assert len(shelf.open) == 2
    shelf.broken = StoreError("the store cannot be written")
    with pytest.raises(StoreError):
        await herald.tell(News(WATCH, Word.OVER))


async def test_a_button_ends_it_as_whoever_presses() -> None:
    told = await letter(News(WATCH, Word.TRUE))
    [button] = told.blocks[-1]["elements"]
    asked = read_asked(button["value"])
    assert asked is not None
    assert (asked.text, asked.place) == ("prom unwatch w1", WATCH.place)
    for word in (Word.OVER, Word.STOPPED):
        blocks = (await letter(News(WATCH, word, reason="x"))).blocks
        assert not [one for one in blocks if one["type"] == "actions"]


@pytest.mark.parametrize("word", list(Word))
def test_hostile_texts_are_no_markup_and_have_an_end(word: Word) -> None:
    hostile = replace(WATCH, expression=HOSTILE, name=HOSTILE, context=HOSTILE, namespace=HOSTILE)
    series = Series({HOSTILE: HOSTILE}, ((0.0, 1.0),))
    said = message(News(hostile, word, 3, series=(series,) * 500, reason=HOSTILE))
    assert "<!channel>" not in said.text
    assert said.text.count("<@") == 1
    assert "\x1b" not in json.dumps(said.blocks, ensure_ascii=False)
    assert len(json.dumps(said.blocks)) < 4_000
    assert all(one["type"] in ("rich_text", "actions") for one in said.blocks)


@pytest.mark.parametrize(
    ("news", "says"),
    [
        (News(WATCH, Word.TRUE, 4), "it has turned 4 times since the last message"),
        (News(WATCH, Word.NOTHING), "No data, so neither true nor false"),
        (News(WATCH, Word.BLIND, reason="away"), "Not known for now: away. The watch goes on"),
        (News(WATCH, Word.OVER), "it became true 2 times, and is true at its end"),
        (News(WATCH, Word.STOPPED, reason="no right"), "The watch ends: no right"),
    ],
)
def test_each_word_is_said_as_a_sentence(news: News, says: str) -> None:
    assert says in message(news).text
