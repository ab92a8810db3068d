"""What somebody unknown is told: their own ids and lines that work, and nothing else."""

from datetime import UTC, datetime
from typing import Any

import pytest
import yaml

from bot.core.access import Asked
from bot.core.command import Effect
from bot.core.errors import RefusedError
from bot.core.request import Person, Place, Request, Surface
from bot.policy.decide import decide, rights
from bot.policy.model import Policy
from bot.slack.excerpts import NOTES_CHARACTERS, NOTES_LINES

SECRETS = ("vault", "U0ADA", "C0VAULT", "team-vault", "S0VAULT", "vault.example")
POLICY: dict[str, Any] = {
    "version": 1,
    "channels": {"C0VAULT": {"namespaces": ["vault"]}},
    "people": [{"slack": "U0ADA", "groups": ["team-vault"], "user": "ada@vault.example"}],
    "usergroups": {"S0VAULT": {"groups": ["team-vault"]}},
    "domains": {"vault.example": {"groups": ["team-vault"]}},
}


def told(place: Place, *, namespace: str = "", email: str = "", mode: str = "groups") -> str:
    policy = Policy.model_validate({**POLICY, "clusters": {"default": {"mode": mode}}})
    person, now = Person("T9/U0EVE", email=email), datetime(2026, 1, 1, tzinfo=UTC)
    request = Request("r-1", person, place, "", now)
    with pytest.raises(RefusedError) as caught:
        decide(policy, request, Asked(Effect.READ, namespace=namespace))
    text = caught.value.text
    assert len(text.splitlines()) <= NOTES_LINES
    assert len(text) <= NOTES_CHARACTERS
    assert "Send all of this to the bot's admins" in caught.value.next_step
    return text


def parts(text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the lines for the policy and the manifest, as YAML."""
    lines = text.splitlines()
    cut = lines.index("and to the cluster, unless it is there:")
    return yaml.safe_load("\n".join(lines[2:cut])), yaml.safe_load("\n".join(lines[cut + 1 :]))


LOBBY, BOUND = Place(Surface.SLASH, "C0LOBBY"), Place(Surface.SLASH, "C0VAULT")
ALONE, NOWHERE = Place(Surface.DIRECT, "D0EVE"), Place(Surface.DIRECT)


@pytest.mark.parametrize("place", [LOBBY, BOUND, ALONE, NOWHERE])
def test_it_holds_their_ids_and_nothing_of_the_policy(place: Place) -> None:
    text = told(place)
    assert "your Slack id is U0EVE in workspace T9" in text
    hidden = [word for word in SECRETS if word != place.channel]
    assert [word for word in hidden if word in text] == []


def test_the_lines_work_as_they_stand_once_a_namespace_was_typed() -> None:
    lines, binding = parts(told(LOBBY, namespace="shop"))
    policy = Policy.model_validate({"version": 1, **lines})
    request = Request("r-1", Person("T9/U0EVE"), LOBBY, "", datetime(2026, 1, 1, tzinfo=UTC))
    grant = decide(policy, request, Asked(Effect.READ))
    assert grant.namespace == "shop"
    [subject] = binding["subjects"]
    assert (subject["kind"], subject["name"]) == ("Group", "quarterdeck:viewers")
    assert binding["metadata"]["namespace"] == "shop"
    assert binding["roleRef"]["name"] == "quarterdeck:viewer"
    assert subject["name"] in grant.actor.identity.groups  # type: ignore[union-attr]


def test_without_a_namespace_the_lines_are_refused_until_one_is_written() -> None:
    lines, _ = parts(told(LOBBY))
    with pytest.raises(ValueError, match="NAMESPACE"):
        Policy.model_validate({"version": 1, **lines})


@pytest.mark.parametrize("place", [BOUND, ALONE, NOWHERE])
def test_a_channel_that_needs_no_entry_gets_none(place: Place) -> None:
    lines, _ = parts(told(place))
    assert list(lines) == ["people"]


@pytest.mark.parametrize("typed", ["shop}", "a: b", "SHOP", "x" * 64, "shop\n- {}"])
def test_t28_what_is_no_namespace_does_not_get_into_the_lines(typed: str) -> None:
    text = told(LOBBY, namespace=typed)
    assert typed not in text
    assert "NAMESPACE" in text


@pytest.mark.parametrize(("email", "user"), [("eve@x.org", "eve@x.org"), ("", "EMAIL")])
def test_for_a_cluster_of_users_the_entry_names_the_user(email: str, user: str) -> None:
    lines, _ = parts(told(BOUND, email=email, mode="users"))
    [entry] = lines["people"]
    assert entry["user"] == user


def test_the_home_tab_tells_the_same() -> None:
    request = Request("r-1", Person("T9/U0EVE"), NOWHERE, "", datetime(2026, 1, 1, tzinfo=UTC))
    with pytest.raises(RefusedError, match="your Slack id is U0EVE"):
        rights(Policy.model_validate(POLICY), request)
