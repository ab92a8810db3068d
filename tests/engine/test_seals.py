"""Who may be shown an answer that somebody else's command fetched."""

from dataclasses import replace

import pytest

from bot.core.access import Asked, Audience, Grant
from bot.core.command import Effect
from bot.core.request import Actor, Impersonated, KubeconfigUser, Person
from bot.engine.seals import seal_of

VIEWER = Impersonated("quarterdeck:user", ("viewers", "shop"), (("quarterdeck.dev/person", "A"),))
GRANT = Grant(Actor(Person("T1/UADA"), VIEWER), "main", "shop", False, Audience.CHANNEL)
READ = Asked(Effect.READ)
SEAL = seal_of([GRANT], READ, "get pods")


def as_identity(identity: Impersonated) -> Grant:
    return replace(GRANT, actor=Actor(Person("T1/UEVE"), identity))


def test_two_people_with_one_identity_have_one_seal() -> None:
    same = replace(VIEWER, groups=("shop", "viewers"), extras=(("quarterdeck.dev/person", "E"),))
    assert seal_of([as_identity(same)], READ, "get pods") == SEAL


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(as_identity(replace(VIEWER, groups=("viewers",))), id="groups"),
        pytest.param(as_identity(replace(VIEWER, user="eve@example.com")), id="user"),
        pytest.param(replace(GRANT, context="other"), id="cluster"),
        pytest.param(replace(GRANT, namespace="ops"), id="namespace"),
        pytest.param(replace(GRANT, audience=Audience.PERSON), id="audience"),
    ],
)
def test_whoever_differs_to_the_cluster_or_to_the_gate_has_another(other: Grant) -> None:
    assert seal_of([other], READ, "get pods") != SEAL


def test_another_phrase_has_another_seal() -> None:
    assert seal_of([GRANT], READ, "get pods -l app=web") != SEAL
    assert seal_of([GRANT], replace(READ, all_namespaces=True), "get pods") != SEAL


def test_what_changes_things_has_none() -> None:
    assert seal_of([GRANT], Asked(Effect.CHANGE), "scale deploy web --replicas=2") == ""
    own = replace(GRANT, actor=Actor(Person("terminal"), KubeconfigUser()))
    assert seal_of([own], READ, "get pods") == ""
