"""The one way in for the policy file: from its bytes to the model."""

from pathlib import Path

from pydantic import ValidationError

from bot.core.errors import ConfigurationError
from bot.policy.documents import MOST_BYTES, Fault, FaultyError, read_document
from bot.policy.faults import Language, faults_of
from bot.policy.model import Policy
from bot.policy.schema import policy_schema

EXAMPLES = {
    "version": "version: 1",
    "clusters": "clusters: {default: {mode: groups}}",
    "admin_channel": "admin_channel: C0123456789",
    "own_namespace": "own_namespace: quarterdeck",
    "channels": "channels: {C0123456789: {cluster: default, namespaces: [shop]}}",
    "people": "people: [{slack: U0123456789, groups: [quarterdeck:viewers]}]",
    "usergroups": "usergroups: {S0123456789: {groups: [quarterdeck:viewers]}}",
    "domains": "domains: {example.com: {groups: [quarterdeck:viewers]}}",
    "tiers": "tiers: {viewer: {groups: [quarterdeck:viewers], ceiling: read}}",
    "gates": "gates: [{namespaces: [prod], effect: change, gate: approve}]",
    "approvers": "approvers: [{namespaces: [prod], people: [U0123456789]}]",
    "on_call": "on_call: [{namespaces: [prod], usergroups: [S0123456789]}]",
    "approval_channel": "approval_channel: C0123456789",
    "approvals": "approvals: {minutes: 60}",
    "freezes": "freezes: [{namespaces: [prod], days: [sat, sun], reason: weekend}]",
    "protected": "protected: {namespaces: [kube-*], names: [postgres-*]}",
    "never": "never: {kinds: [secrets, pods/exec]}",
    "tasks": "tasks: {restart-web: {phrases: [rollout restart deploy/web -n shop]}}",
    "metrics": "metrics: {signals: {queue: {title: Jobs, expressions: [sum(jobs)]}}}",
    "exec": "exec: {allow: [{argv: [cat, /etc/hosts], namespaces: [shop]}]}",
}
"""Each part of a policy in its shortest valid form."""


def read_policy(path: Path) -> Policy:
    """Return the policy that the file holds.

    Raises:
        ConfigurationError: the file is missing or wrong; the text names the line.
    """
    return validated(path, read_bytes(path))


def validated(path: Path, content: bytes) -> Policy:
    """Return the policy that the content of that file is.

    Raises:
        ConfigurationError: it is wrong; the text names the line.
    """
    policy = parse_policy(content)
    if isinstance(policy, Policy):
        return policy
    raise refusal(path, policy[0])


def read_bytes(path: Path) -> bytes:
    """Return what the file holds, up to what is too much for a policy.

    Raises:
        ConfigurationError: it cannot be read.
    """
    try:
        # A pipe or a device would be waited for, or never end.
        if path.is_file():
            with path.open("rb") as file:
                return file.read(MOST_BYTES + 1)
        reason = "there is no such file"
    except OSError as error:
        reason = str(error.strerror)
    raise ConfigurationError(
        f"error: policy {path}: {reason}", next_step="QUARTERDECK_POLICY names the file."
    )


def parse_policy(content: bytes) -> Policy | tuple[Fault, ...]:
    """Return the policy, or what is wrong with it, in the order of the file."""
    try:
        document = read_document(content)
        return Policy.model_validate(document.value)
    except FaultyError as error:
        return (error.fault,)
    except ValidationError as error:
        return faults_of(error, document, Language(policy_schema(), EXAMPLES, EXAMPLES["version"]))


def refusal(path: Path, fault: Fault) -> ConfigurationError:
    """Return the error that says what is wrong with the file, where, and what is right."""
    return ConfigurationError(
        f"error: policy {path}: line {fault.line}: {fault.sentence}",
        next_step=f"The valid form: {fault.form}" if fault.form else "",
    )
