"""The mark by which two people are known to be the same to the cluster and to the gate.

Pure. An answer that was kept is shown to whoever's own request would carry the same seal: the
same Kubernetes identity, the same decision of the gate, the same command. Who the person is, and
the request's id, are extras for the audit log and decide nothing.
"""

import hashlib
from collections.abc import Sequence

import orjson

from bot.core.access import Asked, Grant
from bot.core.command import Effect
from bot.core.request import Impersonated


def seal_of(grants: Sequence[Grant], asked: Asked, canonical: str) -> str:
    """Return the seal; empty for what changes things, and for a kubeconfig's own user."""
    decisions = [_decision(grant) for grant in grants]
    if asked.effect is not Effect.READ or not all(decisions):
        return ""
    sealed = [decisions, asked.all_namespaces, canonical]
    return hashlib.sha256(orjson.dumps(sealed)).hexdigest()


def _decision(grant: Grant) -> list[object]:
    identity = grant.actor.identity
    if not isinstance(identity, Impersonated):
        return []
    groups = sorted(identity.groups)
    return [identity.user, groups, grant.context, grant.namespace, grant.audience]
