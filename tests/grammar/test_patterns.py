import pytest

from bot.core.errors import UsageError
from bot.grammar.patterns import MAX_DEPTH, MAX_LENGTH, read_pattern
from tests.every import every


@every(
    ("pattern", "extended", "fault"),
    [
        pytest.param("a(", True, "Unmatched ( or", id="open-group"),
        pytest.param(r"^\+a", False, "nothing to repeat", id="plus-behind-the-start"),
        pytest.param(r"a\(", False, "Unmatched ( or", id="open-group-basic"),
        pytest.param(r"a\)", False, "Unmatched ) or", id="closed-group-basic"),
        pytest.param("[a", True, "Unmatched [", id="open-set"),
        pytest.param("[]", True, "Unmatched [", id="empty-set"),
        pytest.param("[^]", True, "Unmatched [", id="empty-negated-set"),
        pytest.param("[[:alpha:]", True, "Unmatched [", id="open-set-of-a-class"),
        pytest.param("[z-a]", True, "Invalid range end", id="range"),
        pytest.param("[[:letters:]]", True, "Invalid character class name", id="class"),
        pytest.param("a\\", True, "Trailing backslash", id="backslash"),
        pytest.param("*a", True, "nothing to repeat", id="star-first"),
        pytest.param("a|+b", True, "nothing to repeat", id="plus-first"),
        pytest.param("{2}a", True, "nothing to repeat", id="interval-first"),
        pytest.param(r"\+a", False, "nothing to repeat", id="plus-first-basic"),
        pytest.param(r"\{2\}a", False, "nothing to repeat", id="interval-first-basic"),
        pytest.param("a{3,1}", True, "Invalid content", id="interval"),
        pytest.param(r"a\{x\}", False, "Invalid content", id="interval-basic"),
        pytest.param(r"a\{1", False, "Invalid content", id="open-interval-basic"),
        pytest.param(r"\d", True, "not understood", id="digit"),
        pytest.param(r"\bweb", False, "not understood", id="word-edge"),
        pytest.param(r"(a)\1", True, "not understood", id="back-reference"),
        pytest.param("a" * (MAX_LENGTH + 1), True, "longer than", id="too-long"),
        pytest.param("(" * (MAX_DEPTH + 1) + ")" * (MAX_DEPTH + 1), True, "deeper", id="too-deep"),
        pytest.param("a" + "*" * (MAX_DEPTH + 1), True, "repetitions", id="too-many-stars"),
    ],
)
def test_a_pattern_is_refused(pattern: str, extended: bool, fault: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_pattern(pattern, extended=extended)
    assert caught.value.text.startswith("error: grep: ")
    assert fault in caught.value.text
