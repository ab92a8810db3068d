"""What somebody is told whom the policy does not name: the lines that would let them in.

Pure. It holds what they know or typed themselves, and nothing of the policy or of a cluster.
"""

import re

from bot.core.errors import RefusedError
from bot.core.request import Place, Request
from bot.policy.model import Mode, Policy
from bot.policy.people import slack_id

_NAMESPACE = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
# No namespace, and no e-mail address: who copies the lines without a look is told so.
_SOME_NAMESPACE, _SOME_EMAIL = "NAMESPACE", "EMAIL"
# The least tier of deploy/rbac.yaml.
_GROUP, _ROLE = "quarterdeck:viewers", "quarterdeck:viewer"
_RBAC = "apiGroup: rbac.authorization.k8s.io"


def introduction(policy: Policy, request: Request, mode: Mode, typed: str = "") -> RefusedError:
    """Return the refusal of somebody unknown; `typed` is the namespace that they named."""
    person, place = request.person, request.place
    team, user = person.key.partition("/")[0], slack_id(person)
    namespace = typed if _NAMESPACE.fullmatch(typed) else _SOME_NAMESPACE
    here = f", and this channel is {place.channel}" if _is_channel(place) else ""
    # A surface shows so many lines of an error whole, and no more (`slack.excerpts.NOTES_LINES`).
    lines = [
        f"You are not in this bot's policy: your Slack id is {user} in workspace {team}{here}.",
        "To let you look at things, its admins add to policy.yaml:",
        *_entry(user, person.email or _SOME_EMAIL, mode),
        *_channel(policy, place, namespace),
        "and to the cluster, unless it is there:",
        *_binding(namespace),
    ]
    blank = f", with a namespace for {_SOME_NAMESPACE}" if namespace != typed else ""
    return RefusedError("\n".join(lines), next_step=f"Send all of this to the bot's admins{blank}.")


def _entry(user: str, email: str, mode: Mode) -> list[str]:
    own = f", user: {email}" if mode is Mode.USERS else ""
    return ["people:", f'- {{slack: {user}, groups: ["{_GROUP}"]{own}}}']


def _channel(policy: Policy, place: Place, namespace: str) -> list[str]:
    if not _is_channel(place) or place.channel in policy.channels:
        return []
    return ["channels:", f"  {place.channel}: {{namespaces: [{namespace}]}}"]


def _binding(namespace: str) -> list[str]:
    return [
        "apiVersion: rbac.authorization.k8s.io/v1",
        "kind: RoleBinding",
        f'metadata: {{name: "{_GROUP}", namespace: {namespace}}}',
        f'roleRef: {{{_RBAC}, kind: ClusterRole, name: "{_ROLE}"}}',
        f'subjects: [{{{_RBAC}, kind: Group, name: "{_GROUP}"}}]',
    ]


def _is_channel(place: Place) -> bool:
    return place.channel.startswith(("C", "G"))
