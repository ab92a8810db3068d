"""The files of a team's own kustomization on deploy/, from what was answered."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from bot.firstday.kustomization import NO_IMAGE, Image, with_image

# In the order of what uses them: the audit's chain, what the store encrypts, who sends alerts.
# What no room reads yet is in the Secret, and not mounted: deploy/deployment.yaml mounts by name.
GENERATED = ("audit-key", "store-key", "alerts-token")
_BYTES = 32
_LABELS = "{app.kubernetes.io/name: quarterdeck, app.kubernetes.io/part-of: quarterdeck}"


@dataclass(frozen=True, slots=True)
class Answers:
    """What a newcomer has answered."""

    secrets: Mapping[str, str]
    """Of Slack, by the names of their files."""
    admin: str
    channel: str
    namespace: str
    host: str
    """Where Slack calls the bot; empty for Socket Mode."""
    base: str
    """deploy/, as a kustomization names it: a relative path or a URL."""
    image: Image | None


def generated() -> dict[str, str]:
    """Return a new secret of 32 random bytes in hexadecimal digits for each name."""
    return {name: secrets.token_hex(_BYTES) for name in GENERATED}


def manifests(answers: Answers, names: Mapping[str, str]) -> dict[str, str]:
    """Return the text of each file; `names` are the secrets that the Secret is made of."""
    text = _kustomization(answers, sorted(names))
    return {
        "kustomization.yaml": with_image(text, answers.image) if answers.image else text,
        "policy.yaml": _policy(answers),
        "rolebindings.yaml": _rolebindings(answers),
        ".gitignore": "/secrets/\n",
    }


def component(base: str, name: str) -> str:
    """Return a component of deploy/ as a kustomization names it: in front of a URL's query."""
    path, mark, query = base.partition("?")
    return f"{path.rstrip('/')}/components/{name}{mark}{query}"


def _kustomization(answers: Answers, names: list[str]) -> str:
    files = "".join(f"  - secrets/{name}\n" for name in names)
    return f"""\
# Quarterdeck as this team runs it: kubectl apply -k on this folder. Written by `quarterdeck init`;
# from here on it is yours.
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
- {json.dumps(answers.base)}
- rolebindings.yaml
{_http(answers) if answers.host else ""}{NO_IMAGE}\
configMapGenerator:
- name: quarterdeck-policy
  namespace: quarterdeck
  behavior: replace
  files: [policy.yaml]
  options: {{labels: {_LABELS}}}
secretGenerator:
# The name gets a hash of the content, so that a new token rolls out. The folder secrets is not
# committed: keep it where you keep secrets.
- name: quarterdeck
  namespace: quarterdeck
  files:
{files}  options: {{labels: {_LABELS}}}
"""


def _http(answers: Answers) -> str:
    host = json.dumps(answers.host)
    return f"""\
components:
- {json.dumps(component(answers.base, "http"))}
patches:
# TLS is the Ingress's: it needs the Secret quarterdeck-tls. Where the Ingress controller does not
# run in the namespace ingress-nginx, patch the NetworkPolicy quarterdeck-slack, too.
- target: {{kind: Ingress, name: quarterdeck}}
  patch: |
    - {{op: replace, path: /spec/tls/0/hosts/0, value: {host}}}
    - {{op: replace, path: /spec/rules/0/host, value: {host}}}
"""


def _policy(answers: Answers) -> str:
    return f"""\
# Who may ask for what, from where. Kubernetes RBAC is the authority; this file only narrows it.
# docs/policy.md says what may stand here, and `quarterdeck policy check` whether it is right;
# `kubectl apply -k` on this folder rolls it out.
version: 1
clusters:
  default: {{mode: groups}}
# Where the bot tells what is wrong with itself.
admin_channel: {answers.channel}
channels:
  # Answers about its namespaces are public there, and changes are made from there alone.
  {answers.channel}: {{cluster: default, namespaces: [{json.dumps(answers.namespace)}]}}
people:
- {{slack: {answers.admin}, groups: ["quarterdeck:admins"]}}
"""


def _rolebindings(answers: Answers) -> str:
    return f"""\
# What the groups of policy.yaml may do, namespace by namespace. More tiers, and the right to read
# nodes: examples/bindings.yaml of deploy/.
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: "quarterdeck:admins"
  namespace: {json.dumps(answers.namespace)}
  labels: {_LABELS}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: "quarterdeck:admin"}}
subjects:
- {{apiGroup: rbac.authorization.k8s.io, kind: Group, name: "quarterdeck:admins"}}
"""
