"""What stands in a place of a template is one value, whatever is in it."""

from datetime import timedelta

import promql_parser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.measures import Unit
from bot.core.metrics import Reach
from bot.core.signals import Signal
from bot.prometheus.guard import narrowed
from bot.prometheus.limits import Limits
from bot.prometheus.signals import BUILT_IN, with_built_in
from bot.prometheus.templates import SAMPLE, App, Pods, batches, check, filled, first_of

TEXTS = st.text(st.characters(codec="utf-8"))
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def app(namespace: str = "shop", name: str = "web", pods: Pods | None = None) -> App:
    return App(namespace, name, pods or Pods(("web-0",)), 5 * MINUTE, HOUR)


def selector(expression: str) -> dict[str, str]:
    tree = promql_parser.parse(expression)
    assert isinstance(tree, promql_parser.VectorSelector)
    assert tree.matchers.or_matchers == []
    return {one.name: one.value for one in tree.matchers.matchers}


def test_each_place_is_filled_with_its_type() -> None:
    template = "sum(rate(a{namespace=$namespace,app=$name,pod=~$pods}[$window])) / b[$range]"
    assert filled(template, app()) == (
        'sum(rate(a{namespace="shop",app="web",pod=~"web-0"}[5m])) / b[1h]'
    )


@given(TEXTS, TEXTS)
def test_no_value_can_be_more_than_a_value(namespace: str, name: str) -> None:
    found = selector(filled("a{namespace=$namespace,app=$name}", app(namespace, name)))
    assert found == {"namespace": namespace, "app": name}


@pytest.mark.parametrize("text", ['x"} or secret{a="', "$name", "$namespace", "\\", "\n", "#"])
def test_what_a_value_holds_is_not_filled_again(text: str) -> None:
    found = selector(filled("a{namespace=$namespace,app=$name}", app(text, "web")))
    assert found == {"namespace": text, "app": "web"}


def test_a_dollar_in_quotes_is_a_dollar() -> None:
    template = 'label_replace(a{pod=~$pods}, "x", "$1-$name", "pod", "(.*)") # $name'
    assert '"$1-$name"' in filled(template, app())
    assert '=~"web-0"' in filled(template, app())


@pytest.mark.parametrize(
    ("pods", "pattern"),
    [
        (Pods(("web-0", "web.1")), "web-0|web[.]1"),
        (Pods(owners=("web-6d5f",), tail="-[a-z0-9]{5}"), "(?:web-6d5f)-[a-z0-9]{5}"),
        (Pods(owners=("a", "b"), tail="-[0-9]+"), "(?:a|b)-[0-9]+"),
        (Pods((".*|x",)), "[.][*][|]x"),
        (Pods(("a^b]\\",)), "a\\^b\\]\\\\"),
        (Pods(), ""),
    ],
)
def test_names_of_pods_are_a_pattern_of_themselves(pods: Pods, pattern: str) -> None:
    assert pods.pattern() == pattern
    found = selector(filled("a{pod=~$pods,b='c'}", app(pods=pods)))
    assert found["pod"] == pattern


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("a{pod=~$pod}", r"\$pod is unknown; there are"),
        ('a{namespace="$namespace"}', r"\$namespace stands in quotes"),
        ("a{namespace='x-$name'}", r"\$name stands in quotes"),
        ("sum(a", "unclosed left parenthesis"),
        ("a[$namespace]", "inside brackets"),
        ("", "no expression"),
    ],
)
def test_what_is_no_template_is_told(template: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        check(template)


def test_the_first_with_data_holds() -> None:
    assert first_of(["a"], SAMPLE) == "a"
    assert first_of(["a", "b", "c{d=$name}"], SAMPLE) == '((a) or (b)) or (c{d="web"})'


def test_what_would_be_too_long_is_asked_for_in_pieces() -> None:
    many = Pods(owners=tuple(f"checkout-{number:050}" for number in range(8)), tail="-[a-z0-9]{5}")
    [errors] = [signal for signal in BUILT_IN if signal.name == "errors"]
    pieces = list(batches(errors.expressions, app(pods=many)))
    assert len(pieces) > 1
    assert sum(piece.count("/ sum(") for piece in pieces) == len(errors.expressions)
    for piece in pieces:
        assert narrowed(piece, Reach(("shop",)), "namespace")
    assert list(batches(["a", "b"], SAMPLE)) == ["(a) or (b)"]


@pytest.mark.parametrize("signal", BUILT_IN, ids=lambda signal: signal.name)
def test_what_is_built_in_can_be_asked_by_everybody(signal: Signal) -> None:
    for templates in (signal.expressions, signal.request, signal.limit):
        for template in templates:
            check(template)
        if templates:
            whole = first_of(templates, SAMPLE)
            assert narrowed(whole, Reach(("shop",)), "namespace", Limits())
            assert narrowed(whole, Reach(), "namespace", Limits()) == whole


def test_ones_own_signal_takes_the_place_of_a_built_in_one() -> None:
    own = Signal("latency", "Slowest", ("max(a)",), Unit("seconds"))
    queue = Signal("queue", "Jobs that wait", ("sum(b)",))
    found = with_built_in((queue, own))
    assert [one.name for one in found] == [*(one.name for one in BUILT_IN), "queue"]
    assert found[[one.name for one in found].index("latency")] is own
