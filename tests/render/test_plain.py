"""A reply as kubectl prints it; the conformance tests hold the same to the binary."""

import pytest

from bot.core.errors import QuarterdeckError
from bot.core.plan import Change, Outlook, Plan
from bot.core.reply import Aside, Part, Problem, Row, Table, Text
from bot.render.plain import PlainRenderer, in_parts, plain_text
from tests.core.cases import proposal_of
from tests.every import every

PODS = ("NAME", "READY", "AGE")


def table(*rows: Row, group: str = "pods", columns: Row = PODS, headers: bool = True) -> Table:
    return Table(group, columns, rows, headers)


def drawn(*parts: Part) -> tuple[str, str]:
    """Return both streams."""
    renderer = PlainRenderer()
    fed = [renderer.feed(part) for part in parts]
    return "".join(out for out, _ in fed) + renderer.finish(), "".join(err for _, err in fed)


def out(*parts: Part) -> str:
    return drawn(*parts)[0]


def test_a_column_is_as_wide_as_its_longest_cell_and_three() -> None:
    assert out(table(("web-1", "1/1", "5m"), ("a", "0/1", "10d"))) == (
        "NAME    READY   AGE\nweb-1   1/1     5m\na       0/1     10d\n"
    )


def test_a_column_is_at_least_six_wide() -> None:
    columns = ("A", "B")
    assert out(table(("x", "y"), columns=columns)) == "A     B\nx     y\n"


def test_nothing_follows_the_last_column() -> None:
    text = out(table(("web", "1/1", "5m")))
    assert [line for line in text.splitlines() if line != line.rstrip()] == []


def test_without_rows_there_is_no_header() -> None:
    assert drawn(table(), Aside("No resources found")) == ("", "No resources found\n")


def test_without_headers_rows_stand_alone() -> None:
    rows = (("web-1", "1/1", "5m"), ("a", "1/1", "5m"))
    assert out(table(*rows, headers=False)) == "web-1   1/1   5m\na       1/1   5m\n"


def test_pages_of_one_table_have_one_header_and_grow() -> None:
    assert out(table(("a", "1/1", "5m")), table(("a-long-name", "1/1", "5m"))) == (
        "NAME          READY   AGE\na             1/1     5m\na-long-name   1/1     5m\n"
    )


def test_a_width_that_was_drawn_is_never_taken_back() -> None:
    wide, narrow = ("a-long-name", "1/1", "5m"), ("a", "1/1", "5m")
    renderer = PlainRenderer()
    first = renderer.feed(table(*[wide] * 100))[0]
    assert first.endswith("a-long-name   1/1     5m\n")
    assert renderer.feed(table(narrow))[0] + renderer.finish() == "a             1/1     5m\n"


def test_a_hundred_rows_are_drawn_at_a_time() -> None:
    rows = [(f"pod-{index:03}", "1/1", "5m") for index in range(250)]
    renderer = PlainRenderer()
    early = renderer.feed(table(*rows))[0]
    assert early.count("\n") == 201  # with the header
    assert renderer.finish().count("\n") == 50


def test_a_wider_page_widens_what_follows_and_not_what_stands_there() -> None:
    first = [(f"pod-{index:03}", "1/1", "5m") for index in range(100)]
    text = out(table(*first), table(("a-much-longer-name", "1/1", "5m")))
    lines = text.splitlines()
    assert lines[1] == "pod-000   1/1     5m"
    assert lines[-1] == "a-much-longer-name   1/1     5m"


def test_groups_stand_apart_with_a_header_each() -> None:
    services = table(("web", "80"), group="services", columns=("NAME", "PORT"))
    assert out(table(("a", "1/1", "5m")), services) == (
        "NAME   READY   AGE\na      1/1     5m\n\nNAME   PORT\nweb    80\n"
    )


@pytest.mark.parametrize(
    "parts",
    [
        (table(), table(("a", "1/1", "5m"), group="other")),
        (table(("a", "1/1", "5m")), table(group="other")),
        (table(("a", "1/1", "5m")), table(), table(("a", "1/1", "5m"), group="x", headers=False)),
    ],
    ids=["nothing-before", "nothing-after", "no-headers"],
)
def test_nothing_is_set_apart_from_nothing(parts: tuple[Part, ...]) -> None:
    assert "\n\n" not in out(*parts)
    assert not out(*parts).startswith("\n")


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("one\ntwo", "one..."),
        ("one\rtwo", "one..."),
        ("one\ftwo", "one..."),
        ("\n", "..."),
        ("\x1b[31mred\x1b[0m", "^[[31mred^[[0m"),
        ("a\x1b\nb", "a^[..."),
    ],
    ids=["newline", "return", "form-feed", "only-newline", "escape", "both"],
)
def test_a_cell_cannot_draw_outside_of_its_line(cell: str, shown: str) -> None:
    lines = out(table((cell, "1/1", "5m"), ("b", "1/1", "5m"))).splitlines()
    assert len(lines) == 3
    assert lines[1].startswith(shown)
    assert "\x1b" not in "".join(lines)


def test_a_characters_width_is_one_as_in_kubectls_columns() -> None:
    rows = [("müsli", "1/1", "5m"), ("日本", "1/1", "5m"), ("plain", "1/1", "5m")]
    lines = out(table(*rows)).splitlines()
    assert lines[3].index("1/1") == lines[0].index("READY")
    # kubectl measures the page in bytes, and so makes its header and first line wider.
    assert len({line.index("1/1") for line in lines[1:]}) == 1


def test_text_goes_out_as_it_is_behind_the_rows_that_waited() -> None:
    row = table(("a", "1/1", "5m"))
    assert drawn(row, Text("kind: Pod\n", "yaml")) == (
        "NAME   READY   AGE\na      1/1     5m\nkind: Pod\n",
        "",
    )


def test_what_is_beside_the_result_goes_to_the_other_stream() -> None:
    error = QuarterdeckError("error: no", next_step="Say yes.")
    assert drawn(Text("x\n"), Aside("Warning: old"), Problem(error)) == (
        "x\n",
        "Warning: old\nerror: no\n",
    )


def test_an_error_without_words_prints_nothing() -> None:
    assert drawn(Problem(QuarterdeckError(""))) == ("", "")


def test_both_streams_keep_the_order_of_the_parts() -> None:
    parts = (table(("a", "1/1", "5m")), Aside("then"), Text("last\n"))
    assert plain_text(parts) == "NAME   READY   AGE\na      1/1     5m\nthen\nlast\n"


def test_a_proposal_says_what_would_change() -> None:
    change = Change("deployment.apps/web in shop", "replicas", "3", "5")
    assert out(proposal_of(Plan("scale", (), (change, change), ()))) == (
        "deployment.apps/web in shop: replicas 3 → 5\n" * 2
    )


def test_a_proposal_says_what_that_means() -> None:
    outlook = Outlook(("3 pods restart",), ("an autoscaler will fight this",), "-a\n+b\n")
    plan = Plan("scale", (), (), (), outlook=outlook)
    means = "3 pods restart\nWarning: an autoscaler will fight this\n-a\n+b\n"
    assert out(proposal_of(plan)) == means


def test_a_live_table_is_drawn_as_it_comes() -> None:
    renderer = PlainRenderer()
    live = Table("pods", PODS, (("a", "1/1", "5m"),), live=True)
    assert renderer.feed(live)[0] == "NAME   READY   AGE\na      1/1     5m\n"
    assert renderer.feed(live)[0] == "a      1/1     5m\n"
    assert renderer.finish() == ""


@every("headers", [True, False])
@every("count", [0, 3, 500, 501, 1234])
def test_a_long_page_looks_the_same_in_parts(count: int, headers: bool) -> None:
    rows = [(f"web-{n}{'-x' * (n % 97)}", "ä" * (n // 400), "5m") for n in range(count)]
    page = table(*rows, headers=headers)
    parts = list(in_parts(page))
    assert all(len(part.rows) <= 500 for part in parts)
    other = table(("a", "b", "c"), group="nodes")
    assert out(other, *parts, other) == out(other, page, other)


@pytest.mark.parametrize("text", ["error: no", "error: no\n"])
def test_an_error_ends_with_one_line_end(text: str) -> None:
    assert plain_text([Problem(QuarterdeckError(text))]) == "error: no\n"
