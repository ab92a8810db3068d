"""People are told by which line of the policy it knows them: the one that counts."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.core.access import Asked, Here
from bot.core.command import Effect
from bot.core.request import Actor, Impersonated, Person, Place, Request, Surface
from bot.policy.model import Policy
from bot.policy.whoami import known

POLICY: dict[str, Any] = {
    "version": 1,
    "clusters": {"main": {"mode": "users"}, "other": {}},
    "people": [{"slack": "UADA", "groups": ["quarterdeck:operators"], "user": "ada@example.com"}],
    "usergroups": {"S0SHOP": {"groups": ["quarterdeck:viewers"]}},
    "domains": {"example.com": {"groups": ["quarterdeck:viewers"]}},
    "channels": {"C0SHOP": {"clusters": ["main", "other"], "namespaces": ["shop"]}},
}


def told(person: Person, context: str = "main", channel: str = "C0SHOP", also: str = "") -> Any:
    place, now = Place(Surface.SLASH, channel), datetime.now(UTC)
    request = Request("r", person, place, "whoami", now)
    actor = Actor(person, Impersonated("somebody"))
    asked = Asked(Effect.READ, context, also=also)
    return known(Policy.model_validate(POLICY), request, asked, actor)


@pytest.mark.parametrize(
    ("person", "source"),
    [
        (
            Person("T1/UADA", email="ada@example.com", usergroups=("S0SHOP",)),
            "people, by your Slack id UADA",
        ),
        (
            Person("T1/UBOB", email="bob@example.com", usergroups=("S0ELSE", "S0SHOP")),
            "usergroups, by your membership in S0SHOP",
        ),
        (
            Person("T1/UBOB", email="bob@example.com"),
            "domains, by your confirmed address in example.com",
        ),
        (Person("T1/UBOB", email="bob@sub.example.com"), ""),
        (Person("T1/UBOB"), ""),
    ],
    ids=["explicit", "usergroup", "domain", "subdomain", "nobody"],
)
def test_the_first_line_that_matches_is_named(person: Person, source: str) -> None:
    assert told(person).source == source


@pytest.mark.parametrize(
    ("context", "also", "mode"),
    [("main", "", "users"), ("other", "", "groups"), ("default", "main", "users")],
)
def test_each_cluster_has_its_own_mode(context: str, also: str, mode: str) -> None:
    assert told(Person("T1/UADA"), context, also=also).mode == mode


def test_a_place_is_told_by_what_the_policy_binds_to_it() -> None:
    here = told(Person("T1/UADA")).here
    assert here == Here(("main", "other"), ("shop",), Effect.DESTROY)
    assert told(Person("T1/UADA"), channel="C0ELSE").here == Here()
