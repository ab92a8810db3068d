"""Which gate a change waits at: the defaults, the policy's rules, and what is protected."""

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.command import Effect
from bot.core.proposal import Consent
from bot.policy.gates import PROTECTED, gate_of, is_protected
from bot.policy.model import Policy
from tests.every import every

READ, CHANGE, ENTER, DESTROY = Effect
NONE, CONFIRM, APPROVE, TWO = Consent
ORDER = list(Consent)


def ruled(*rules: Mapping[str, object]) -> Policy:
    return Policy.model_validate({"version": 1, "gates": rules})


@every(
    ("effect", "protected", "gate"),
    [
        (READ, False, NONE),
        (READ, True, NONE),
        (CHANGE, False, CONFIRM),
        (CHANGE, True, APPROVE),
        (ENTER, False, APPROVE),
        (ENTER, True, APPROVE),
        (DESTROY, False, CONFIRM),
        (DESTROY, True, APPROVE),
    ],
)
def test_without_a_rule_the_defaults_hold(effect: Effect, protected: bool, gate: Consent) -> None:
    assert gate_of(Policy(version=1), effect, "shop", protected) is gate


PROD: dict[str, object] = {"namespaces": ["prod-*"], "effect": "change", "gate": "approve"}


@every(
    ("rules", "effect", "namespace", "gate"),
    [
        ([PROD], CHANGE, "prod-eu", APPROVE),
        ([PROD], CHANGE, "shop", CONFIRM),
        ([PROD], READ, "prod-eu", NONE),
        ([PROD, {"gate": "none"}], CHANGE, "prod-eu", APPROVE),
        ([PROD, {"gate": "none"}], CHANGE, "shop", NONE),
        ([{"gate": "none"}, PROD], CHANGE, "prod-eu", NONE),
        ([{"effect": "destroy", "gate": "approve-two"}], DESTROY, "shop", TWO),
        ([{"effect": "destroy", "gate": "approve-two"}], CHANGE, "shop", CONFIRM),
        ([{"effect": "enter", "gate": "none"}], ENTER, "shop", CONFIRM),
    ],
)
def test_the_first_rule_that_matches_holds(
    rules: Sequence[Mapping[str, object]], effect: Effect, namespace: str, gate: Consent
) -> None:
    assert gate_of(ruled(*rules), effect, namespace, False) is gate


@pytest.mark.parametrize("effect", [ENTER, DESTROY])
def test_to_delete_or_to_enter_is_never_easier_than_to_change(effect: Effect) -> None:
    assert gate_of(ruled(PROD), effect, "prod-eu", False) is APPROVE


def test_a_rule_can_be_about_one_cluster() -> None:
    policy = ruled({"clusters": ["prod"], "gate": "approve-two"})
    assert gate_of(policy, CHANGE, "shop", False, {"prod", "default"}) is TWO
    assert gate_of(policy, CHANGE, "shop", False, {"test"}) is CONFIRM


rules = st.lists(
    st.fixed_dictionaries(
        {"gate": st.sampled_from([gate.value for gate in Consent])},
        optional={
            "effect": st.sampled_from(["change", "enter", "destroy"]),
            "namespaces": st.lists(st.sampled_from(["shop", "prod", "*"]), max_size=2),
        },
    ),
    max_size=4,
)


@given(rules, st.sampled_from([CHANGE, ENTER, DESTROY]), st.sampled_from(["shop", "prod"]))
def test_protection_only_ever_raises_the_gate(
    drawn: list[dict[str, object]], effect: Effect, namespace: str
) -> None:
    policy = ruled(*drawn)
    open_, guarded = (gate_of(policy, effect, namespace, one) for one in (False, True))
    assert ORDER.index(guarded) >= ORDER.index(APPROVE)
    assert ORDER.index(guarded) >= ORDER.index(open_)
    change = gate_of(policy, CHANGE, namespace, False)
    assert ORDER.index(open_) >= ORDER.index(change)


@pytest.mark.parametrize("namespace", [*PROTECTED, "quarterdeck"])
def test_kubernetes_own_namespaces_and_the_bots_are_always_protected(namespace: str) -> None:
    assert is_protected(Policy(version=1), namespace)
    policy = Policy.model_validate({"version": 1, "protected": {"namespaces": ["shop"]}})
    assert is_protected(policy, namespace)


def test_a_bot_that_lives_elsewhere_protects_that_place() -> None:
    policy = Policy.model_validate({"version": 1, "own_namespace": "ops"})
    assert is_protected(policy, "ops")


@pytest.mark.parametrize(
    ("namespace", "name", "protected"),
    [
        ("shop", "", False),
        ("shop", "web", False),
        ("shop", "postgres-0", True),
        ("shop", "my-postgres-0", False),
        ("kube-extra", "web", True),
        ("", "db", True),
        ("", "", False),
    ],
)
def test_namespaces_and_names_are_protected_by_pattern(
    namespace: str, name: str, protected: bool
) -> None:
    patterns = {"namespaces": ["kube-*"], "names": ["postgres-*", "db"]}
    policy = Policy.model_validate({"version": 1, "protected": patterns})
    assert is_protected(policy, namespace, name) is protected
