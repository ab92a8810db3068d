"""Did you mean: the words that stand near to what was typed, as cobra finds them."""

from collections.abc import Iterable

# cobra's SuggestionsMinimumDistance.
_NEAR = 2


def distance(typed: str, word: str) -> int:
    """Return the number of letters to add, drop or change, whatever their case (Levenshtein)."""
    left, right = typed.lower(), word.lower()
    row = list(range(len(right) + 1))
    for index, letter in enumerate(left, start=1):
        above, row[0] = row[0], index
        for column, other in enumerate(right, start=1):
            cost = above if letter == other else 1 + min(above, row[column], row[column - 1])
            above, row[column] = row[column], cost
    return row[-1]


def near(typed: str, words: Iterable[str]) -> tuple[str, ...]:
    """Return the words that are two letters away at most or begin with what was typed."""
    return tuple(word for word in words if _is_near(typed, word))


def _is_near(typed: str, word: str) -> bool:
    if word.lower().startswith(typed.lower()):
        return True
    # The distance is at least the difference of the lengths: long input costs nothing.
    return abs(len(typed) - len(word)) <= _NEAR and distance(typed, word) <= _NEAR
