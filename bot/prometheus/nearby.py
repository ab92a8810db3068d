"""Names that stand near to one that is not there. Pure.

Names of metrics are long and made of words: a wrong one has a letter too few, or a word.
"""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher, get_close_matches

_WORDS = re.compile(r"[_:.]+")
# Comparing letters takes long: so many names are, whose words are the nearest.
_COMPARED = 100
_NEAR, _NEAR_VALUE = 0.72, 0.6


def near_metrics(typed: str, names: Sequence[str], most: int = 3) -> list[str]:
    """Return the names that were probably meant, the nearest first."""
    words = set(_words(typed))
    shared = sorted(
        ((_alike(words, set(_words(name))), name) for name in names if name != typed), reverse=True
    )
    scored = [
        (max(SequenceMatcher(None, typed, name).ratio(), alike), name)
        for alike, name in shared[:_COMPARED]
    ]
    likely = [(score, name) for score, name in scored if score >= _NEAR]
    return [name for _, name in sorted(likely, key=lambda one: (-one[0], len(one[1])))[:most]]


def near_values(typed: str, values: Sequence[str], most: int = 3) -> list[str]:
    """Return the values of a label that were probably meant."""
    return get_close_matches(typed, values[:1000], most, _NEAR_VALUE)


def _words(name: str) -> list[str]:
    return [word for word in _WORDS.split(name.lower()) if word]


def _alike(one: set[str], other: set[str]) -> float:
    """Return how many of the words are in the other name, beginnings included: from 0 to 1."""
    if not one or not other:
        return 0.0
    begun = sum(
        1 for word in one - other if len(word) > 2 and any(w.startswith(word[:3]) for w in other)
    )
    # Of names with the same words the one with the fewest others is the nearest.
    return (len(one & other) + begun * 0.75) / len(one) - len(other - one) / 100
