"""`quarterdeck doctor`: each thing that the bot stands on, looked at before anybody types.

Every line says how something is and, where it is not well, the next thing to do.
"""

import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace

from bot import environment
from bot.commands import Registry
from bot.core.clock import Clock, SystemClock
from bot.core.errors import ConfigurationError, ForbiddenError, QuarterdeckError
from bot.core.health import Finding, State, compare_clocks
from bot.core.ports import Query
from bot.core.request import Impersonated
from bot.kube.fleet import Fleet
from bot.policy.model import FIXED_USER, Mode, Policy
from bot.policy.reading import read_policy
from bot.prometheus.checkup import check_prometheus
from bot.rbac.form import examine as examine_rights
from bot.rbac.form import read_version
from bot.settings import Settings, read_settings
from bot.slack.checkup import check_slack
from bot.store.engine import open_store
from bot.store.upgrade import migrate

_MARKS = {State.GOOD: "✓", State.LACKING: "!", State.BROKEN: "✗"}
_SECONDS = 10.0
# Aggregated discovery, which the bot reads, is there since 1.27; one minor version beyond the one
# that the tests run on is as far as kubectl's own skew policy goes.
OLDEST, NEWEST = (1, 27), (1, 38)
_ELSE = "Correct what it names, and run `quarterdeck doctor` again."
_RBAC = "Apply deploy/rbac.yaml to that cluster, and list the person's groups in it."


async def examine(write: Callable[[str], None]) -> int:
    """Write a line for each finding; return 1 if something is broken, else 0.

    Raises:
        ConfigurationError: the settings themselves cannot be read.
    """
    settings, clock = read_settings(), SystemClock()
    broken = False
    for check in _checks(settings, clock):
        for finding in await _tried(check):
            broken |= finding.state is State.BROKEN
            write(_line(finding))
    return int(broken)


_Check = Callable[[], Awaitable[list[Finding]]]


def _checks(settings: Settings, clock: Clock) -> Iterator[_Check]:
    yield lambda: check_policy(settings)
    yield lambda: check_store(settings, clock)
    yield lambda: check_clusters(settings, clock)
    yield lambda: check_metrics(settings, clock)
    yield lambda: check_slack(settings.slack, clock, channels_of(settings))


async def _tried(check: _Check) -> list[Finding]:
    try:
        return await check()
    except QuarterdeckError as error:
        return [Finding(State.BROKEN, error.text, error.next_step or _ELSE)]


def _line(finding: Finding) -> str:
    step = f"\n  → {finding.next_step}" if finding.next_step else ""
    return f"{_MARKS[finding.state]} {finding.text}{step}"


def channels_of(settings: Settings) -> tuple[str, ...]:
    """Return the channels that the policy names; none where it cannot be read."""
    try:
        policy = read_policy(settings.policy)
    except ConfigurationError:
        return ()  # the policy's own finding says it
    named = (policy.admin_channel, *policy.channels)
    return tuple(dict.fromkeys(channel for channel in named if channel))


async def check_policy(settings: Settings) -> list[Finding]:
    """Return whether the policy can be read, and whether it lets anybody in."""
    policy = read_policy(settings.policy)
    text = f"The policy {settings.policy} names {policy.summary()}."
    if not policy.knows_somebody:
        step = "Add people: [{slack: U…, groups: [quarterdeck:viewers]}] to it."
        return [Finding(State.LACKING, f"{text} Nobody is answered.", step)]
    if not policy.channels:
        step = "Add channels: {C…: {cluster: default, namespaces: [shop]}} to it."
        return [Finding(State.LACKING, f"{text} Nothing is changed from anywhere.", step)]
    return [Finding(State.GOOD, text)]


async def check_store(settings: Settings, clock: Clock) -> list[Finding]:
    """Return whether the store can be brought to its newest form, and be written."""
    await migrate(settings.store, clock=clock)
    async with open_store(settings.store) as store:
        await store.check()
    return [Finding(State.GOOD, "The store opens and can be written.")]


async def check_clusters(settings: Settings, clock: Clock) -> list[Finding]:
    """Return whether each cluster of the policy answers, and lets the bot act for people."""
    policy = read_policy(settings.policy)
    fleet = Fleet(
        settings.kubernetes,
        clock,
        environment=environment.variables(),
        proxy_for=environment.proxy_for,
    )
    try:
        found = []
        for context in _contexts(policy, fleet.default_context):
            found += await _check_cluster(fleet, policy, context, clock)
        return found
    finally:
        await fleet.close()


async def check_metrics(settings: Settings, clock: Clock) -> list[Finding]:
    """Return whether the Prometheus and Alertmanager servers answer."""
    options = settings.prometheus
    policy, default = read_policy(settings.policy), ""
    if options.file:
        fleet = Fleet(settings.kubernetes, clock, environment=environment.variables())
        default = fleet.default_context
        await fleet.close()
    contexts = _contexts(policy, default or "default")
    return await check_prometheus(options, contexts, default, clock, environment.proxy_for)


def _contexts(policy: Policy, default: str) -> tuple[str, ...]:
    bound = (context for channel in policy.channels.values() for context in channel.contexts)
    named = [*policy.clusters, *bound]
    return tuple(dict.fromkeys(default if name == "default" else name for name in named))


async def _check_cluster(fleet: Fleet, policy: Policy, context: str, clock: Clock) -> list[Finding]:
    name = _named(policy, context, fleet.default_context)
    identity = _first(policy, name)
    try:
        cluster = fleet.open(context, identity, "doctor", _SECONDS, _SECONDS)
        version = str((await cluster.version()).get("gitVersion", "of an unknown version"))
        date = await cluster.date()
        rights = await _check_rights(fleet, policy, context, name, version)
    except ConfigurationError as error:
        step = "Add it to the kubeconfig, or take it out of the policy."
        return [Finding(State.BROKEN, f"Cluster {context}: {error.text}", step)]
    except QuarterdeckError as error:
        step = "Check its address and credentials in the kubeconfig, and the network policy."
        return [Finding(State.BROKEN, f"Cluster {context}: {error.text}", step)]
    answers = check_version(context, version)
    found = [answers, *compare_clocks(f"the cluster {context}", date, clock.now()), *rights]
    if any(finding.state is State.BROKEN for finding in rights):
        return found
    return [*found, await _check_impersonation(fleet, context, identity)]


def _named(policy: Policy, context: str, default: str) -> str:
    """Return what the policy calls a context."""
    return "default" if context == default and context not in policy.clusters else context


def _first(policy: Policy, cluster: str) -> Impersonated:
    """Return the first person of the policy, as a cluster sees them."""
    person = policy.people[0] if policy.people else None
    named = policy.mode(cluster) is Mode.USERS and person is not None and person.user
    return Impersonated(named or FIXED_USER, person.groups if person else ())


async def _check_rights(
    fleet: Fleet, policy: Policy, context: str, cluster: str, version: str
) -> list[Finding]:
    """Return in which form the bot impersonates there, and what it holds beyond that."""
    accesses = [access for command in Registry().all() for access in command.access]
    own = fleet.own_rights(context, "doctor", _SECONDS)
    found = await examine_rights(own, policy, cluster, accesses, read_version(version))
    return [replace(one, text=f"Cluster {context}: {one.text}") for one in found]


def check_version(context: str, version: str) -> Finding:
    """Return whether a cluster's version, such as `v1.37.2`, is one that the bot is made for."""
    found = re.match(r"v?(\d+)\.(\d+)", version)
    minor = (int(found[1]), int(found[2])) if found else OLDEST
    text = f"Cluster {context} answers: Kubernetes {version}."
    if minor < OLDEST:
        step = f"Upgrade it to {_written(OLDEST)} at least."
        return Finding(State.BROKEN, f"{text} It is too old for the bot.", step)
    if minor > NEWEST:
        step = "Look whether there is a newer version of the bot."
        told = f"The bot is made for versions up to {_written(NEWEST)}."
        return Finding(State.LACKING, f"{text} {told}", step)
    return Finding(State.GOOD, text)


def _written(version: tuple[int, int]) -> str:
    return ".".join(map(str, version))


async def _check_impersonation(fleet: Fleet, context: str, identity: Impersonated) -> Finding:
    """Return whether the bot may act as the first person of the policy."""
    groups = ", ".join(identity.groups) or "no groups"
    cluster = fleet.open(context, identity, "doctor", _SECONDS, _SECONDS)
    try:
        await cluster.fetch(Query(await cluster.resource("namespaces"), name="default"))
    except ForbiddenError as error:
        # What a person may not read there is not for the bot to judge.
        if "impersonate" in error.text:
            return Finding(State.BROKEN, f"Cluster {context}: {error.text}", _RBAC)
    except QuarterdeckError as error:
        step = "Check the network between the bot and that cluster, and try again."
        return Finding(State.BROKEN, f"Cluster {context}: {error.text}", step)
    return Finding(State.GOOD, f"Cluster {context} lets the bot act for people ({groups}).")
