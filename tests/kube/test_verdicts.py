"""What a table's rows come to, and which of them is worst."""

from collections.abc import Sequence

from bot.core.reply import Row
from bot.kube.verdicts import Tally, known, worst_first
from tests.every import every

PODS = ("NAME", "READY", "STATUS", "RESTARTS", "AGE")
WELL = ("web-1", "1/1", "Running", "0", "3d")
DONE = ("migrate-1", "0/1", "Completed", "0", "3d")
PULL = ("web-2", "0/1", "ImagePullBackOff", "0", "6m")
CRASH = ("api-1", "0/1", "CrashLoopBackOff", "12 (40s ago)", "3d")
FRESH = ("web-3", "0/1", "ContainerCreating", "0", "3s")
UNREADY = ("web-4", "1/2", "Running", "1", "3d")
PENDING = ("web-5", "0/1", "Pending", "0", "2h")
ENDING = ("web-6", "1/1", "Terminating", "0", "3d")


def verdict(columns: tuple[str, ...], *pages: Sequence[Row]) -> str:
    tally = Tally()
    for page in pages:
        tally.add(columns, page)
    return tally.verdict()


@every(
    ("rows", "text"),
    [
        ([WELL, DONE], ""),
        ([PULL], ""),
        ([], ""),
        ([WELL, PULL], "1 of 2 pods is not ready: web-2 ImagePullBackOff for 6m"),
        (
            [WELL, CRASH],
            "1 of 2 pods is not ready: api-1 CrashLoopBackOff (12 restarts, the last 40s ago)",
        ),
        ([WELL, UNREADY], "1 of 2 pods is not ready: web-4 1/2 ready (1 restart)"),
        ([WELL, ENDING], "1 of 2 pods is not ready: web-6 Terminating"),
        (
            [FRESH, UNREADY, PENDING, PULL, CRASH],
            "5 of 5 pods are not ready: api-1 CrashLoopBackOff (12 restarts, the last 40s ago),"
            " web-2 ImagePullBackOff for 6m, web-5 Pending for 2h, and 2 more",
        ),
    ],
)
def test_a_table_of_pods_has_a_verdict_where_it_needs_one(
    rows: list[tuple[str, ...]], text: str
) -> None:
    assert verdict(PODS, rows) == text


def test_pages_are_counted_together() -> None:
    pages = [[WELL] * 500, [WELL] * 499 + [PULL]]
    assert verdict(PODS, *pages) == "1 of 1,000 pods is not ready: web-2 ImagePullBackOff for 6m"


def test_a_name_has_its_namespace_and_no_type() -> None:
    row = ("shop", f"pod/{PULL[0]}", *PULL[1:])
    wide = ("NAMESPACE", *PODS)
    text = "2 of 2 pods are not ready: shop/web-2 ImagePullBackOff for 6m, shop/web-2"
    assert verdict(wide, [row, row]).startswith(text)


def test_deployments_are_told_by_what_is_ready() -> None:
    columns = ("NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE")
    rows = [
        ("a", "3/3", "3", "3", "1d"),
        ("b", "1/3", "3", "1", "1d"),
        ("c", "0/0", "0", "0", "1d"),
    ]
    assert verdict(columns, rows) == "1 of 3 deployments is not ready: b 1/3 ready"


def test_nodes_are_told_by_whether_they_take_pods() -> None:
    columns = ("NAME", "STATUS", "ROLES", "AGE", "VERSION")
    status = ("Ready", "Ready,SchedulingDisabled", "NotReady", "NotReady,SchedulingDisabled")
    rows = [(f"n{n}", text, "<none>", "1d", "v1") for n, text in enumerate(status)]
    assert verdict(columns, rows) == (
        "3 of 4 nodes take no new pods: n2 NotReady, n3 NotReady, SchedulingDisabled,"
        " n1 SchedulingDisabled"
    )


def test_other_tables_have_no_verdict_and_keep_their_order() -> None:
    columns, rows = ("NAME", "STATUS"), [("b", "Bad"), ("a", "Bad")]
    assert verdict(columns, rows) == ""
    assert not known(columns)
    assert worst_first(columns, rows) == rows


def test_the_worst_comes_first_and_what_is_well_as_it_came() -> None:
    again = ("api-2", "0/1", "CrashLoopBackOff", "40 (9s ago)", "3d")
    rows = [WELL, FRESH, UNREADY, DONE, PENDING, CRASH, PULL, again]
    assert worst_first(PODS, rows) == [again, CRASH, PULL, PENDING, UNREADY, FRESH, WELL, DONE]


def test_a_row_that_is_no_pods_is_not_judged() -> None:
    odd = ("x", "?", "", "", "")
    assert verdict(PODS, [odd, odd]) == ""
