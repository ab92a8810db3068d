"""Who acts in cases, and what they may do."""

from collections.abc import Sequence
from typing import Any

from tests.conformance.cluster.case import Headers, Request, Step, Until
from tests.conformance.cluster.writing import (
    CORE,
    RBAC,
    Item,
    as_user,
    create,
    gone,
    item,
)

AUTHORIZATION = "/apis/authorization.k8s.io/v1"
REVIEW = f"{AUTHORIZATION}/selfsubjectaccessreviews"
GROUP = "rbac.authorization.k8s.io"
EVE = as_user("eve")
DISCOVERY = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"


def rule(verbs: str, resources: str = "", group: str = "", **more: Any) -> Item:
    """Return a rule; several verbs or resources are separated by spaces."""
    if not resources:
        return {"verbs": verbs.split(), **more}
    return {"verbs": verbs.split(), "apiGroups": [group], "resources": resources.split(), **more}


def role(name: str, *rules: Item) -> Item:
    return item(f"{GROUP}/v1", "Role", name, rules=rules)


def cluster_role(*rules: Item) -> Item:
    return item(f"{GROUP}/v1", "ClusterRole", "{ns}-role", rules=rules)


def binding(name: str, to: Item, *subjects: Item, kind: str = "RoleBinding") -> Item:
    reference = {"apiGroup": GROUP, "kind": to["kind"], "name": to["metadata"]["name"]}
    return item(f"{GROUP}/v1", kind, name, roleRef=reference, subjects=list(subjects))


def subject(kind: str, name: str, **more: str) -> Item:
    where = {} if kind == "ServiceAccount" else {"apiGroup": GROUP}
    return {"kind": kind, "name": name, **where, **more}


# Rights reach the authorizer a moment after they are written; this one tells when.
PROBE = rule("get", "configmaps", resourceNames=["probe"])


def granted(who: Item, *rules: Item) -> tuple[Step, ...]:
    """Return the steps that give somebody the rules in the case's namespace."""
    given = role("given", *rules, PROBE)
    made = create(given, keep=()), create(binding("given", given, who), keep=())
    return *made, arrived(headers_of(who))


def granted_everywhere(who: Item, *rules: Item) -> tuple[Step, ...]:
    """Return the steps that give somebody the rules in the whole cluster."""
    given = cluster_role(*rules, PROBE)
    bound = binding("{ns}-binding", given, who, kind="ClusterRoleBinding")
    return create(given, keep=()), create(bound, keep=()), arrived(headers_of(who))


def arrived(headers: Headers, path: str = f"{CORE}/configmaps/probe") -> Until:
    """Return the step that waits until somebody may look for what is not there."""
    return Until(path, gone, keep=(), headers=headers)


def headers_of(who: Item) -> Headers:
    """Return the headers with which somebody acts; of a service account, its saved token."""
    match who["kind"]:
        case "User":
            return as_user(who["name"])
        case "Group":
            return as_user("eve", who["name"])
        case _:
            return bot()


EVERYWHERE = (f"{RBAC}/clusterrolebindings/{{ns}}-binding", f"{RBAC}/clusterroles/{{ns}}-role")
ACCOUNT = create(item("v1", "ServiceAccount", "bot"), keep=())
USER = subject("User", "eve")


def token(spec: Item | None = None, **options: Any) -> Request:
    body = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": spec or {}}
    return Request("POST", f"{CORE}/serviceaccounts/bot/token", body, **options)


def review(resource: str, spec: Item, headers: Headers | None = None) -> Request:
    kinds = {
        "selfsubjectaccessreviews": "SelfSubjectAccessReview",
        "subjectaccessreviews": "SubjectAccessReview",
        "localsubjectaccessreviews": "LocalSubjectAccessReview",
        "selfsubjectrulesreviews": "SelfSubjectRulesReview",
    }
    body: Item = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": kinds[resource],
        "metadata": {},
        "spec": spec,
    }
    where = f"{AUTHORIZATION}/{resource}"
    if resource == "localsubjectaccessreviews":
        where = f"{AUTHORIZATION}/namespaces/{{ns}}/{resource}"
        body["metadata"] = {"namespace": "{ns}"}
    return Request("POST", where, body, headers=headers or {})


def may(verb: str, resource: str, headers: Headers, **more: str) -> Request:
    """Return the question whether somebody may do something in the case's namespace."""
    attributes = {"verb": verb, "resource": resource, "namespace": "{ns}", **more}
    return review("selfsubjectaccessreviews", {"resourceAttributes": attributes}, headers)


def who(headers: Headers) -> Request:
    body = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
    path = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
    return Request("POST", path, body, headers=headers)


def bot(**more: str | Sequence[str]) -> Headers:
    """Return the headers of the case's ServiceAccount, whose token was saved."""
    return {"Authorization": "Bearer {bearer}", **more}


def acting(user: str, *groups: str, **extra: str) -> Headers:
    named = {f"Impersonate-Extra-{key}": value for key, value in extra.items()}
    return bot(**{"Impersonate-User": user, "Impersonate-Group": groups, **named})


BEARER = token(save={"bearer": "/status/token"}, keep=())
ME = subject("ServiceAccount", "bot", namespace="{ns}")
CLASSIC = (
    rule("impersonate", "users", resourceNames=["ada"]),
    rule("impersonate", "groups", resourceNames=["team-a", "team-b"]),
    rule("impersonate", "userextras/scopes", "authentication.k8s.io", resourceNames=["view"]),
    rule("impersonate", "uids", "authentication.k8s.io", resourceNames=["1234"]),
)
CONSTRAINED = (
    rule("impersonate:user-info", "users", "authentication.k8s.io", resourceNames=["ada"]),
    rule("impersonate:user-info", "groups", "authentication.k8s.io", resourceNames=["team-a"]),
    rule("impersonate-on:user-info:list impersonate-on:user-info:get", "pods"),
)


def by_bot(*steps: Any, rules: Sequence[Item] = ()) -> tuple[Any, ...]:
    """Return the steps behind those that make a ServiceAccount with cluster-wide rules."""
    return (ACCOUNT, BEARER, *(granted_everywhere(ME, *rules) if rules else ()), *steps)


READS_PODS = rule("get list", "pods")
