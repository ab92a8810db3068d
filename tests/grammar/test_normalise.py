import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import RefusedError, UsageError
from bot.core.request import Surface
from bot.grammar.normalise import normalise
from tests.every import every

SLACK = (Surface.SLASH, Surface.MENTION, Surface.DIRECT)


@every("surface", SLACK)
@every(
    ("typed", "meant"),
    [
        pytest.param("get pods", "get pods", id="nothing-to-undo"),
        pytest.param("  get pods \n", "get pods", id="surrounding-space"),
        pytest.param("get pods —namespace shop", "get pods --namespace shop", id="em-dash"),
        pytest.param("get pods –namespace=shop", "get pods --namespace=shop", id="en-dash"),
        pytest.param("get pods —n shop", "get pods -n shop", id="dash-before-one-letter"),
        pytest.param("get pods —o=wide", "get pods -o=wide", id="dash-before-one-letter-and-value"),
        pytest.param("—all", "--all", id="dash-at-the-start"),
        pytest.param("exec web — ls", "exec web -- ls", id="dash-alone-ends-the-flags"),
        pytest.param("exec web — ls —l", "exec web -- ls —l", id="dash-behind-a-lone-dash"),
        pytest.param("exec web -- ls —l", "exec web -- ls —l", id="dash-behind-the-terminator"),
        pytest.param("note a—b", "note a—b", id="dash-inside-of-a-word"),
        pytest.param("note 'x —all'", "note 'x —all'", id="dash-inside-of-single-quotes"),
        pytest.param("note “x —all”", 'note "x —all"', id="dash-inside-of-curly-quotes"),
        pytest.param(r"note \' —all", r"note \' --all", id="dash-behind-an-escaped-quote"),
        pytest.param("logs web | head —5", "logs web | head —5", id="dash-before-a-digit"),
        pytest.param("a “b” „c‟ «d»", 'a "b" "c" "d"', id="double-quotes"),
        pytest.param("a ‘b’ ‚c‛", "a 'b' 'c'", id="single-quotes"),
        pytest.param("get\u00a0pods\u202f-n\u2007shop", "get pods -n shop", id="odd-spaces"),
        pytest.param("get\u3000pods\t-A", "get pods -A", id="wide-space-and-tab"),
        pytest.param("get\u200b po\u200dds\ufeff", "get pods", id="zero-width"),
        pytest.param("`get pods`", "get pods", id="backticks"),
        pytest.param("```get pods```", "get pods", id="fence"),
        pytest.param("```\nget pods\n```", "get pods", id="fence-on-its-own-lines"),
        pytest.param("` get pods ` ", "get pods", id="backticks-with-spaces"),
        pytest.param("kubectl `get pods`", "kubectl get pods", id="backticks-behind-a-command"),
        pytest.param("deck ```\nuse shop\n```", "deck use shop", id="fence-behind-a-command"),
        pytest.param("Get Pods", "get Pods", id="a-phone-begins-a-sentence"),
        pytest.param("Kubectl Get pods", "kubectl get pods", id="a-phone-begins-with-kubectl"),
        pytest.param("kubectl Get pods", "kubectl get pods", id="capital-behind-a-command"),
        pytest.param("“Get” pods", '"Get" pods', id="capital-in-quotes"),
        pytest.param("prom Up", "prom Up", id="capital-of-a-metric"),
        pytest.param("GET pods", "GET pods", id="shouted"),
        pytest.param("prom `up`", "prom `up`", id="backticks-are-quotes-of-promql"),
        pytest.param("``", "``", id="backticks-around-nothing"),
        pytest.param("get pods \\\n  -n shop", "get pods  -n shop", id="continued-line"),
        pytest.param("a &lt;b&gt; &amp; c", "a <b> & c", id="entities"),
        pytest.param("a &amp;lt; c", "a &lt; c", id="entities-are-decoded-once"),
        pytest.param("a &nbsp; &quot;", "a &nbsp; &quot;", id="other-entities-are-data"),
        pytest.param("get <http://shop.io|shop.io>", "get shop.io", id="link"),
        pytest.param("get <http://shop.io/|shop.io>", "get shop.io", id="link-with-slash"),
        pytest.param(
            "get <https://shop.io/a?b=1&amp;c=2>", "get https://shop.io/a?b=1&c=2", id="bare"
        ),
        pytest.param("x=<http://a.b/c:1|a.b/c:1>", "x=a.b/c:1", id="link-inside-of-a-word"),
        pytest.param("to <mailto:a@b.io|a@b.io>", "to a@b.io", id="mail"),
        pytest.param("to <tel:10.96.0.1|10.96.0.1>", "to 10.96.0.1", id="telephone"),
        pytest.param("<https://shop.io|https://shop.io>", "https://shop.io", id="label-is-the-url"),
        pytest.param("<http://Shop.io|shop.io>", "shop.io", id="host-names-have-no-case"),
    ],
)
def test_what_slack_and_keyboards_changed_is_put_back(
    typed: str, meant: str, surface: Surface
) -> None:
    assert normalise(typed, surface) == meant


@every(
    ("typed", "part"),
    [
        pytest.param("get <http://evil.io|shop.io>", "shop.io", id="another-host"),
        pytest.param("get <http://shop.io.evil.io|shop.io>", "evil", id="longer-host"),
        pytest.param("get <http://evil.io/shop.io|shop.io>", "evil", id="host-in-the-path"),
        pytest.param("get po\u202eds", "U+202E", id="right-to-left-override"),
        pytest.param("get \u2066pods\u2069", "U+2066", id="isolate"),
        pytest.param("get \u200epods", "U+200E", id="left-to-right-mark"),
        pytest.param("get pods\x1b[2J", "U+001B", id="escape"),
        pytest.param("get pods\x00", "U+0000", id="nul"),
        pytest.param("get \ud800", "U+D800", id="lone-surrogate"),
        pytest.param("get \U000e0041", "U+E0041", id="tag"),
    ],
)
def test_what_deceives_the_eye_is_refused(typed: str, part: str) -> None:
    with pytest.raises(RefusedError, match=part.replace("+", r"\+")) as caught:
        normalise(typed, Surface.MENTION)
    assert caught.value.next_step


def test_a_hidden_character_is_told_with_its_column() -> None:
    with pytest.raises(RefusedError, match=r"\(U\+202E\) stands at column 7"):
        normalise("get po\u202eds", Surface.MENTION)


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("logs <@U012AB3CD>", id="person"),
        pytest.param("logs <@U012AB3CD|jane>", id="person-with-name"),
        pytest.param("get pods -n <#C123|shop>", id="channel"),
        pytest.param("get <!here>", id="everyone"),
        pytest.param("get <!date^1^{date}|x>", id="date"),
    ],
)
def test_a_mention_is_no_name_in_the_cluster(typed: str) -> None:
    with pytest.raises(UsageError, match="is a mention"):
        normalise(typed, Surface.SLASH)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028", "\x0b", "\x85"])
def test_several_lines_are_refused_in_chat(end: str) -> None:
    with pytest.raises(UsageError, match="several lines"):
        normalise(f"get pods{end}delete pod web", Surface.DIRECT)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        pytest.param("get -l 'a<b' x=&amp;", "get -l 'a<b' x=&amp;", id="bare-less-than"),
        pytest.param("note a&b &lt;", "note a&b &lt;", id="bare-ampersand"),
        pytest.param("note <http://a.b|a.b> &lt;", "note a.b <", id="a-link-proves-nothing"),
    ],
)
def test_a_slash_command_that_slack_did_not_escape_is_not_decoded(typed: str, meant: str) -> None:
    assert normalise(typed, Surface.SLASH) == meant


def test_a_terminal_changes_nothing() -> None:
    typed = "exec web -- echo “—n” &amp; \u202e\n"
    assert normalise(typed, Surface.TERMINAL) == typed


@given(st.text(), st.sampled_from(Surface))
def test_any_text_is_put_back_or_refused(text: str, surface: Surface) -> None:
    refused = ""
    try:
        assert isinstance(normalise(text, surface), str)
    except (UsageError, RefusedError) as error:
        refused = error.text
    assert not refused or refused.startswith("error: ")


@given(st.from_regex("[A-Za-z0-9 ./:=,_@%+-]*", fullmatch=True), st.sampled_from(Surface))
def test_plain_words_are_what_was_typed_but_for_the_capital_of_the_verb(
    text: str, surface: Surface
) -> None:
    typed, read = text.strip(), normalise(text, surface).strip()
    assert len(read) == len(typed)
    changed = [at for at, letter in enumerate(read) if letter != typed[at]]
    assert not (changed and surface is Surface.TERMINAL)
    for at in changed:
        assert read[at] == typed[at].lower()
    before = typed[: max(changed, default=0)].lower().split()
    assert set(before) <= {"kubectl", "deck", "k"}


_TYPED = st.text(st.sampled_from("ab —–-'\"“”‘`\\|=\u00a0\u200b\n"), max_size=20)


@given(_TYPED)
def test_a_line_that_was_put_back_stays_as_it_is(text: str) -> None:
    try:
        once = normalise(text, Surface.MENTION)
    except UsageError:
        return
    assert normalise(once, Surface.MENTION) == once
