"""The workloads that series are about."""

from bot.core.metrics import Reach
from bot.core.releases import Seen
from bot.prometheus.workloads import workloads
from tests.every import every

EVERYWHERE, SHOP = Reach(), Reach(("shop",))
POD = {"namespace": "shop", "pod": "web-7f9c6b5d4-2xkqp"}


@every(
    ("series", "expression", "reach", "seen"),
    [
        ([POD], "x", EVERYWHERE, [Seen("shop", pods=frozenset({POD["pod"]}))]),
        (
            [{"namespace": "shop", "deployment": "web", "pod": "a"}],
            "x",
            EVERYWHERE,
            [Seen("shop", frozenset({"web"}))],
        ),
        ([{"namespace": "a"}, {"namespace": "b"}], "x", EVERYWHERE, [Seen("a"), Seen("b")]),
        # One that is about all of a namespace makes the others needless.
        ([POD, {"namespace": "shop"}], "x", EVERYWHERE, [Seen("shop")]),
        ([{}], "sum(x)", SHOP, [Seen("shop")]),
        ([{}], "sum(x)", EVERYWHERE, []),
        ([{}], "sum(x)", Reach(("shop", "ops")), []),
        (
            [{}],
            'sum(x{namespace="ops", deployment="db"})',
            EVERYWHERE,
            [Seen("ops", frozenset({"db"}))],
        ),
        ([{"deployment": "web"}], "x", EVERYWHERE, []),
    ],
)
def test_labels_and_matchers_tell_whom_series_are_about(
    series: list[dict[str, str]], expression: str, reach: Reach, seen: list[Seen]
) -> None:
    assert list(workloads(series, expression, reach, "namespace")) == seen


def test_a_source_may_have_another_label_for_the_namespace() -> None:
    series = [{"namespace": "monitoring", "kube_ns": "shop", "deployment": "web"}, {}]
    found = workloads(series, 'x{kube_ns="ops",deployment="db"}', EVERYWHERE, "kube_ns")
    assert list(found) == [Seen("shop", frozenset({"web"})), Seen("ops", frozenset({"db"}))]
