"""Records as rows for people, and as a sheet that runs nothing."""

import pytest

from bot.audit.record import Placing, Record, placed, told
from bot.audit.showing import COLUMNS, SHEET, row, sheet
from bot.core.audit import ApiCall, Entry, Happening, Result
from tests.audit.chains import NOON, entry


def record(one: Entry) -> Record:
    return placed(told(one), Placing("one", 1, "k", "pod-1", "0.1.0"))


@pytest.mark.parametrize(
    ("result", "shown"),
    [
        (Result(0, 200), "ok 200"),
        (Result(0), "ok"),
        (Result(1, 403, "Forbidden"), "failed 403 Forbidden"),
        (Result(1), "failed"),
        (None, "-"),
    ],
)
def test_a_row_says_who_did_what_and_how_it_ended(result: Result | None, shown: str) -> None:
    cells = row(record(entry(1, result=result)))
    assert len(cells) == len(COLUMNS)
    assert cells == (
        *("2026-11-28T12:00:01Z", "served", "T1/UADA", "main/shop", "get pods 1", shown, "r-1"),
    )


def test_a_row_about_a_chain_names_it() -> None:
    swept = Entry(Happening.SWEPT, NOON, details={"swept": "pod-0.x", "up_to": 9})
    assert row(record(swept))[4] == "pod-0.x"
    assert row(record(Entry(Happening.STOPPED, NOON)))[4] == "one"


@pytest.mark.parametrize("typed", ["=1+1", "+1", "-1", "@SUM(A1)"])
def test_no_cell_of_a_sheet_is_a_formula(typed: str) -> None:
    cells = dict(zip(SHEET, sheet(record(entry(1, phrase=typed))), strict=True))
    assert cells["phrase"] == f"'{typed}"


def test_a_sheet_has_what_the_record_has() -> None:
    calls = (ApiCall("a-1", "list", "pods", "shop", "", 200),)
    cells = dict(zip(SHEET, sheet(record(entry(1, calls=calls))), strict=True))
    assert cells["groups"] == '["quarterdeck:viewers"]'
    assert cells["audit_ids"] == '["a-1"]'
    assert (cells["seq"], cells["code"]) == ("1", "")
