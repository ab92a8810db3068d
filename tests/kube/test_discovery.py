"""Which type a word means, in a small cluster's discovery."""

import pytest

from bot.core.errors import NotFoundError
from bot.kube.discovery import Catalogue, read
from tests.every import every
from tests.kube.catalogue import API, APIS, document, group, resource


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read((API, APIS))


@every(
    ("typed", "meant"),
    [
        ("pods", "pods/v1"),
        ("pod", "pods/v1"),
        ("Pod", "pods/v1"),
        ("PODS", "pods/v1"),
        ("po", "pods/v1"),
        ("podmetrics", "pods.metrics.k8s.io/v1beta1"),
        ("deploy", "deployments.apps/v1"),
        ("deployments.apps", "deployments.apps/v1"),
        ("deploy.apps", "deployments.apps/v1"),
        ("deployment.v1.apps", "deployments.apps/v1"),
        ("deployments.v1beta1.apps", "deployments.apps/v1beta1"),
        ("deployments.app", "deployments.apps/v1"),
        ("deployments.extensions", "deployments.extensions.example.org/v1"),
        ("events", "events/v1"),
        ("ev", "events/v1"),
        ("events.events.k8s.io", "events.events.k8s.io/v1"),
        ("pods.", "pods/v1"),
        ("pods.v1.", "pods/v1"),
        ("pods.metrics.k8s.io", "pods.metrics.k8s.io/v1beta1"),
        ("pods.v1beta1.metrics.k8s.io", "pods.metrics.k8s.io/v1beta1"),
        ("widgets.example.org", "widgets.example.org/v1"),
        ("wd", "widgets.example.org/v1"),
        ("svc", "services/v1"),
        ("no", "nodes/v1"),
    ],
)
def test_a_word_means_one_type(catalogue: Catalogue, typed: str, meant: str) -> None:
    found = catalogue.find(typed)
    assert f"{found.qualified}/{found.version}" == meant


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("foo", '"foo"'),
        ("pods.v1", '"pods" in group "v1"'),
        ("foo.apps", '"foo" in group "apps"'),
        ("", '""'),
        ("deployments.v2.apps", '"deployments" in group "v2.apps"'),
        ("all", '"all"'),
    ],
)
def test_an_unknown_word_is_told_as_kubectl_tells_it(
    catalogue: Catalogue, typed: str, text: str
) -> None:
    with pytest.raises(NotFoundError) as caught:
        catalogue.find(typed)
    assert caught.value.text == f"error: the server doesn't have a resource type {text}"


@pytest.mark.parametrize(
    ("typed", "step"),
    [
        ("deploymnts", "Did you mean `deployments`? `api-resources` lists the types."),
        ("evnet.v1", "Did you mean `events`? `api-resources` lists the types."),
        ("evnts", "Did you mean `events`? `api-resources` lists the types."),
        ("deploymnts.app", "Did you mean `deployments.apps`? `api-resources` lists the types."),
        (
            "frobs",
            "Name its type before a name, as in `deploy/web`; `api-resources` lists the types.",
        ),
    ],
)
def test_an_unknown_word_is_answered_with_the_types_near_it(
    catalogue: Catalogue, typed: str, step: str
) -> None:
    with pytest.raises(NotFoundError) as caught:
        catalogue.find(typed)
    assert caught.value.next_step == step


def test_a_category_has_each_type_once_in_discoverys_order(catalogue: Catalogue) -> None:
    assert [found.qualified for found in catalogue.in_category("all")] == [
        "pods",
        "services",
        "daemonsets.apps",
        "deployments.apps",
        "statefulsets.apps",
        "widgets.example.org",
    ]
    assert catalogue.in_category("none") == ()


def test_what_discovery_says_of_a_type_is_kept(catalogue: Catalogue) -> None:
    deployments = catalogue.find("deploy")
    assert deployments.kind == "Deployment"
    assert deployments.namespaced
    assert deployments.subresources == ("scale", "status")
    assert "patch" in deployments.verbs
    assert not catalogue.find("nodes").namespaced


def test_a_plural_beats_another_types_short_name() -> None:
    named = document(
        group("", ("v1", [resource("apples", "Apple", "pears"), resource("pears", "Pear")]))
    )
    assert read((named,)).find("pears").kind == "Pear"


def test_what_cannot_be_read_is_left_out() -> None:
    broken = resource("things", "")
    stale = {"version": "v1", "freshness": "Stale"}
    listed = document(
        group("", ("v1", [broken])), {"metadata": {"name": "down.example.org"}, "versions": [stale]}
    )
    assert read((listed,)).resources == ()
