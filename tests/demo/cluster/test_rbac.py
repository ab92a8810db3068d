"""RBAC beyond what the conformance suite holds equal."""

import pytest

from bot.demo.cluster.access import Attributes, Caller, Decision, decide
from bot.demo.cluster.store import Key
from tests.demo.cluster.rights import GROUP, Item, bind, put, registry, rule
from tests.every import every

EVE = Caller("eve", ("system:authenticated",))


def get(
    resource: str, subresource: str = "", name: str = "", namespace: str = "shop"
) -> Attributes:
    return Attributes("get", "", "v1", resource, subresource, namespace, name)


@every(
    ("given", "asked", "allowed"),
    [
        (rule("get", "pods"), get("pods"), True),
        (rule("get", "pods"), get("pods", "log"), False),
        (rule("get", "*/log"), get("pods", "log"), True),
        (rule("get", "*/log"), get("pods"), False),
        (rule("*", "*"), get("pods", "log"), True),
        (rule("get", "pods", resourceNames=["one"]), get("pods", name="one"), True),
        (rule("get", "pods", resourceNames=["one"]), get("pods"), False),
        (rule("get", "pods", "apps"), get("pods"), False),
        (rule("get", "pods"), get("pods", namespace="ops"), False),
    ],
)
def test_a_rule_covers_what_it_says_and_where(
    given: Item, asked: Attributes, allowed: bool
) -> None:
    found = registry()
    bind(found, "eve", given, namespace="shop")
    assert decide(EVE, asked, found).allowed is allowed


@pytest.mark.parametrize(
    ("pattern", "path", "allowed"),
    [("/metrics", "/metrics", True), ("/logs/*", "/logs/a/b", True), ("/logs/*", "/log", False),
     ("*", "/anything", True), ("/metrics", "/metrics/a", False)],
)  # fmt: skip
def test_a_path_is_covered_to_its_star(pattern: str, path: str, allowed: bool) -> None:
    found = registry()
    bind(found, "eve", {"verbs": ["get"], "nonResourceURLs": [pattern]})
    assert decide(EVE, Attributes("get", path=path), found).allowed is allowed


def test_of_several_bindings_the_first_by_name_is_the_reason() -> None:
    found = registry()
    bind(found, "eve", rule("get", "pods"), namespace="shop", name="second")
    bind(found, "eve", rule("get", "pods"), name="first")
    assert decide(EVE, get("pods"), found).reason == (
        'RBAC: allowed by ClusterRoleBinding "first" of ClusterRole "first" to User "eve"'
    )


def test_a_service_account_without_a_namespace_is_the_bindings_own() -> None:
    found = registry()
    bind(found, "nobody", rule("get", "pods"), namespace="shop")
    binding = found.store.list(f"rolebindings.{GROUP}")[0]
    put(found, f"rolebindings.{GROUP}",
        binding | {"subjects": [{"kind": "ServiceAccount", "name": "bot"}]})  # fmt: skip
    assert decide(Caller("system:serviceaccount:shop:bot"), get("pods"), found).allowed
    assert not decide(Caller("system:serviceaccount:ops:bot"), get("pods"), found).allowed


def test_a_binding_of_a_role_that_is_not_there_gives_nothing() -> None:
    found = registry()
    bind(found, "eve", rule("get", "pods"), namespace="shop", name="lost")
    assert decide(EVE, get("pods"), found).allowed
    found.store.remove(Key(f"roles.{GROUP}", "shop", "lost"))
    assert decide(EVE, get("pods"), found) == Decision(False)
