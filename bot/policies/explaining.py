"""`quarterdeck policy explain`: what policy, freezes and cluster say to a question, and why."""

from dataclasses import dataclass, replace
from pathlib import Path

from bot import environment
from bot.core.access import Asked, Grant
from bot.core.clock import SystemClock
from bot.core.command import Effect
from bot.core.errors import ConfigurationError, QuarterdeckError
from bot.core.ports import JsonObject
from bot.core.request import Identity, Impersonated
from bot.kube.fleet import Fleet, Options
from bot.policies.checking import Write
from bot.policies.holding import Kept, locked, read_kept, stands_against
from bot.policy.model import Policy
from bot.policy.reading import read_policy
from bot.policy.verdicts import Verdict, Word, judged, person_called, question, request_of

_SECONDS = 10.0
_REVIEW = "selfsubjectaccessreviews.authorization.k8s.io"
_MEANS = {
    Word.ALLOWED: "Nothing in it stands in the way.",
    Word.CONFIRM: "Whoever asks confirms it.",
}


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be explained."""

    person: str
    verb: str
    resource: str
    namespace: str = ""
    channel: str = ""
    """Empty: the first one that is bound to the namespace."""
    context: str = ""


async def explain(path: Path, asked: Question, write: Write) -> int:
    """Write what the policy and the cluster say, and what is frozen; return 1 if one says no.

    Raises:
        ConfigurationError: the policy cannot be read.
    """
    policy = read_policy(path)
    try:
        fleet = _fleet()
    except ConfigurationError as error:
        return await _explain(policy, asked, write, None, error.text)
    try:
        return await _explain(policy, asked, write, fleet)
    finally:
        await fleet.close()


def _fleet() -> Fleet:
    return Fleet(
        Options(kubeconfig=environment.kubeconfig_paths()),
        SystemClock(),
        environment=environment.variables(),
        proxy_for=environment.proxy_for,
    )


async def _explain(
    policy: Policy, asked: Question, write: Write, fleet: Fleet | None, lacking: str = ""
) -> int:
    channel = asked.channel or _channel_of(policy, asked.namespace)
    request = request_of(person_called(policy, asked.person), channel)
    wanted = question(asked.verb, asked.resource, asked.context, asked.namespace)
    wanted = replace(wanted, also=fleet.default_context if fleet else "")
    verdict = judged(policy, request, wanted)
    write(f"{asked.person}: {asked.verb} {_what(wanted)}, {_from(channel)}")
    _write_policy(verdict, write)
    free = verdict.grant is None or await _write_holds(policy, verdict.grant, wanted, write)
    # Who they are to the cluster is a question of its own: the policy may refuse the act alone.
    known = judged(policy, request, replace(wanted, effect=Effect.READ, resource=""))
    if known.grant is None:
        write("Cluster: not asked, since the policy lets nobody of that name in there.")
    elif fleet is None:
        write(f"Cluster: not asked. {lacking}")
    elif not await _allows(fleet, known.grant, asked, write):
        return 1
    return int(verdict.grant is None or not free)


async def _write_holds(policy: Policy, grant: Grant, wanted: Asked, write: Write) -> bool:
    """Write what is frozen or locked where something is changed; return False if the place is."""
    if wanted.effect is Effect.READ:
        return True
    place = "" if wanted.cluster_scoped else grant.namespace
    placed = replace(wanted, context=grant.context, namespace=place)
    clock = SystemClock()
    kept = await read_kept(clock)
    if kept.holds and not wanted.also and grant.context == "default":
        kept = Kept(lacking="no kubeconfig says which cluster is the default one")
    stopped = stands_against(policy, placed, kept, clock.now())
    for sentence in (*stopped, *locked(placed, kept)):
        write(f"Now: {sentence}")
    if kept.lacking:
        write(f"Now: freezes and locks by people are not known: {kept.lacking}.")
    return not stopped


def _write_policy(verdict: Verdict, write: Write) -> None:
    write(f"Policy: {verdict.word}. {verdict.reason or _MEANS[verdict.word]}")
    if verdict.next_step:
        write(f"  → {verdict.next_step}")


async def _allows(fleet: Fleet, grant: Grant, asked: Question, write: Write) -> bool:
    """Ask the cluster as the person; return False if it says no."""
    identity = grant.actor.identity
    context = fleet.default_context if grant.context == "default" else grant.context
    try:
        status = await _review(fleet, context, identity, asked, grant.namespace)
    except QuarterdeckError as error:
        write(f"Cluster {context}: not asked. {error.text}")
        return True
    allowed = bool(status.get("allowed"))
    reason = str(status.get("reason") or "no role that is bound there gives it")
    write(f"Cluster {context}: {'yes' if allowed else 'no'}, as {_shown(identity)}. {reason}")
    return allowed


async def _review(
    fleet: Fleet, context: str, identity: Identity, asked: Question, namespace: str
) -> JsonObject:
    cluster = fleet.open(context, identity, "explain", _SECONDS, _SECONDS)
    kind, _, subresource = asked.resource.partition("/")
    resource = await cluster.resource(kind)
    attributes = {
        "namespace": namespace or fleet.namespace(context) if resource.namespaced else "",
        "verb": asked.verb,
        "group": resource.group,
        "resource": resource.plural,
        "subresource": subresource,
    }
    spec = {"resourceAttributes": {key: word for key, word in attributes.items() if word}}
    status: JsonObject = (await cluster.review(_REVIEW, spec)).get("status") or {}
    return status


def _channel_of(policy: Policy, namespace: str) -> str:
    bound = (name for name, one in policy.channels.items() if namespace in one.namespaces)
    return next(bound, "")


def _what(asked: Asked) -> str:
    whole = f"{asked.resource}/{asked.subresource}" if asked.subresource else asked.resource
    return f"{whole} in {asked.namespace}" if asked.namespace else whole


def _from(channel: str) -> str:
    return f"from {channel}" if channel else "from a place that is bound to nothing"


def _shown(identity: Identity) -> str:
    if not isinstance(identity, Impersonated):
        return "the kubeconfig's user"
    return f"{identity.user} in {', '.join(identity.groups) or 'no groups'}"
