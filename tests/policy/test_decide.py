"""Who may ask for what, and where: the whole table."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.core.access import Asked, Audience, Default, Origin
from bot.core.command import Effect
from bot.core.errors import RefusedError
from bot.core.request import Impersonated, Person, Place, Reach, Request, Standing, Surface
from bot.policy.decide import PolicyGate, decide, rights
from bot.policy.model import Policy
from tests.every import every

POLICY = Policy.model_validate(
    {
        "version": 1,
        "channels": {
            "C0SHOP": {"namespaces": ["shop", "shop-test"]},
            "C0PROD": {"cluster": "prod", "namespaces": ["shop"]},
            "C0BOTH": {"clusters": ["prod", "test"], "namespaces": ["shop"]},
        },
        "people": [{"slack": "U0ADA", "groups": ["quarterdeck:viewers", "team-a"]}],
    }
)
SHOP, PROD = Place(Surface.SLASH, "C0SHOP"), Place(Surface.MENTION, "C0PROD")
BOTH = Place(Surface.SLASH, "C0BOTH")
LOBBY, ALONE = Place(Surface.SLASH, "C0LOBBY"), Place(Surface.DIRECT, "D0ADA")
READ, CHANGE = Effect.READ, Effect.CHANGE
OWN = Default("prod", "ops")
EVERYONE, ONE = Audience.CHANNEL, Audience.PERSON


def request(place: Place = SHOP, person: str = "T1/U0ADA") -> Request:
    return Request("r-1", Person(person), place, "", datetime(2026, 1, 1, tzinfo=UTC))


@every(
    ("place", "asked", "context", "namespace", "audience"),
    [
        (SHOP, Asked(READ), "default", "shop", EVERYONE),
        (SHOP, Asked(READ, namespace="shop-test"), "default", "shop-test", EVERYONE),
        (SHOP, Asked(READ, namespace="ops"), "default", "ops", ONE),
        (SHOP, Asked(READ, context="prod"), "prod", "shop", ONE),
        (SHOP, Asked(READ, all_namespaces=True), "default", "shop", ONE),
        (SHOP, Asked(READ, namespace="shop", all_namespaces=True), "default", "shop", ONE),
        (SHOP, Asked(CHANGE), "default", "shop", EVERYONE),
        (SHOP, Asked(Effect.DESTROY, namespace="shop-test"), "default", "shop-test", EVERYONE),
        (PROD, Asked(READ), "prod", "shop", EVERYONE),
        (PROD, Asked(CHANGE, "prod"), "prod", "shop", EVERYONE),
        (PROD, Asked(READ, "default"), "default", "shop", ONE),
        (PROD, Asked(CHANGE, "default", also="prod"), "default", "shop", EVERYONE),
        (BOTH, Asked(CHANGE), "prod", "shop", EVERYONE),
        (BOTH, Asked(CHANGE, "test"), "test", "shop", EVERYONE),
        (BOTH, Asked(READ, "default"), "default", "shop", ONE),
        (LOBBY, Asked(READ), "default", "", ONE),
        (LOBBY, Asked(READ, namespace="shop"), "default", "shop", ONE),
        (ALONE, Asked(READ, "prod", "shop"), "prod", "shop", ONE),
        (ALONE, Asked(READ, default=OWN), "prod", "ops", ONE),
        (ALONE, Asked(READ, namespace="shop", default=OWN), "prod", "shop", ONE),
        (ALONE, Asked(READ, "other", default=OWN), "other", "", ONE),
        (ALONE, Asked(READ, "default", also="prod", default=OWN), "default", "ops", ONE),
        (SHOP, Asked(READ, default=OWN), "default", "shop", EVERYONE),
        (PROD, Asked(READ, default=OWN), "prod", "shop", EVERYONE),
    ],
)
def test_what_is_granted(
    place: Place, asked: Asked, context: str, namespace: str, audience: Audience
) -> None:
    grant = decide(POLICY, request(place), asked)
    assert (grant.context, grant.namespace, grant.audience) == (context, namespace, audience)
    assert grant.explicit_namespace == bool(asked.namespace)


@every("effect", [Effect.CHANGE, Effect.ENTER, Effect.DESTROY])
@every(
    ("place", "asked", "reason"),
    [
        (SHOP, ("", "ops"), "Namespace ops is not changed from this channel, which is for shop,"),
        (SHOP, ("prod", "shop"), "for shop, shop-test in the cluster default, and in no other"),
        (PROD, ("", "shop-test"), "Namespace shop-test is not changed from this channel"),
        (PROD, ("default", ""), "in the cluster prod, and in no other"),
        (BOTH, ("default", ""), "in the cluster prod, test, and in no other"),
        (LOBBY, ("", "shop"), r"This channel \(C0LOBBY\) is bound to no namespace"),
        (ALONE, ("", "shop"), "Changes are not made in direct messages"),
    ],
)
def test_what_is_refused_and_why(
    place: Place, asked: tuple[str, str], reason: str, effect: Effect
) -> None:
    with pytest.raises(RefusedError, match=reason) as caught:
        decide(POLICY, request(place), Asked(effect, *asked))
    assert caught.value.next_step


@every("effect", Effect)
@every("person", ["T1/U0EVE", "T1/", "terminal", "U0ADA", "T1/u0ada"])
def test_who_is_not_in_the_policy_gets_nothing(person: str, effect: Effect) -> None:
    with pytest.raises(RefusedError, match="You are not in this bot's policy"):
        decide(POLICY, request(person=person), Asked(effect))


def test_a_stranger_learns_the_id_to_ask_for() -> None:
    with pytest.raises(RefusedError, match="your Slack id is U0EVE in workspace T9"):
        decide(POLICY, request(person="T9/U0EVE"), Asked(READ))


def test_a_person_is_sent_as_the_one_fixed_user_with_their_groups() -> None:
    actor = decide(POLICY, request(), Asked(READ)).actor
    assert actor.person == Person("T1/U0ADA")
    assert actor.identity == Impersonated(
        "quarterdeck:user",
        ("quarterdeck:viewers", "team-a"),
        (("quarterdeck.dev/person", "T1/U0ADA"), ("quarterdeck.dev/request", "r-1")),
    )


@every("named", ["default", "main"])
@every(
    ("asked", "user"),
    [
        (Asked(READ, also="main"), "ada@example.com"),
        (Asked(READ, "default", also="main"), "ada@example.com"),
        (Asked(READ, "main", also="main"), "ada@example.com"),
        (Asked(READ, "prod", also="main"), "quarterdeck:user"),
    ],
)
def test_each_cluster_gets_the_identity_of_its_mode_by_either_of_its_names(
    asked: Asked, user: str, named: str
) -> None:
    entry = {"slack": "U0ADA", "groups": ["team-a"], "user": "ada@example.com"}
    clusters = {named: {"mode": "users"}, "prod": {}}
    policy = Policy.model_validate({"version": 1, "clusters": clusters, "people": [entry]})
    identity = decide(policy, request(LOBBY), asked).actor.identity
    assert isinstance(identity, Impersonated)
    assert identity.user == user
    if not asked.context:
        told = rights(policy, request(LOBBY), "main").actor.identity
        assert isinstance(told, Impersonated)
        assert told.user == user


def test_the_policy_that_holds_now_decides() -> None:
    held = [POLICY]
    gate = PolicyGate(lambda: held[-1])
    gate.admit(request(), Asked(READ))
    held.append(Policy.model_validate({"version": 1}))
    with pytest.raises(RefusedError):
        gate.admit(request(), Asked(READ))


@every("standing", [one for one in Standing if one is not Standing.MEMBER])
@every("effect", Effect)
def test_only_members_of_the_workspace_are_served(standing: Standing, effect: Effect) -> None:
    who = replace(request(), person=Person("T1/U0ADA", standing=standing))
    with pytest.raises(RefusedError, match=r"served here|did not say who you are"):
        decide(POLICY, who, Asked(effect))


@pytest.mark.parametrize("reach", [one for one in Reach if one is not Reach.HOME])
def test_nothing_is_changed_where_strangers_read_along_or_nobody(reach: Reach) -> None:
    strange = request(replace(SHOP, reach=reach))
    with pytest.raises(RefusedError, match="nothing is changed from here"):
        decide(POLICY, strange, Asked(CHANGE))
    assert decide(POLICY, strange, Asked(READ)).namespace == "shop"


@pytest.mark.parametrize("reach", [Reach.SHARED, Reach.UNKNOWN])
def test_where_another_organisation_may_read_along_answers_are_private(reach: Reach) -> None:
    channels = {"C0SHOP": {"namespaces": ["shop"], "share": True}}
    policy = Policy.model_validate({**POLICY.model_dump(), "channels": channels})
    for asked in (Asked(READ), Asked(READ, namespace="ops")):
        grant = decide(policy, request(replace(SHOP, reach=reach)), asked)
        assert (grant.audience, grant.may_share) == (ONE, False)


@pytest.mark.parametrize(
    ("place", "default", "origin"),
    [
        (SHOP, OWN, Origin.PLACE),
        (LOBBY, OWN, Origin.PERSON),
        (LOBBY, None, Origin.CLUSTER),
    ],
)
def test_a_grant_says_what_holds_for_what_is_not_typed(
    place: Place, default: Default | None, origin: Origin
) -> None:
    assert decide(POLICY, request(place), Asked(READ, default=default)).origin is origin


NAMING: dict[str, object] = {"prod": {}, "default": {}}


@pytest.mark.parametrize(
    ("clusters", "asked"),
    [
        ({}, Asked(READ, "anything")),
        (NAMING, Asked(READ, "prod", also="main")),
        (NAMING, Asked(READ, also="main")),
        (NAMING, Asked(READ, "default", also="main")),
        ({"main": {}}, Asked(READ, also="main")),
        ({"main": {}}, Asked(READ, "default", also="main")),
    ],
)
def test_a_cluster_that_the_policy_names_by_either_name_may_be_used(
    clusters: dict[str, object], asked: Asked
) -> None:
    policy = Policy.model_validate({**POLICY.model_dump(), "clusters": clusters})
    assert decide(policy, request(LOBBY), asked).context in ("anything", "prod", "default")


@pytest.mark.parametrize(
    "asked",
    [Asked(READ, "other", also="main"), Asked(READ, also="main", default=Default("other", "ops"))],
    ids=["typed", "own-default"],
)
def test_a_cluster_that_the_policy_does_not_name_is_refused(asked: Asked) -> None:
    policy = Policy.model_validate({**POLICY.model_dump(), "clusters": NAMING})
    with pytest.raises(RefusedError, match="does not name the cluster other"):
        decide(policy, request(LOBBY), asked)
