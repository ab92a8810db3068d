"""`quarterdeck cluster add`: what to apply in another cluster, and the Secret that leads there."""

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from typing import Any

import orjson
import yaml

from bot.core.errors import ConfigurationError
from bot.kube.credentials import Address

NAMESPACE = ACCOUNT = "quarterdeck"
CLUSTERS = "quarterdeck-clusters"
"""Of the Secret that leads to the other clusters."""
LASTING = "quarterdeck-token"
"""Of the Secret there in which the cluster keeps a token that does not expire."""
FOLDER = "/etc/quarterdeck-clusters"
"""Where deploy/components/clusters mounts the Secret."""
_SUBJECT = f"system:serviceaccount:{NAMESPACE}:{ACCOUNT}"
# The bot holds its Leases where it runs, and in no other cluster.
_AT_HOME = {("Role", "quarterdeck:leader"), ("RoleBinding", "quarterdeck:leader")}
_LABELS = {"app.kubernetes.io/name": "quarterdeck", "app.kubernetes.io/part-of": "quarterdeck"}
_DOCUMENTS = re.compile(r"^---\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Token:
    """A token of the bot's ServiceAccount in another cluster."""

    text: str
    ends: datetime | None
    """None: it lasts until its Secret is deleted."""


def there(*, token_secret: bool) -> str:
    """Return what the other cluster needs: the account, what it may become, and the tiers."""
    folder = resources.files(__name__.rpartition(".")[0])
    texts = [(folder / f"{name}.yaml").read_text("utf-8") for name in ("namespace", "rbac")]
    documents = [one for text in texts for one in _DOCUMENTS.split(text) if _belongs(one)]
    if token_secret:
        documents.append(yaml.safe_dump(_token_secret(), sort_keys=False))
    return "---\n".join(documents)


def _belongs(document: str) -> bool:
    content = yaml.safe_load(document)
    return bool(content) and (content["kind"], content["metadata"]["name"]) not in _AT_HOME


def _token_secret() -> dict[str, Any]:
    annotations = {"kubernetes.io/service-account.name": ACCOUNT}
    metadata = {"name": LASTING, "namespace": NAMESPACE, "labels": _LABELS}
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {**metadata, "annotations": annotations},
        "type": "kubernetes.io/service-account-token",
    }


def here(context: str, address: Address, token: Token) -> str:
    """Return the Secret that leads to the other cluster, with this cluster's keys alone."""
    name = key_of(context)
    document = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": CLUSTERS, "namespace": NAMESPACE, "labels": _LABELS},
        "type": "Opaque",
        # `data`, for the owner of a field is told by it; of `stringData` the server keeps nothing.
        "data": {
            f"{name}.kubeconfig": _base64(_kubeconfig(context, address)),
            f"{name}.token": _base64(token.text),
        },
    }
    return yaml.safe_dump(document, sort_keys=False)


def key_of(context: str) -> str:
    """Return a context's name in the form of a Secret's key.

    Raises:
        ConfigurationError: it is the name of the cluster that the bot runs in.
    """
    key = re.sub(r"[^A-Za-z0-9._-]", "-", context)
    if key == "in-cluster":
        raise ConfigurationError("error: in-cluster is the name of the bot's own cluster")
    return key


def _kubeconfig(context: str, address: Address) -> str:
    cluster = {"server": address.server}
    if address.authority:
        cluster["certificate-authority-data"] = base64.b64encode(address.authority).decode()
    if address.tls_server_name:
        cluster["tls-server-name"] = address.tls_server_name
    user = {"tokenFile": f"{FOLDER}/{key_of(context)}.token"}
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": context, "cluster": cluster}],
        "users": [{"name": context, "user": user}],
        "contexts": [{"name": context, "context": {"cluster": context, "user": context}}],
    }
    return yaml.safe_dump(document, sort_keys=False)


def checked(address: Address) -> Address:
    """Return the address if a bot may send a token there.

    Raises:
        ConfigurationError: nobody would know who answers.
    """
    if not address.server.startswith("https://") or not address.verified:
        raise ConfigurationError(
            "error: the bot sends its token to no server that need not prove who it is",
            next_step="Give the context an https server, and its certificate-authority-data.",
        )
    return address


def read_token(text: str) -> Token:
    """Return the token of the bot's ServiceAccount.

    Raises:
        ConfigurationError: it is no token of a ServiceAccount, or that of another one, which might
            do more than the bot's.
    """
    text = text.strip()
    claims = _claims(text)
    if claims.get("sub") != _SUBJECT:
        raise ConfigurationError(
            f"error: this is no token of {_SUBJECT}",
            next_step=f"Type: kubectl create token {ACCOUNT} --namespace={NAMESPACE}",
        )
    ends = claims.get("exp")
    return Token(text, datetime.fromtimestamp(ends, UTC) if isinstance(ends, int) else None)


def _claims(token: str) -> dict[str, Any]:
    """Return what a JSON Web Token says; who signed it is the other cluster's to judge."""
    try:
        _, payload, _ = token.split(".")
        claims = orjson.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (ValueError, binascii.Error):
        return {}
    return claims if isinstance(claims, dict) else {}


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
