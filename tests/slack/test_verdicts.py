"""What a result comes to stands above it, and its rows can be sorted by that."""

from datetime import UTC, datetime

from bot.core.reply import Table, Verdict
from bot.core.request import Place, Surface
from bot.slack.answer import Answer, Stage, restored
from bot.slack.beside import VERDICTS
from bot.slack.controls import Asked, Row, Shown, read_shown, row, sorted_by
from bot.slack.kept import Kept, dump_kept, load_kept
from bot.slack.messages import Frame, compose, plain
from bot.slack.sections import WORST_FIRST, Section, Selection, choose
from tests.slack.scripted import PUBLIC

COLUMNS = ("NAME", "READY", "STATUS", "RESTARTS", "AGE")
WELL, BAD = ("web-1", "1/1", "Running", "0", "3d"), ("web-2", "0/1", "Error", "0", "6m")
SECTIONS = (Section(COLUMNS, (WELL, BAD)),)
TEXT = "1 of 2 pods is not ready: web-2 Error"
ASKED = Asked("get pods", Place(Surface.SLASH, "C1"), "U0ADA")
SHOP = Place(Surface.SLASH, "C0SHOP")
KEPT = Kept("U0ADA", "get pods", SHOP, PUBLIC, datetime(2026, 1, 1, tzinfo=UTC), SECTIONS, (TEXT,))


def answer(*verdicts: str) -> Answer:
    found = Answer(heading=PUBLIC)
    found.add(Table("pods", COLUMNS, [WELL, BAD]))
    for text in verdicts:
        found.add(Verdict(text))
    found.end(Stage.DONE)
    return found


def test_a_verdict_stands_above_the_table_whenever_it_came() -> None:
    shown = [str(block) for block in compose(answer(TEXT).view(), Frame()).blocks]
    [at] = [number for number, block in enumerate(shown) if TEXT in block]
    [table] = [number for number, block in enumerate(shown) if "RESTARTS" in block]
    assert at < table
    assert TEXT in plain(answer(TEXT).view(), Frame()).text


def test_many_lines_are_bounded() -> None:
    verdicts = answer("\n".join(["x" * 5_000] * 50)).sidelines.verdicts
    assert len(verdicts) <= VERDICTS
    assert sum(map(len, verdicts)) <= 1_200


def test_a_kept_result_keeps_it() -> None:
    kept = load_kept(dump_kept(KEPT))
    assert kept == KEPT
    assert TEXT in str(compose(restored(kept, Selection("web")).view(), Frame()).blocks)


def test_the_worst_first_is_a_choice_where_rows_can_be_judged() -> None:
    def labels(columns: tuple[str, ...]) -> list[str]:
        offered = row(Row(Shown("id"), ASKED, columns, 2))
        assert offered is not None
        [menu] = [one for one in offered["elements"] if one["type"] == "static_select"]
        return [option["text"]["text"] for option in menu["options"]]

    assert labels(COLUMNS)[:2] == ["As it came", "Worst first"]
    assert "Worst first" not in labels(("NAME", "DATA", "AGE"))


def test_the_choice_sorts_and_says_so_and_is_remembered() -> None:
    selection = sorted_by(Shown("id"), "worst up")
    assert selection == Selection(column=WORST_FIRST)
    assert read_shown(Shown("id", selection).block_id()) == Shown("id", selection)
    names = [line.split()[0] for line in choose(SECTIONS, selection).text.splitlines()[1:]]
    assert names == ["web-2", "web-1"]
    assert restored(KEPT, selection).view().scope == "Worst first."
    offered = row(Row(Shown("id", selection), ASKED, COLUMNS, 2))
    assert "'initial_option': {'text': {'type': 'plain_text', 'text': 'Worst first'" in str(offered)
