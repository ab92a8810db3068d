"""Who may approve, break the glass and hold a place, and who is one human being in all of it."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.core.access import Asked
from bot.core.command import Effect
from bot.core.proposal import Jury, Party
from bot.core.request import Person, Place, Request, Standing, Surface
from bot.policy.decide import PolicyGate
from bot.policy.model import Policy
from tests.every import every

WHOLE: dict[str, Any] = {
    "version": 1,
    "people": [
        {"slack": "U0ADA", "name": "ada", "groups": ["operators"], "user": "Ada@example.com"},
        {"slack": "U0ALT", "groups": ["operators"], "user": "ada@Example.com"},
        {"slack": "U0LEA", "groups": ["leads"]},
        {"slack": "U0ADM", "groups": ["quarterdeck:admins"]},
    ],
    "domains": {"example.com": {"groups": ["viewers"]}},
    "approvers": [
        {"namespaces": ["prod-*"], "clusters": ["eu"], "people": ["U0BOB"]},
        {"namespaces": ["prod-*"], "usergroups": ["S0OPS"], "groups": ["leads"]},
        {"namespaces": ["db"], "people": ["U0ADA"]},
    ],
    "on_call": [{"namespaces": ["prod-*"], "usergroups": ["S0CALL"], "people": ["U0DAN"]}],
}
ADA, ALT, LEA, ADM, BOB, DAN = (
    Person(f"T1/U0{name}") for name in ("ADA", "ALT", "LEA", "ADM", "BOB", "DAN")
)
OPS = replace(BOB, key="T1/U0OPS", usergroups=("S0OPS",))
ANYONE = Jury(anyone=True)
PROD, SHOP = ("main", "prod-eu"), ("main", "shop")


def gate(**changed: object) -> PolicyGate:
    policy = Policy.model_validate({**WHOLE, **changed})
    return PolicyGate(lambda: policy)


def asks(person: Person) -> Request:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    return Request("r-1", person, Place(Surface.SLASH, "C0SHOP"), "", now)


def change(context: str, namespace: str, **more: Any) -> Asked:
    return Asked(Effect.CHANGE, context, namespace, **more)


@every(
    ("person", "context", "namespace", "sits"),
    [
        (BOB, "eu", "prod-a", True),
        (OPS, "eu", "prod-a", False),
        (BOB, *PROD, False),
        (OPS, *PROD, True),
        (LEA, *PROD, True),
        (ADA, *PROD, False),
        (ADM, *PROD, False),
        (ADA, "main", "db", True),
        (LEA, "main", "db", False),
        (DAN, *SHOP, True),
    ],
)
def test_the_first_entry_of_a_place_names_who_approves_there(
    person: Person, context: str, namespace: str, sits: bool
) -> None:
    assert gate().sits(asks(person), change(context, namespace), ANYONE) is sits


def test_the_default_cluster_is_meant_by_either_of_its_names() -> None:
    named = gate(approvers=[{"clusters": ["default"], "people": ["U0BOB"]}])
    assert not named.sits(asks(DAN), change("main", "shop", also="main"), ANYONE)
    assert named.sits(asks(BOB), change("main", "shop", also="main"), ANYONE)
    assert named.sits(asks(DAN), change("other", "shop", also="main"), ANYONE)


def test_nodes_are_in_no_namespace_whatever_the_place_is() -> None:
    node = change("main", "db", cluster_scoped=True)
    assert gate().sits(asks(DAN), node, ANYONE)


def test_whoever_was_not_asked_or_is_named_no_more_does_not_approve() -> None:
    asked_then = Jury(people=("U0BOB",))
    assert not gate().sits(asks(OPS), change(*PROD), asked_then)
    assert not gate().sits(asks(BOB), change(*PROD), asked_then)
    assert gate().sits(asks(BOB), change(*SHOP), asked_then)


@pytest.mark.parametrize("standing", [one for one in Standing if one is not Standing.MEMBER])
def test_t25_strangers_approve_nothing_whoever_names_them(standing: Standing) -> None:
    bob = replace(BOB, standing=standing, usergroups=("S0OPS", "S0CALL"))
    assert not gate().sits(asks(bob), change("eu", "prod-a"), ANYONE)
    assert not gate().sits(asks(bob), change(*SHOP), ANYONE)
    assert not gate().on_call(asks(bob), change(*PROD))
    admin = replace(ADM, standing=standing)
    assert not gate().may_hold(asks(admin), *PROD)


def test_whom_the_policy_names_twice_is_in_no_group() -> None:
    twice = Person("T1/U0X", email="ada@example.com")
    everyone = gate(approvers=[{"groups": ["viewers"]}])
    assert not everyone.sits(asks(twice), change(*SHOP), ANYONE)
    assert everyone.sits(asks(replace(twice, email="x@example.com")), change(*SHOP), ANYONE)


@pytest.mark.parametrize(
    ("person", "place", "may"),
    [
        (DAN, PROD, True),
        (replace(BOB, usergroups=("S0CALL",)), PROD, True),
        (OPS, PROD, False),
        (ADM, PROD, False),
        (DAN, SHOP, False),
    ],
)
def test_only_whoever_is_on_call_breaks_the_glass(
    person: Person, place: tuple[str, str], may: bool
) -> None:
    assert gate().on_call(asks(person), change(*place)) is may


@every(
    ("person", "place", "may"),
    [
        (OPS, PROD, True),
        (LEA, PROD, True),
        (DAN, PROD, False),
        (ADM, PROD, True),
        (ADM, SHOP, True),
        (LEA, SHOP, False),
        (ADA, ("main", "db"), True),
        (ADA, ("*", "db"), False),
        (ADM, ("*", "db"), True),
    ],
)
def test_named_approvers_and_admins_freeze_and_lock(
    person: Person, place: tuple[str, str], may: bool
) -> None:
    assert gate().may_hold(asks(person), *place) is may


@pytest.mark.parametrize(
    ("person", "record"),
    [
        (ADA, "ada@example.com"),
        (ALT, "ada@example.com"),
        (Person("T2/U0X", email="ada@example.com"), "ada@example.com"),
        (replace(ADA, email="other@example.com"), "ada@example.com"),
        (replace(LEA, email="lea@example.com"), "lea@example.com"),
        (LEA, "T1/U0LEA"),
        (replace(BOB, email="\u212aim@example.com"), "T1/U0BOB"),
    ],
    ids=["user", "same-user", "address-of-a-user", "user-first", "address", "neither", "kelvin"],
)
def test_t20_accounts_with_one_user_or_one_address_are_one_human_being(
    person: Person, record: str
) -> None:
    assert gate().party(asks(person)).record == record


def test_a_party_is_called_as_the_surface_calls_them_or_as_the_policy_does() -> None:
    assert gate().party(asks(ADA)) == Party("T1/U0ADA", "ada@example.com", "ada")
    assert gate().party(asks(replace(ADA, name="Ada L."))).name == "Ada L."


def test_membership_is_looked_up_for_what_somebody_may_approve() -> None:
    assert gate().usergroups(asks(ADA)) == {"S0OPS", "S0CALL"}
    assert gate(usergroups={"S0ALL": {"groups": ["x"]}}).usergroups(asks(BOB)) == {
        *("S0OPS", "S0CALL", "S0ALL")
    }
    assert gate(approvers=[], on_call=[]).usergroups(asks(BOB)) == frozenset()
