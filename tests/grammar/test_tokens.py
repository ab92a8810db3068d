import shlex

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.core.errors import RefusedError, UsageError
from bot.grammar.filters import Count, Grep, Head, Tail
from bot.grammar.tokens import Line, is_plain, read_line
from tests.every import every


@every(
    ("text", "words"),
    [
        pytest.param("", (), id="nothing"),
        pytest.param("   ", (), id="space"),
        pytest.param("get  pods\t-A", ("get", "pods", "-A"), id="spaces"),
        pytest.param("-l 'a in (x,y)'", ("-l", "a in (x,y)"), id="single-quotes"),
        pytest.param('-l "a in (x,y)"', ("-l", "a in (x,y)"), id="double-quotes"),
        pytest.param(r"a\ b", ("a b",), id="escaped-space"),
        pytest.param("a'b'\"c\"d", ("abcd",), id="joined"),
        pytest.param("'' \"\"", ("", ""), id="empty-words"),
        pytest.param(r"'a\b'", (r"a\b",), id="backslash-in-single-quotes"),
        pytest.param(r'"a\b\"c\\d\$e"', (r'a\b"c\d$e',), id="backslash-in-double-quotes"),
        pytest.param('"it\'s" \'say "x"\'', ("it's", 'say "x"'), id="quotes-in-quotes"),
        pytest.param("'a|b' \"c;d\" e\\&f", ("a|b", "c;d", "e&f"), id="quoted-operators"),
        pytest.param("'$(x)' '`y`'", ("$(x)", "`y`"), id="quoted-substitution"),
        pytest.param('"\\$(x) \\`y\\`"', ("$(x) `y`",), id="escaped-substitution"),
        pytest.param("$HOME ${A} x$ $", ("$HOME", "${A}", "x$", "$"), id="no-variables"),
        pytest.param("jsonpath={.items[*].a}", ("jsonpath={.items[*].a}",), id="no-globbing"),
        pytest.param("a #b", ("a", "#b"), id="no-comments"),
        pytest.param("~ *", ("~", "*"), id="no-expansion"),
        pytest.param("é 日本", ("é", "日本"), id="other-scripts"),
    ],
)
def test_words_are_split_as_a_shell_splits_them(text: str, words: tuple[str, ...]) -> None:
    assert read_line(text) == Line(words)


@pytest.mark.parametrize(
    ("text", "column"),
    [
        pytest.param("get 'pods", 5, id="single"),
        pytest.param('get "pods', 5, id="double"),
        pytest.param("say \"it's", 5, id="the-outer-one"),
        pytest.param("don't", 4, id="apostrophe"),
        pytest.param('a "b" c "', 9, id="the-last-one"),
        pytest.param('a "b\\"', 3, id="escaped-end"),
    ],
)
def test_an_open_quote_is_told_with_its_column(text: str, column: int) -> None:
    with pytest.raises(UsageError, match=f"at column {column} is not closed"):
        read_line(text)


def test_a_line_must_not_end_in_a_backslash() -> None:
    with pytest.raises(UsageError, match="backslash"):
        read_line("get pods \\")


@every(
    ("text", "sign", "column", "instead"),
    [
        pytest.param("get pods; get svc", "`;`", 9, "one by one", id="semicolon"),
        pytest.param("get pods && get svc", "`&&`", 10, "one by one", id="and"),
        pytest.param("get pods || get svc", "`||`", 10, "one by one", id="or"),
        pytest.param("get pods &", "`&`", 10, "one by one", id="background"),
        pytest.param("get pods\nget svc", "a second line", 9, "one by one", id="second-line"),
        pytest.param("get pods > f", "`>`", 10, "quotes", id="output"),
        pytest.param("get pods>>f", "`>>`", 9, "quotes", id="append"),
        pytest.param("apply -f - < f", "`<`", 12, "quotes", id="input"),
        pytest.param("apply -f - <<EOF", "`<<`", 12, "quotes", id="here-document"),
        pytest.param("get pods |& grep x", "`|&`", 10, "grep", id="both-streams"),
        pytest.param("logs $(get pods)", "`$(`", 6, "single quotes", id="substitution"),
        pytest.param("logs `get pods`", "a backtick", 6, "single quotes", id="backticks"),
        pytest.param('exec p -- sh -c "$(x)"', "`$(`", 18, "single quotes", id="in-double-quotes"),
        pytest.param('note "\\\\`x`"', "a backtick", 9, "single quotes", id="behind-a-backslash"),
    ],
)
def test_what_needs_a_shell_is_refused_with_what_works(
    text: str, sign: str, column: int, instead: str
) -> None:
    with pytest.raises(RefusedError) as caught:
        read_line(text)
    assert caught.value.text.startswith(f"error: {sign} at column {column} needs a shell")
    assert instead in caught.value.next_step


@pytest.mark.parametrize(
    ("text", "filters"),
    [
        pytest.param("get pods | grep web", (Grep("web"),), id="grep"),
        pytest.param("get pods|grep web", (Grep("web"),), id="without-spaces"),
        pytest.param("get pods | grep '|'", (Grep("|"),), id="quoted-pipe-is-data"),
        pytest.param("get pods | wc -l", (Count(),), id="count"),
        pytest.param("get pods | head -3 | tail -1", (Head(3), Tail(1)), id="several"),
    ],
)
def test_pipes_become_filters(text: str, filters: tuple[object, ...]) -> None:
    line = read_line(text)
    assert (line.words, line.filters) == (("get", "pods"), filters)


_SHELL = st.text(st.sampled_from("ab '\"\\$\t"), max_size=15)


@given(_SHELL)
def test_words_are_those_of_pythons_shlex(text: str) -> None:
    # Inside of double quotes shlex lets a backslash escape only itself and the quote.
    assume("\\$" not in text)
    try:
        expected = tuple(shlex.split(text))
    except ValueError:
        with pytest.raises(UsageError):
            read_line(text)
        return
    assert read_line(text).words == expected


@given(st.from_regex("[A-Za-z0-9 ./:=,_@%+-]*", fullmatch=True))
def test_words_without_any_sign_of_a_shell_are_those_between_spaces(text: str) -> None:
    assert is_plain(text)
    assert read_line(text) == Line(tuple(shlex.split(text)))


@pytest.mark.parametrize("sign", "'\"\\|;&<>`$#*~\t\n—“\u00a0é")
def test_a_text_with_a_sign_that_may_mean_something_is_not_plain(sign: str) -> None:
    assert not is_plain(f"get {sign}")


@given(st.lists(st.text()))
def test_quoted_words_are_read_back(words: list[str]) -> None:
    assert read_line(shlex.join(words)) == Line(tuple(words))


@given(st.text())
def test_any_text_is_split_or_refused(text: str) -> None:
    refused = ""
    try:
        assert isinstance(read_line(text), Line)
    except (UsageError, RefusedError) as error:
        refused = error.text
    assert not refused or refused.startswith("error: ")
