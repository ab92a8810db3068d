"""An account with some rules, and an API server that says of it what RBAC would."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import orjson
from aiohttp import web

from bot.core.command import Access
from bot.core.ports import JsonObject
from bot.policy.model import Policy
from bot.rbac.manifest import classic, constrained
from bot.rbac.needs import identities
from bot.rbac.rights import Right, Rule, of_rules
from tests.kube.server import ApiServer, Play

REVIEWS = "/apis/authorization.k8s.io/v1/selfsubject"
EVERYBODY = Policy(version=1)
ACCESSES = (Access("get", "*"), Access("list", "*"), Access("patch", "deployments", "apps"))
CLASSIC: list[Rule] = classic(identities(EVERYBODY))["rules"]
CONSTRAINED: list[Rule] = constrained(identities(EVERYBODY), ACCESSES)["rules"]
LEASES: list[Rule] = [
    {"apiGroups": ["coordination.k8s.io"], "resources": ["leases"], "verbs": ["create"]},
    {
        "apiGroups": ["coordination.k8s.io"],
        "resources": ["leases"],
        "verbs": ["get", "update"],
        "resourceNames": ["quarterdeck-leader"],
    },
]
BASIC: list[Rule] = [
    {
        "apiGroups": ["authorization.k8s.io"],
        "resources": ["selfsubjectaccessreviews", "selfsubjectrulesreviews"],
        "verbs": ["create"],
    },
    {"nonResourceURLs": ["/api", "/api/*", "/version"], "verbs": ["get"]},
]


@dataclass(frozen=True, slots=True)
class Account:
    """What the API server would say of it; `core` rules count everywhere."""

    everywhere: list[Rule] = field(default_factory=lambda: [*CLASSIC, *BASIC])
    local: dict[str, list[Rule]] = field(default_factory=lambda: {"quarterdeck": LEASES})

    async def may(self, verb: str, group: str, resource: str, name: str = "") -> bool:
        asked = Right(verb, group, resource, name)
        return any(right.covers(asked) for right in of_rules(self.everywhere))

    async def rules(self, namespace: str) -> list[JsonObject]:
        return [*self.everywhere, *self.local.get(namespace, ())]


def answers_for(account: Account, server: ApiServer) -> None:
    """Let a scripted API server answer an account's questions about itself."""
    server.on(f"{REVIEWS}accessreviews", _access(account))
    server.on(f"{REVIEWS}rulesreviews", _rules(account))


def _access(account: Account) -> Play:
    async def play(request: web.BaseRequest) -> web.StreamResponse:
        asked = orjson.loads(await request.read())["spec"]["resourceAttributes"]
        allowed = await account.may(**asked)
        return web.json_response({"status": {"allowed": allowed}})

    return play


def _rules(account: Account) -> Play:
    async def play(request: web.BaseRequest) -> web.StreamResponse:
        rules = await account.rules(orjson.loads(await request.read())["spec"]["namespace"])
        return web.json_response(
            {
                "status": {
                    "resourceRules": list(_about(rules, paths=False)),
                    "nonResourceRules": list(_about(rules, paths=True)),
                    "incomplete": False,
                }
            }
        )

    return play


def _about(rules: Iterable[Rule], *, paths: bool) -> Iterator[Rule]:
    return (rule for rule in rules if ("nonResourceURLs" in rule) == paths)
