import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import UsageError
from bot.grammar.automaton import Automaton
from bot.grammar.patterns import read_pattern
from tests.every import every


def found(pattern: str, line: str, *, extended: bool = True, ignore_case: bool = False) -> bool:
    tree = read_pattern(pattern, extended=extended)
    return Automaton(tree, ignore_case=ignore_case).matches(line)


@every(
    ("pattern", "line", "matches"),
    [
        ("", "", True),
        ("", "abc", True),
        ("b", "abc", True),
        ("x", "abc", False),
        ("a.c", "xabcx", True),
        ("a.c", "ac", False),
        ("^b", "abc", False),
        ("^a", "abc", True),
        ("c$", "abc", True),
        ("b$", "abc", False),
        ("^$", "", True),
        ("^$", "a", False),
        ("$^", "", True),
        ("^abc$", "abc", True),
        ("(^|x)a", "ba", False),
        ("(^|x)a", "bxa", True),
        ("a($|x)", "ab", False),
        ("a($|x)", "ba", True),
        ("ab*c", "ac", True),
        ("ab+c", "ac", False),
        ("ab+c", "abbbc", True),
        ("ab?c", "abbc", False),
        ("^(ab)*$", "ababab", True),
        ("^(ab)*$", "ababa", False),
        ("a{2}", "aba", False),
        ("a{2}", "baab", True),
        ("^a{2,}$", "aaaa", True),
        ("^a{2,3}$", "aaaa", False),
        ("^a{,2}$", "aaa", False),
        ("^a{0}$", "", True),
        ("web|api", "my-api-1", True),
        ("web|api", "db", False),
        ("(a|)b", "b", True),
        ("[a-c]x", "bx", True),
        ("[^a-c]x", "bx", False),
        ("[]a]", "]", True),
        ("[^]a]", "]", False),
        ("[a-]", "-", True),
        ("[a\\]", "\\", True),
        ("[[:digit:]]+-[[:alpha:]_]", "12-_", True),
        ("[[:space:]]", "a b", True),
        ("[[:punct:]]", "a.b", True),
        ("[[:punct:]]", "a b", False),
        (r"\w+\W\w", "ab-c", True),
        (r"\S\s\S", "a b", True),
        (r"a\.b", "axb", False),
        (r"a\.b", "a.b", True),
        ("a{x}", "a{x}", True),
        ("{", "{", True),
        ("}", "}", True),
        ("main()", "main", True),
        ("a)", "a", False),
        ("a)", "f(a)", True),
        ("(a))", "a)", True),
        ("日本", "in 日本語", True),
    ],
)
def test_an_extended_pattern_is_found(pattern: str, line: str, matches: bool) -> None:
    assert found(pattern, line) is matches


@every(
    ("pattern", "line", "matches"),
    [
        ("a|b", "a", False),
        ("a|b", "a|b", True),
        (r"a\|b", "b", True),
        ("a+", "aa", False),
        ("a+", "a+", True),
        (r"^a\+$", "aa", True),
        (r"^a\?b$", "b", True),
        ("(a)", "a", False),
        ("(a)", "(a)", True),
        (r"^\(ab\)*$", "abab", True),
        (r"^a\{2\}$", "aa", True),
        ("a{2}", "a{2}", True),
        ("*a", "*a", True),
        ("^*a", "*a", True),
        ("^*a", "a", False),
        (r"\(*a\)", "*a", True),
        ("a^b", "a^b", True),
        ("a$b", "a$b", True),
        (r"a\|^b", "xb", False),
        (r"a$\|x", "ba", True),
        ("a*", "", True),
        (".*", "x", True),
    ],
)
def test_a_basic_pattern_is_found(pattern: str, line: str, matches: bool) -> None:
    assert found(pattern, line, extended=False) is matches


def test_case_is_ignored_on_both_sides() -> None:
    assert found("wEb-[A-C]", "x WeB-b", ignore_case=True)
    assert not found("wEb-[A-C]", "x WeB-b")


_ATOM = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", "x"])
_PATTERN = st.recursive(
    _ATOM,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda two: f"({two[0]}|{two[1]})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "{0,1}", "{2,}"])).map(
            lambda both: f"({both[0]}){both[1]}"
        ),
    ),
    max_leaves=6,
)


@given(_PATTERN, st.tuples(st.booleans(), st.booleans()), st.text("abxy", max_size=8))
def test_a_pattern_is_found_where_pythons_re_finds_it(
    pattern: str, edges: tuple[bool, bool], line: str
) -> None:
    whole = ("^" if edges[0] else "") + f"({pattern})" + ("$" if edges[1] else "")
    assert found(whole, line) is (re.search(whole, line) is not None)


@given(
    st.text(st.sampled_from("ab.*+?(){}|[]^$\\,:-12")), st.booleans(), st.text("ab*(", max_size=9)
)
def test_any_pattern_is_matched_or_refused(pattern: str, extended: bool, line: str) -> None:
    with suppress(UsageError):
        found(pattern, line, extended=extended)


@pytest.mark.parametrize(
    "pattern",
    [
        "(a*)*b",
        "(a|aa)+b",
        "(a|a)*b",
        "a*a*a*a*a*a*a*b",
        ".*.*.*.*.*x",
        "(a?){50}a{50}b",
        "(.*a){20}x",
    ],
)
def test_a_long_line_takes_no_more_than_its_length(pattern: str) -> None:
    tree = read_pattern(pattern, extended=True)
    automaton = Automaton(tree)
    automaton.matches("a" * 5_000)
    steps = automaton.remembered
    automaton.matches("a" * 50_000)
    # Each character of the tenfold line was a step that is remembered already.
    assert automaton.remembered == steps < 200


def test_what_is_remembered_is_bounded() -> None:
    # A subset of 120 positions follows each character: every line ends in a state of its own.
    automaton = Automaton(read_pattern("(a|b)*a(a|b){120}x", extended=True))
    line = "".join("ab"[(index * index // 7) % 2] for index in range(30_000))
    automaton.matches(line)
    assert automaton.remembered <= 20_001


@pytest.mark.parametrize("pattern", ["(a{99}){99}", "((a{9}){9}){9}", "(a|b){400}"])
def test_a_pattern_that_repeats_too_much_is_refused(pattern: str) -> None:
    with pytest.raises(UsageError, match="too big"):
        Automaton(read_pattern(pattern, extended=True))
