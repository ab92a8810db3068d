"""Rights are the product of a rule's lists, and rules are the sum of rights."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.command import Access
from bot.rbac.rights import Right, as_rules, beyond, lacking, of_access, of_rules
from tests.every import every

words = st.sampled_from(["get", "list", "pods", "apps", "web"])
rights = st.builds(
    Right, verb=words, group=st.sampled_from(["", "apps"]), resource=words, name=words | st.just("")
) | st.builds(Right, verb=words, group=st.just(""), resource=st.sampled_from(["/a", "/b/*"]))


@given(st.frozensets(rights))
def test_rules_grant_exactly_the_rights_that_they_were_made_of(some: frozenset[Right]) -> None:
    assert set(of_rules(as_rules(some))) == some


@given(st.frozensets(rights), st.frozensets(rights))
def test_what_is_beyond_and_what_is_lacking_are_the_two_sides_of_one_comparison(
    held: frozenset[Right], needed: frozenset[Right]
) -> None:
    assert beyond(held, needed) == lacking(needed, held)
    assert beyond(held, held) == []
    assert not {*beyond(held, needed)} & needed


@every(
    ("wide", "narrow", "covered"),
    [
        pytest.param(Right("*", "*", "*"), Right("get", "apps", "x"), True, id="everything"),
        pytest.param(Right("get", "", "pods"), Right("get", "", "pods", "web"), True, id="name"),
        pytest.param(Right("get", "", "pods", "web"), Right("get", "", "pods"), False, id="names"),
        pytest.param(
            Right("get", "", "pods"), Right("get", "", "pods", "", "shop"), True, id="namespace"
        ),
        pytest.param(
            Right("get", "", "pods", "", "shop"), Right("get", "", "pods"), False, id="everywhere"
        ),
        pytest.param(Right("get", "", "pods"), Right("get", "", "pods/log"), False, id="below"),
        pytest.param(Right("get", "", "/a/*"), Right("get", "", "/a/b"), True, id="path"),
        pytest.param(Right("get", "", "/a/*"), Right("get", "", "/b"), False, id="other-path"),
        pytest.param(Right("get", "", "/a"), Right("get", "", "/a/b"), False, id="no-pattern"),
    ],
)
def test_a_right_covers_what_its_holder_may(wide: Right, narrow: Right, covered: bool) -> None:
    assert wide.covers(narrow) is covered


@pytest.mark.parametrize(
    ("access", "text"),
    [
        (Access("list", "pods"), "list pods"),
        (Access("get", "pods", "", "log"), "get pods/log"),
        (Access("list", "pods", "metrics.k8s.io"), "list pods.metrics.k8s.io"),
        (Access("patch", "deployments", "apps", "scale"), "patch deployments.apps/scale"),
        (Access("get", "/openapi/v3/*"), "get /openapi/v3/*"),
    ],
)
def test_a_right_reads_as_kubectl_writes_it(access: Access, text: str) -> None:
    assert str(of_access(access)) == text


def test_a_right_says_its_name_and_place() -> None:
    right = Right("get", "coordination.k8s.io", "leases", "quarterdeck-leader", "quarterdeck")
    assert str(right) == "get leases.coordination.k8s.io quarterdeck-leader in quarterdeck"
