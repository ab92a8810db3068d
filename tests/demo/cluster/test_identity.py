"""Tokens and impersonation beyond what the conformance suite holds equal."""

import pytest
from multidict import CIMultiDict

from bot.demo.cluster.access import ANONYMOUS, Attributes, Caller, Identities
from bot.demo.cluster.refusals import ApiRefusalError
from bot.demo.cluster.registry import Registry
from bot.demo.cluster.store import Key
from tests.clock import ManualClock
from tests.demo.cluster.rights import bind, put, registry, rule

PODS = Attributes("list", "", "v1", "pods", namespace="shop")
ACCOUNT = Key("serviceaccounts", "shop", "bot")


def bearer(token: str) -> CIMultiDict[str]:
    return CIMultiDict({"Authorization": f"Bearer {token}"})


def with_account(clock: ManualClock) -> tuple[Registry, Identities]:
    found = registry(clock)
    put(found, "serviceaccounts", {"metadata": {"name": "bot", "namespace": "shop", "uid": "1"}})
    return found, Identities(found)


def test_a_person_is_known_by_their_token() -> None:
    ada = Caller("ada", ("team-a",))
    assert Identities(registry(), {"secret": ada}).caller(bearer("secret")) == ada


@pytest.mark.parametrize("header", ["", "Basic YTpi", "Bearer "])
def test_whoever_brings_no_token_is_anonymous(header: str) -> None:
    assert Identities(registry()).caller(CIMultiDict({"Authorization": header})) == ANONYMOUS


async def test_a_token_ends_with_its_time() -> None:
    clock = ManualClock()
    _, identities = with_account(clock)
    asked = {"spec": {"expirationSeconds": 600}}
    token = identities.token_request(ACCOUNT, asked)["status"]["token"]
    await clock.advance(599)
    assert identities.caller(bearer(token)).user == "system:serviceaccount:shop:bot"
    await clock.advance(1)
    with pytest.raises(ApiRefusalError, match="Unauthorized"):
        identities.caller(bearer(token))


HOUR = {"spec": {"expirationSeconds": 3600}}


@pytest.mark.parametrize("again", [False, True], ids=["gone", "made again"])
def test_a_token_ends_with_its_account(again: bool) -> None:
    found, identities = with_account(ManualClock())
    token = identities.token_request(ACCOUNT, HOUR)["status"]["token"]
    item = found.store.remove(ACCOUNT)
    if again:
        found.store.put(ACCOUNT, item | {"metadata": item["metadata"] | {"uid": "2"}})
    with pytest.raises(ApiRefusalError, match="Unauthorized"):
        identities.caller(bearer(token))


def test_a_node_is_impersonated_by_the_classic_right_alone() -> None:
    found, headers = registry(), CIMultiDict({"Impersonate-User": "system:node:one"})
    bind(found, "bot", rule("impersonate", "users", resourceNames=["system:node:one"]))
    acted = Identities(found).impersonation(Caller("bot"), headers, PODS)
    assert acted == (Caller("system:node:one", ("system:authenticated",)), "")


@pytest.mark.parametrize("name", ["Group", "Uid", "Extra-team"])
def test_nobody_is_in_a_group_without_being_somebody(name: str) -> None:
    headers = CIMultiDict({f"Impersonate-{name}": "a"})
    with pytest.raises(ApiRefusalError) as refusal:
        Identities(registry()).impersonation(Caller("bot"), headers, PODS)
    assert (refusal.value.code, refusal.value.reason) == (400, "BadRequest")


def test_who_may_use_the_classic_form_is_refused_in_its_words() -> None:
    found = registry()
    bind(found, "bot", rule("impersonate", "users", resourceNames=["ada"]))
    identities = Identities(found)
    with pytest.raises(ApiRefusalError, match="cannot impersonate-on:user-info:list"):
        identities.impersonation(Caller("bot"), CIMultiDict({"Impersonate-User": "bob"}), PODS)
    identities.impersonation(Caller("bot"), CIMultiDict({"Impersonate-User": "ada"}), PODS)
    with pytest.raises(ApiRefusalError, match='cannot impersonate resource "users"'):
        identities.impersonation(Caller("bot"), CIMultiDict({"Impersonate-User": "bob"}), PODS)
