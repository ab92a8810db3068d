"""T15: what nobody changes through the bot, whatever the policy and the person's rights say."""

import pytest

from bot.core.access import Asked
from bot.core.command import Effect
from bot.policy.kinds import forbidden
from bot.policy.model import Policy
from tests.every import every

EMPTY = Policy(version=1)
CHANGES = [Effect.CHANGE, Effect.ENTER, Effect.DESTROY]


@every("effect", CHANGES)
@every(
    ("resource", "subresource"),
    [
        ("clusterroles.rbac.authorization.k8s.io", ""),
        ("rolebindings.rbac.authorization.k8s.io", ""),
        ("serviceaccounts", "token"),
        ("validatingwebhookconfigurations.admissionregistration.k8s.io", ""),
        ("mutatingadmissionpolicybindings.admissionregistration.k8s.io", ""),
        ("certificatesigningrequests.certificates.k8s.io", ""),
        ("certificatesigningrequests.certificates.k8s.io", "approval"),
        ("customresourcedefinitions.apiextensions.k8s.io", ""),
        ("customresourcedefinitions.apiextensions.k8s.io", "status"),
        ("apiservices.apiregistration.k8s.io", ""),
        ("tokenreviews.authentication.k8s.io", ""),
        ("namespaces", ""),
        ("namespaces", "finalize"),
        ("persistentvolumes", ""),
        ("nodes", "proxy"),
        ("pods", "proxy"),
        ("services", "proxy"),
        ("pods", "binding"),
        ("pods", "ephemeralcontainers"),
        ("ClusterRoles.rbac.authorization.k8s.io", ""),
    ],
)
def test_no_policy_can_let_anybody_change_it(
    resource: str, subresource: str, effect: Effect
) -> None:
    assert forbidden(EMPTY, Asked(effect, resource=resource, subresource=subresource))


@every(
    "asked",
    [
        Asked(Effect.CHANGE),
        Asked(Effect.CHANGE, resource="deployments.apps", subresource="scale"),
        Asked(Effect.CHANGE, resource="serviceaccounts"),
        Asked(Effect.CHANGE, resource="persistentvolumeclaims"),
        Asked(Effect.CHANGE, resource="nodes"),
        Asked(Effect.ENTER, resource="pods", subresource="exec"),
        Asked(Effect.DESTROY, resource="secrets"),
        Asked(Effect.READ, resource="clusterroles.rbac.authorization.k8s.io"),
    ],
)
def test_what_is_not_on_the_list_is_left_to_the_cluster(asked: Asked) -> None:

    assert not forbidden(EMPTY, asked)


def test_nodes_are_cordoned_and_never_deleted() -> None:
    assert not forbidden(EMPTY, Asked(Effect.CHANGE, resource="nodes"))
    assert forbidden(EMPTY, Asked(Effect.DESTROY, resource="nodes"))


@pytest.mark.parametrize(("resource", "subresource"), [("nodes", "proxy"), ("pods", "proxy")])
def test_reading_through_a_proxy_is_no_reading(resource: str, subresource: str) -> None:
    assert forbidden(EMPTY, Asked(Effect.READ, resource=resource, subresource=subresource))


@every(
    ("kind", "resource", "subresource", "meant"),
    [
        ("secrets", "secrets", "", True),
        ("secrets", "secrets.example.org", "", True),
        ("secrets", "configmaps", "", False),
        ("deployments", "deployments.apps", "scale", True),
        ("deployments.apps", "deployments.apps", "", True),
        ("deployments.apps", "deployments.example.org", "", False),
        ("pods/exec", "pods", "exec", True),
        ("pods/exec", "pods", "", False),
        ("*.cert-manager.io", "issuers.cert-manager.io", "", True),
        ("*.cert-manager.io", "issuers.acme.cert-manager.io", "", False),
        ("*.cert-manager.io", "secrets", "", False),
    ],
)
def test_a_policy_adds_to_the_list(kind: str, resource: str, subresource: str, meant: bool) -> None:
    policy = Policy.model_validate({"version": 1, "never": {"kinds": [kind]}})
    asked = Asked(Effect.CHANGE, resource=resource, subresource=subresource)
    assert forbidden(policy, asked) is meant
