"""The comparison itself: what it lets through, and what it must not."""

import pytest

from tests.conformance.kubectl.comparing import Answer, Runs, mismatches


def _runs(before: str, ours: str, after: str) -> Runs:
    return Runs(*(Answer(0, text, "") for text in (before, ours, after)))


@pytest.mark.parametrize("ours", ["a 1s\nb 1s\n", "a 2s\nb 2s\n", "a 1s\nb 2s\n", "a 2s\nb 1s\n"])
def test_each_line_may_be_of_either_run(ours: str) -> None:
    assert mismatches(_runs("a 1s\nb 1s\n", ours, "a 2s\nb 2s\n")) == []


@pytest.mark.parametrize(
    "ours",
    [
        "",
        "a 1s\n",
        "a 1s\nb 1s",
        "a 1s\nb 1s\nc\n",
        "a 3s\nb 1s\n",
        "b 1s\na 1s\n",
        "a 1s \nb 1s\n",
    ],
)
def test_a_line_of_neither_run_is_told(ours: str) -> None:
    assert mismatches(_runs("a 1s\nb 1s\n", ours, "a 2s\nb 2s\n"))


def test_the_streams_are_not_mixed_up() -> None:
    theirs = Answer(1, "found\n", "lost\n")
    assert mismatches(Runs(theirs, Answer(1, "lost\n", "found\n"), theirs))


def test_another_exit_code_is_told() -> None:
    theirs = Answer(1, "", "lost\n")
    [told] = mismatches(Runs(theirs, Answer(0, "", "lost\n"), theirs))
    assert told.startswith("exit code")
