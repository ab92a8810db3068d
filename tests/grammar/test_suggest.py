import pytest

from bot.grammar.suggest import distance, near


@pytest.mark.parametrize(
    ("typed", "word", "letters"),
    [("get", "get", 0), ("gt", "get", 1), ("GET", "get", 0), ("teg", "get", 2), ("", "get", 3)],
)
def test_the_distance_is_the_number_of_changed_letters(typed: str, word: str, letters: int) -> None:
    assert distance(typed, word) == letters == distance(word, typed)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("gt", ("get", "set")),
        ("descr", ("describe",)),
        ("DELET", ("delete",)),
        ("rolout", ("rollout",)),
        ("nonsense", ()),
        ("x" * 100_000, ()),
    ],
)
def test_words_nearby_or_begun_are_suggested_in_their_order(
    typed: str, found: tuple[str, ...]
) -> None:
    assert near(typed, ("get", "set", "describe", "delete", "rollout")) == found
