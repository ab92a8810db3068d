"""A condition is true, false, or neither where there is nothing to tell it by."""

import math

from bot.core.metrics import Answer, Histogram, Reach, Series, Shape
from bot.prometheus.conditions import look, read_condition
from tests.engine.observed import FakeMetrics, Watched
from tests.every import every


def vector(*values: float) -> Answer:
    return Answer(Shape.VECTOR, tuple(Series({}, ((0.0, value),)) for value in values))


def scalar(value: float) -> Answer:
    return Answer(Shape.SCALAR, (Series({}, ((0.0, value),)),))


EMPTY = Answer(Shape.VECTOR)
COUNTED = Answer(Shape.VECTOR, (Series({}, ((0.0, Histogram(3, 1.0)),)),))


def there(*sides: str) -> tuple[str, ...]:
    """Return what is asked to know whether series are there."""
    return tuple(f"count({side} >= -Inf)" for side in sides)


@every(
    ("expression", "sides", "numeric"),
    [
        ("up == 0", there("up"), False),
        ("5 < sum(rate(a[5m]))", there("sum(rate(a[5m]))"), False),
        ("(a) > (b)", there("(a)", "(b)"), False),
        ("a > bool 5", there("a"), True),
        ("a > 1 and (b < 2 or c == 3)", there("a", "b", "c"), False),
        ("a > bool 1 or b > 2", there("a", "b"), False),
        ("a > 1 unless on (pod) b", there("a"), False),
        ('a{x="y\\"z"} != 1', there('a{x="y\\"z"}'), False),
        ("scalar(a) > bool 5", ("scalar(a)",), True),
        ("sum(a > 5)", (), False),
        ("a", (), False),
        ("1 == 1", (), False),
        ("not a query (", (), False),
        ("(" * 50_000 + "a" + ")" * 50_000 + " > 5", (), False),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_compared_is_known(expression: str, sides: tuple[str, ...], numeric: bool) -> None:
    condition = read_condition(expression)
    assert (condition.sides, condition.numeric) == (sides, numeric)


@every(
    ("expression", "answers", "holds", "shown"),
    [
        ("a > 5", {"a > 5": vector(6, 7)}, True, 2),
        ("a > 5", {"a > 5": EMPTY, "count(a >= -Inf)": vector(1)}, False, 0),
        ("a > 5", {"a > 5": EMPTY}, None, 0),
        ("a > b", {"count(b >= -Inf)": vector(1)}, False, 0),
        ("a", {"a": vector(0)}, True, 1),
        ("a", {}, False, 0),
        ("a", {"a": COUNTED}, True, 1),
        ("a > bool 5", {"a > bool 5": vector(0, 1, 0)}, True, 1),
        ("a > bool 5", {"a > bool 5": vector(0, 0)}, False, 0),
        ("a > bool 5", {}, None, 0),
        ("scalar(a) > bool 5", {"scalar(a) > bool 5": scalar(1)}, True, 1),
        ("scalar(a) > bool 5", {"scalar(a) > bool 5": scalar(0), "scalar(a)": scalar(1)}, False, 0),
        (
            "scalar(a) > bool 5",
            {"scalar(a) > bool 5": scalar(0), "scalar(a)": scalar(math.nan)},
            None,
            0,
        ),
        ("scalar(a)", {"scalar(a)": scalar(math.nan)}, None, 0),
        ('"x"', {'"x"': Answer(Shape.STRING, text="x")}, None, 0),
    ],
)
async def test_a_look_tells_false_from_nothing(
    expression: str, answers: dict[str, Answer], holds: bool | None, shown: int
) -> None:
    sight = await look(FakeMetrics(Watched(answers), Reach(), "x"), expression)
    assert sight.holds is holds
    assert len(sight.series) == shown


@every(
    ("expression", "pods"), [("a > 5", ["web-1", "web-2"]), ("topk(2, a > 5)", ["web-2", "web-1"])]
)
async def test_series_of_which_it_is_true_follow_their_labels_unless_they_are_ranked(
    expression: str, pods: list[str]
) -> None:
    found = [Series({"pod": pod}, ((0.0, 6.0),)) for pod in ("web-2", "web-1")]
    answer = Answer(Shape.VECTOR, tuple(found))
    sight = await look(FakeMetrics(Watched({expression: answer}), Reach(), "x"), expression)
    assert [one.labels["pod"] for one in sight.series] == pods


async def test_what_is_compared_is_asked_for_only_where_there_was_no_answer() -> None:
    watched = Watched({"a > 5": vector(6)})
    await look(FakeMetrics(watched, Reach(), "x"), "a > 5")
    assert [asked for asked, *_ in watched.asked] == ["a > 5"]
