"""What stands in a place of a template is one value, whatever is in it."""

from dataclasses import replace
from datetime import timedelta

import promql_parser
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.errors import UsageError
from bot.core.measures import Unit
from bot.core.metrics import Reach
from bot.core.parameters import Parameter
from bot.core.signals import Signal
from bot.prometheus.guard import narrowed
from bot.prometheus.limits import Limits
from bot.prometheus.signals import BUILT_IN, with_built_in
from bot.prometheus.templates import SAMPLE, App, Pods, batches, check, filled, first_of
from tests.every import every

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


def test_the_label_of_the_namespace_is_the_sources() -> None:
    labelled = replace(SAMPLE, label="kube_ns")
    assert filled("sum by ($namespace_label) (a{$namespace_label=$namespace})", labelled) == (
        'sum by (kube_ns) (a{kube_ns="shop"})'
    )
    for signal in BUILT_IN:
        for templates in (signal.expressions, signal.request, signal.limit):
            sent = first_of(templates, labelled) if templates else ""
            assert "namespace=" not in sent.replace("destination_workload_namespace=", "")


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


CHOSEN = (
    Parameter("share", "number"),
    Parameter("queue", "text"),
    Parameter("span", "duration"),
    Parameter("app", "name"),
)
HOSTILE = st.sampled_from(
    [
        'x"} or secret{a="',
        "1, secret",
        "1) or (secret",
        "5m] or secret[5m",
        "5m] offset 1y",
        "0.5 or secret",
        "-1",
        "1e9",
        "Inf",
        "0x1",
        "1_000",
        "$queue",
        "#",
        "`",
        "\\",
        "5m\n",
        "٣",
    ]
)
VALUES = HOSTILE | st.text(max_size=20)


@given(
    HOSTILE | st.from_regex(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", fullmatch=True),
    VALUES,
    HOSTILE | st.from_regex(r"([0-9]{1,6}(ms|[smhdwy])){1,3}", fullmatch=True),
    VALUES | st.from_regex(r"[a-z]{1,9}", fullmatch=True),
)
@example("-0.5", 'x"} or secret{a="', "1d30m", "web")
@example("99.5", "ä $app # `", "99y", "web")
def test_what_somebody_chooses_is_one_value_or_refused(
    share: str, queue: str, span: str, name: str
) -> None:
    template = "quantile_over_time($share, a{queue=$queue,app=$app}[$span])"
    given = {"share": share, "queue": queue, "span": span, "app": name}
    try:
        sent = filled(template, replace(SAMPLE, given=given).of(CHOSEN))
    except UsageError:
        return
    if not span.strip("0smhdwy"):
        with pytest.raises(ValueError, match="greater than 0"):
            promql_parser.parse(sent)
        return
    tree = promql_parser.parse(sent)
    assert isinstance(tree, promql_parser.Call)
    number, series = tree.args
    assert number.prettify().strip("()") == promql_parser.parse(share).prettify()
    assert isinstance(series, promql_parser.MatrixSelector)
    assert promql_parser.display_duration(series.range)
    assert series.vector_selector.offset is None
    matchers = series.vector_selector.matchers
    assert matchers.or_matchers == []
    assert {one.name: one.value for one in matchers.matchers} == {"queue": queue, "app": name}
    guarded = narrowed(sent, Reach(("shop",)), "namespace", Limits(window=timedelta(days=10**6)))
    assert guarded.count("namespace=") == 1


def test_a_value_below_zero_is_as_much_as_it_says() -> None:
    chosen = replace(SAMPLE, given={"share": "-1"}).of(CHOSEN[:1])
    assert filled("$share ^ 2", chosen) == "(-1) ^ 2"


def test_what_nobody_chose_and_has_no_default_is_asked_for() -> None:
    parameters = (Parameter("queue", "text", ("mail", "jobs")), Parameter("share", "number"))
    with pytest.raises(UsageError, match=r"it needs queue=mail\|jobs share=NUMBER"):
        SAMPLE.of(parameters)


@pytest.mark.parametrize(
    "template",
    ["a[1$span]", "a[$span$span]", "a * 1.$share", "a * $share.5", "a$share", "a * 5$share"],
)
def test_a_value_becomes_no_part_of_what_stands_beside_it(template: str) -> None:
    with pytest.raises(ValueError, match="needs a space"):
        check(template, CHOSEN)


@pytest.mark.parametrize(
    "template",
    ["a{b=$share}", "a[$queue]", "a[$app]", "topk($app, a)", 'a{b="$queue"}'],
)
def test_a_value_of_another_type_is_no_template(template: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        check(template, CHOSEN)


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


@every("signal", BUILT_IN, ids=lambda signal: signal.name)
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
