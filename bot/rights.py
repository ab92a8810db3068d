"""`quarterdeck rbac`: the bot's own role as a manifest, and what is missing or unused in one.

Where a cluster is read, it is read as the kubeconfig's user of the terminal, never as the bot.
"""

import re
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import yaml

from bot import environment
from bot.commands import Registry
from bot.core.clock import SystemClock
from bot.core.command import Access
from bot.core.errors import ConfigurationError, NotFoundError, UsageError
from bot.core.ports import JsonObject, Query, Reader
from bot.core.request import KubeconfigUser
from bot.kube.fleet import Fleet, Options
from bot.policy.model import Mode, Policy
from bot.policy.reading import read_policy
from bot.rbac.bindings import KINDS, Rbac, Subject
from bot.rbac.manifest import as_yaml, classic, constrained
from bot.rbac.needs import CONSTRAINED, READ, identities
from bot.rbac.people import listed, subjects
from bot.rbac.report import compare

ACCOUNT = "quarterdeck"
"""The bot's ServiceAccount in deploy/rbac.yaml, in the policy's own namespace."""
_SECONDS = 60.0
_REQUEST_SECONDS = 10.0

_UNLISTED = """\
# RBAC has no patterns, so people who are bound by {} alone are not listed here:
# the bot cannot act for them in this cluster until the policy names them under `people`.
"""

Write = Callable[[str], None]


def policy_of(path: Path | None) -> Policy:
    """Return the policy of a file; without one: one that names nobody.

    Raises:
        ConfigurationError: the file is missing or wrong.
    """
    return read_policy(path) if path else Policy(version=1)


def render(policy: Policy, cluster: str, *, capped: bool, also: Sequence[str]) -> str:
    """Return the ClusterRole by which the bot becomes those whom the policy names.

    `also` are types, such as `widgets.example.org`, that may be read in the constrained form
    beside those of Kubernetes itself.
    """
    who = identities(policy, cluster)
    role = constrained(who, declared(also)) if capped else classic(who)
    unlisted = [*policy.usergroups, *policy.domains] if policy.mode(cluster) is Mode.USERS else []
    return (_UNLISTED.format(", ".join(unlisted)) if unlisted else "") + as_yaml(role)


def declared(also: Sequence[str] = ()) -> list[Access]:
    """Return the rights that all commands declare, and reading the types of `also`.

    Raises:
        UsageError: a word of `also` is not a type, as `pods/exec` is not.
    """
    commands = [access for command in Registry().all() for access in command.access]
    return [*commands, *(access for word in also for access in _reading(word))]


def _reading(word: str) -> Iterator[Access]:
    found = re.fullmatch(r"([a-z][a-z0-9]*)(?:\.([a-z0-9.-]+))?", word)
    if not found:
        example = "quarterdeck rbac render --constrained --also widgets.example.org"
        raise UsageError(f"error: {word!r} is not a type", next_step=example)
    return (Access(verb, found[1], found[2] or "") for verb in READ)


async def list_bindings(policy: Policy, cluster: str, context: str, write: Write) -> None:
    """Write, per person and mode, which bindings of a cluster would apply; as YAML comments."""
    async with _opened(context) as reader:
        rbac = Rbac(await _documents(reader))
    for line in listed(subjects(policy, cluster), rbac):
        write(f"# {line}".rstrip())


async def check(
    policy: Policy, cluster: str, manifests: Sequence[Path], context: str | None, write: Write
) -> int:
    """Write what the bot lacks and what it does not need; return 1 if there is anything, else 0.

    Raises:
        ConfigurationError: neither manifests nor a context are given, or they cannot be read.
    """
    found = await _found(manifests, context)
    account = Subject.account(policy.own_namespace, ACCOUNT)
    lines = compare(found, account, policy, cluster, declared())
    for line in lines:
        write(line)
    form = "constrained" if _is_constrained(found, account) else "classic"
    if not lines:
        write(f"The bot has what it needs and nothing else ({form} form).")
    return int(bool(lines))


def _is_constrained(found: Sequence[JsonObject], account: Subject) -> bool:
    return any(right.verb == CONSTRAINED for right in Rbac(found).rights(account))


async def _found(manifests: Sequence[Path], context: str | None) -> list[JsonObject]:
    if bool(manifests) == (context is not None):
        raise ConfigurationError(
            "error: say what to compare with: --manifest FILE, or --context NAME for a cluster",
            next_step="quarterdeck rbac check --policy policy.yaml --manifest deploy/rbac.yaml",
        )
    if context is None:
        return [one for path in manifests for one in _parsed(path)]
    async with _opened(context) as reader:
        return await _documents(reader)


def _parsed(path: Path) -> Iterator[JsonObject]:
    try:
        documents = list(yaml.load_all(path.read_bytes(), yaml.CSafeLoader))
    except OSError as error:
        raise ConfigurationError(f"error: manifest {path}: {error.strerror}") from error
    except yaml.YAMLError as error:
        raise ConfigurationError(f"error: manifest {path}: it is not YAML: {error}") from error
    return (one for one in documents if isinstance(one, dict) and "kind" in one)


@asynccontextmanager
async def _opened(context: str) -> AsyncIterator[Reader]:
    """Give a cluster as the kubeconfig's user.

    An empty name means the current context, and so does `default`, where no context has that name.
    """
    fleet = Fleet(
        Options(environment.kubeconfig_paths()),
        SystemClock(),
        terminal=True,
        environment=environment.variables(),
        proxy_for=environment.proxy_for,
    )
    try:
        current = context in ("", "default") and context not in fleet.contexts()
        name = fleet.default_context if current else context
        yield fleet.open(name, KubeconfigUser(), "rbac", _SECONDS, _REQUEST_SECONDS)
    finally:
        await fleet.close()


async def _documents(reader: Reader) -> list[JsonObject]:
    """Return the roles, the bindings and the admission policies of a cluster."""
    found: list[JsonObject] = []
    for typed in (*KINDS, "validatingadmissionpolicies", "validatingadmissionpolicybindings"):
        try:
            resource = await reader.resource(typed)
        except NotFoundError:
            continue  # an older cluster has no such policies
        async for page in reader.pages(Query(resource)):
            found += ({**item, "kind": resource.kind} for item in page["items"])
    return found
