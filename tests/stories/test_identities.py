"""As whom people reach the real cluster, in both modes, by the API server's own audit log."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
import yaml

from bot.demo.slack.people import Person
from bot.demo.slack.state import Channel
from bot.demo.slack.visible import SeenMessage
from bot.demo.slack.workspace import Workspace
from bot.slack.surface import PATH
from bot.wiring import running
from tests.cluster.audit import AuditLog, Event
from tests.cluster.bed import BOT, Bed
from tests.slack.opened import workspace
from tests.stories.whole import settings_of

pytestmark = [pytest.mark.boxed, pytest.mark.asyncio(loop_scope="module")]

VIEWERS, OPERATORS = "quarterdeck:viewers", "quarterdeck:operators"
USERS = {name: f"{name}@example.com" for name in ("ada", "sam", "dom")}
READ, CHANGE = "/kubectl get pods", "/kubectl scale deploy web --replicas=3"


@dataclass(frozen=True, slots=True)
class Cast:
    """Who and what a story needs."""

    slack: Workspace
    mode: str
    ada: Person
    """Named by an entry: an operator."""
    sam: Person
    """Named by a user group: a viewer."""
    dom: Person
    """Named by a mail domain: a viewer."""
    gus: Person
    """Named by an entry as an operator, and a guest of the workspace."""
    eve: Person
    """Whose confirmed address is of a domain that only resembles the allowed one."""
    shop: Channel

    def key(self, person: Person) -> str:
        return f"{self.slack.team}/{person.id}"

    def policy(self, group: str) -> dict[str, Any]:
        operators = {"groups": [OPERATORS, VIEWERS]}
        # In users mode ada's rights come of a RoleBinding that names the user and no group.
        ada = operators if self.mode == "groups" else {}
        return {
            "version": 1,
            "clusters": {"default": {"mode": self.mode}},
            "channels": {self.shop.id: {"namespaces": ["shop"]}},
            "people": [
                {"slack": self.ada.id, "user": USERS["ada"], **ada},
                {"slack": self.gus.id, "user": "gus@example.com", **operators},
            ],
            "usergroups": {group: {"groups": [VIEWERS]}},
            "domains": {"example.com": {"groups": [VIEWERS]}},
        }


@pytest.fixture(scope="module", params=["groups", "users"])
def mode(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def bound(bed: Bed, mode: str) -> Iterator[None]:
    """Let the bot impersonate the people of the story, and one of them operate, by their users."""
    manifests = yaml.safe_dump_all(_manifests()) if mode == "users" else ""
    if manifests:
        bed.kubectl.out("apply", "-f=-", "--validate=false", stdin=manifests)
    yield
    if manifests:
        bed.kubectl.out("delete", "-f=-", stdin=manifests)


def _manifests() -> Iterator[dict[str, Any]]:
    api, name = "rbac.authorization.k8s.io", "story:people"
    namespace, account = BOT
    rule = {"apiGroups": [""], "resources": ["users"], "verbs": ["impersonate"]}

    def binding(kind: str, role: str, subject: dict[str, str], **where: str) -> dict[str, Any]:
        return {
            "apiVersion": f"{api}/v1",
            "kind": kind,
            "metadata": {"name": name, **where},
            "roleRef": {"apiGroup": api, "kind": "ClusterRole", "name": role},
            "subjects": [subject],
        }

    yield {
        "apiVersion": f"{api}/v1",
        "kind": "ClusterRole",
        "metadata": {"name": name},
        "rules": [{**rule, "resourceNames": list(USERS.values())}],
    }
    bot = {"kind": "ServiceAccount", "name": account, "namespace": namespace}
    yield binding("ClusterRoleBinding", name, bot)
    ada = {"kind": "User", "apiGroup": api, "name": USERS["ada"]}
    yield binding("RoleBinding", "quarterdeck:operator", ada, namespace="shop")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def cast(
    bed: Bed, bound: None, tmp_path_factory: pytest.TempPathFactory, mode: str
) -> AsyncIterator[Cast]:
    folder = tmp_path_factory.mktemp("bot")
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(workspace("socket", clock=bed.clock))
        ada, dom = (slack.user(name, email=USERS[name]) for name in ("ada", "dom"))
        sam = slack.user("sam", email=USERS["sam"], groups=["sre"])
        gus = slack.user("gus", email="gus@example.com", groups=["sre"], flags=["guest"])
        eve = slack.user("eve", email="eve@ex\u0430mple.com")
        shop = slack.channel("shop", members=[ada, sam, dom, gus, eve, slack.bot])
        story = Cast(slack, mode, ada, sam, dom, gus, eve, shop)
        (folder / "policy.yaml").write_text(json.dumps(story.policy(slack.group("sre"))))
        if bed.clock:
            stack.enter_context(bed.clock.passing())
        bot = await stack.enter_async_context(running(settings_of(bed, folder, slack), bed.clock))
        slack.events_url = f"http://127.0.0.1:{bot.web.port}{PATH}"
        await slack.connected(2)
        yield story


def of(event: Event, key: str) -> bool:
    """Tell whether the event is a request in the name of that person."""
    extra = event.get("impersonatedUser", {}).get("extra", {})
    return bool(extra.get("quarterdeck.dev/person") == [key])


@pytest.mark.parametrize("name", ["ada", "sam", "dom"])
async def test_each_rule_of_the_policy_is_the_identity_that_the_cluster_sees(
    cast: Cast, audit: AuditLog, name: str
) -> None:
    person: Person = getattr(cast, name)
    since = audit.position()
    answer = await person.slash(cast.shop, READ)
    assert "web-" in answer.plain()
    event = await audit.awaited(
        lambda event: of(event, cast.key(person)) and event["verb"] == "list", since
    )
    as_whom = event["impersonatedUser"]
    assert as_whom["username"] == ("quarterdeck:user" if cast.mode == "groups" else USERS[name])
    given = set(as_whom.get("groups", [])) - {"system:authenticated"}
    assert given == _groups(cast, name)


def _groups(cast: Cast, name: str) -> set[str]:
    if name != "ada":
        return {VIEWERS}
    return {OPERATORS, VIEWERS} if cast.mode == "groups" else set()


async def test_t25_guests_and_lookalikes_never_reach_the_cluster(
    cast: Cast, audit: AuditLog
) -> None:
    since = audit.position()
    for person in (cast.gus, cast.eve):
        for phrase in (READ, CHANGE):
            told = await person.slash(cast.shop, phrase)
            assert told.ephemeral
            assert "web-" not in told.plain()
    await _settled(cast, audit, since)
    for person in (cast.gus, cast.eve):
        assert [event for event in audit.events(since) if of(event, cast.key(person))] == []


async def test_t1_whoever_may_only_look_is_refused_a_change_by_the_cluster(
    cast: Cast, audit: AuditLog
) -> None:
    since = audit.position()
    told = await _confirmed(cast, cast.sam)
    assert "forbidden" in told.plain().lower()
    await _settled(cast, audit, since)
    assert _patches(audit, since, cast.key(cast.sam), ok=True) == []


async def test_f28_who_is_deactivated_before_the_press_changes_nothing(
    cast: Cast, audit: AuditLog
) -> None:
    asked = await cast.ada.slash(cast.shop, CHANGE)
    since = audit.position()
    await cast.slack.administration.alter(cast.ada, flags=["deactivated"])
    told = await asked.click("Confirm")
    await cast.slack.administration.alter(cast.ada, flags=[])
    assert "A deactivated account is not served here." in told.plain()
    await _settled(cast, audit, since)
    assert _patches(audit, since, cast.key(cast.ada)) == []


async def test_a_confirmed_change_is_the_persons_own_in_the_audit_log(
    cast: Cast, audit: AuditLog
) -> None:
    since = audit.position()
    told = await _confirmed(cast, cast.ada)
    assert "scaled" in told.plain()
    await _settled(cast, audit, since)
    [event] = _patches(audit, since, cast.key(cast.ada), ok=True)
    user = "quarterdeck:user" if cast.mode == "groups" else USERS["ada"]
    assert event["impersonatedUser"]["username"] == user


async def _confirmed(cast: Cast, person: Person) -> SeenMessage:
    asked = await person.slash(cast.shop, CHANGE)
    if "Confirm" not in [button.label for button in asked.buttons]:
        return asked
    return await asked.click("Confirm")


async def _settled(cast: Cast, audit: AuditLog, since: int) -> None:
    """Wait until a later request stands in the log: whatever came before it does, too."""
    await cast.dom.slash(cast.shop, "/kubectl get services")
    await audit.awaited(
        lambda event: of(event, cast.key(cast.dom)) and "/services" in event["requestURI"], since
    )


def _patches(audit: AuditLog, since: int, key: str, *, ok: bool = False) -> list[Event]:
    return [
        event
        for event in audit.events(since)
        if event["verb"] == "patch"
        # What is shown has been tried.
        and "dryRun" not in event["requestURI"]
        and of(event, key)
        and (not ok or event["responseStatus"]["code"] < 400)
    ]
