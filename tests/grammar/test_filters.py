import pytest

from bot.core.errors import RefusedError, UsageError
from bot.grammar.filters import Count, Filter, Grep, Head, Tail, read_filter
from bot.grammar.tokens import read_line
from tests.every import every


@every(
    ("text", "chosen"),
    [
        pytest.param("grep web", Grep("web"), id="word"),
        pytest.param("grep -i web", Grep("web", ignore_case=True), id="ignore-case"),
        pytest.param("grep web -v", Grep("web", invert=True), id="flag-behind"),
        pytest.param("grep -E 'a|b'", Grep("a|b", extended=True), id="extended"),
        pytest.param("grep -ivE 'a+'", Grep("a+", True, True, True), id="letters"),
        pytest.param("grep --ignore-case x", Grep("x", ignore_case=True), id="long"),
        pytest.param("grep -- -v", Grep("-v"), id="pattern-like-a-flag"),
        pytest.param("grep ''", Grep(""), id="empty-pattern"),
        pytest.param("grep 'two words'", Grep("two words"), id="two-words"),
        pytest.param("head -5", Head(5), id="head-short"),
        pytest.param("head -n 5", Head(5), id="head"),
        pytest.param("head -n5", Head(5), id="head-joined"),
        pytest.param("head --lines=5", Head(5), id="head-long"),
        pytest.param("head", Head(10), id="head-default"),
        pytest.param("head -n 010", Head(10), id="head-decimal"),
        pytest.param("tail -3", Tail(3), id="tail-short"),
        pytest.param("tail -n 3", Tail(3), id="tail"),
        pytest.param("tail", Tail(10), id="tail-default"),
        pytest.param("tail -n 0", Tail(0), id="tail-none"),
        pytest.param("wc -l", Count(), id="count"),
        pytest.param("wc --lines", Count(), id="count-long"),
    ],
)
def test_a_filter_is_read_and_written_back(text: str, chosen: Filter) -> None:
    assert read_filter(read_line(text).words) == chosen
    assert read_filter(read_line(str(chosen)).words) == chosen


@every(
    "text",
    [
        pytest.param("grep", id="no-pattern"),
        pytest.param("grep a b", id="two-patterns"),
        pytest.param("grep -c a", id="unknown-letter"),
        pytest.param("grep --color a", id="unknown-flag"),
        pytest.param("grep -E 'a('", id="bad-pattern"),
        pytest.param("head -n", id="no-number"),
        pytest.param("head -n x", id="no-digits"),
        pytest.param("head -n -3", id="all-but-the-last"),
        pytest.param("head file", id="file"),
        pytest.param("tail -n +2", id="from-a-line-on"),
        pytest.param("tail -f", id="follow"),
        pytest.param("tail -n 99999999999", id="too-many"),
        pytest.param("tail -n ٣", id="other-digits"),
        pytest.param("wc", id="all-counts"),
        pytest.param("wc -c", id="characters"),
        pytest.param("wc -l file", id="count-of-a-file"),
        pytest.param("", id="nothing"),
    ],
)
def test_a_filter_that_is_written_wrongly_is_told_with_what_works(text: str) -> None:
    with pytest.raises(UsageError, match=r"^error: ") as caught:
        read_filter(read_line(text).words)
    assert caught.value.next_step


@every("program", ["sort", "awk", "less", "jq", "xargs", "sh", "Grep", "/bin/grep"])
def test_another_program_is_refused_with_what_works(program: str) -> None:
    with pytest.raises(RefusedError, match=f"`| {program}` needs a shell") as caught:
        read_filter([program, "x"])
    assert "| wc -l" in caught.value.next_step
