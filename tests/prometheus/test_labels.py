"""Which labels are columns, and how series are written."""

import promql_parser as promql
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.prometheus.labels import Layout, layout, listed, selector, title

WEB = {"__name__": "up", "job": "web", "pod": "web-1", "namespace": "shop"}


def test_labels_that_never_differ_are_said_once() -> None:
    found = layout([WEB, {**WEB, "pod": "web-2"}])
    assert found == Layout(("pod",), {"__name__": "up", "namespace": "shop", "job": "web"})
    assert listed(found.same) == "up, namespace=shop, job=web"


def test_a_single_series_has_its_labels_as_columns() -> None:
    assert layout([WEB]) == Layout(("__name__", "namespace", "job", "pod"), {})


def test_a_label_that_only_some_have_is_a_column() -> None:
    assert layout([WEB, {"__name__": "up"}]).columns == ("namespace", "job", "pod")


def test_what_people_know_comes_before_what_machines_do() -> None:
    series = [
        {"id": f"/kubepods/{n}", "uid": f"u{n}", "name": f"k8s_{n}", "image": f"registry/{n}",
         "pod": f"web-{n}", "container": f"c{n}", "node": f"n{n}", "instance": f"i{n}"}
        for n in range(3)
    ]  # fmt: skip
    found = layout(series)
    assert found.columns == ("container", "instance", "node", "pod", "uid")
    assert found.hidden == ("id", "image", "name")


def test_a_label_is_shown_that_alone_tells_two_apart() -> None:
    names = [f"l{n}" for n in range(7)]
    same = dict.fromkeys(names[:6], "a")
    series = [{**same, "l6": "long value 1"}, {**same, "l6": "long value 2"},
              {**dict.fromkeys(names[:6], "b"), "l6": "long value 1"}]  # fmt: skip
    found = layout(series)
    assert "l6" in found.columns
    assert found.hidden == ("l5",)


def test_everything_is_shown_where_it_is_wanted() -> None:
    found = layout([WEB, {**WEB, "pod": "web-2"}], everything=True)
    assert found == Layout(("__name__", "namespace", "job", "pod"), {})


def test_nothing_has_no_labels() -> None:
    assert layout([]) == Layout((), {})
    assert layout([{}, {}]) == Layout((), {})


def test_a_metrics_name_is_a_column_of_its_own() -> None:
    assert (title("__name__"), title("pod")) == ("METRIC", "POD")


@pytest.mark.parametrize(
    ("labels", "written"),
    [
        (WEB, 'up{namespace="shop", job="web", pod="web-1"}'),
        ({"__name__": "up"}, "up"),
        ({"job": 'a"b\\'}, '{job="a\\"b\\\\"}'),
        ({"__name__": "http.requests", "a.b": "c"}, '{"http.requests", "a.b"="c"}'),
        ({}, "{}"),
    ],
)
def test_a_series_is_written_as_its_selector(labels: dict[str, str], written: str) -> None:
    assert selector(labels) == written


@given(st.dictionaries(st.text(min_size=1), st.text(), min_size=1, max_size=4))
def test_a_selector_reads_back_to_its_labels(labels: dict[str, str]) -> None:
    labels.pop("__name__", None)
    read = promql.parse(selector({"__name__": "up", **labels}))
    assert isinstance(read, promql.VectorSelector)
    assert {one.name: one.value for one in read.matchers.matchers} == labels


@given(st.lists(st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from("xyz")), max_size=8))
def test_columns_tell_apart_what_labels_do(series: list[dict[str, str]]) -> None:
    columns = layout(series).columns
    shown = {tuple(labels.get(name) for name in columns) for labels in series}
    assert len(shown) == len({tuple(sorted(labels.items())) for labels in series})
