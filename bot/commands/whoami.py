"""`whoami`: who one is to Slack, to the policy and to the cluster, and what the place allows."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

from bot.core.access import Here, Known
from bot.core.command import Command, Effect, Family
from bot.core.errors import UsageError
from bot.core.ports import Scope, Whereabouts
from bot.core.reply import Fields, Part
from bot.core.request import Impersonated, Person, Standing

_STANDINGS = {
    Standing.MEMBER: "a member",
    Standing.GUEST: "a guest",
    Standing.BOT: "a bot",
    Standing.DEACTIVATED: "deactivated",
    Standing.FOREIGN: "of another organisation",
    Standing.UNKNOWN: "Slack did not say what",
}
_MODES = {
    "groups": "one user for everybody, with your own groups",
    "users": "your own user, with your own groups",
}
_UP_TO = {
    Effect.READ: "to read",
    Effect.CHANGE: "to change things",
    Effect.ENTER: "to change things and to enter containers",
    Effect.DESTROY: "for everything, deleting included",
}


@dataclass(frozen=True, slots=True)
class Options:
    """`whoami` has no flags."""

    arguments: tuple[str, ...] = ()


async def run(scope: Scope, options: Options) -> AsyncIterator[Part]:
    """Yield what each of those who are asked knows."""
    if options.arguments:
        raise UsageError(
            "error: whoami tells about yourself and takes no words",
            next_step="`auth whoami` asks the API server itself.",
        )
    there = await scope.whereabouts()
    yield Fields(tuple(_told(scope, there)))


def _told(scope: Scope, there: Whereabouts) -> Iterator[tuple[str, str]]:
    known = there.known
    identity = known.actor.identity
    if not isinstance(identity, Impersonated):
        yield f"Cluster {scope.context}", _kubeconfig(scope, there)
        return
    yield "Slack", _slack(known.actor.person)
    yield "Policy", _policy(known)
    yield f"Cluster {scope.context}", _seen(identity)
    yield "How it sees people", _MODES.get(known.mode, known.mode)
    yield "This place", _place(known.here)


def _kubeconfig(scope: Scope, there: Whereabouts) -> str:
    users = (context.user for context in there.contexts if context.name == scope.context)
    user = next(users, "") or "without a name"
    return f"the kubeconfig's user {user}, without impersonation"


def _slack(person: Person) -> str:
    team, _, user = person.key.partition("/")
    told = f"{user} in the workspace {team}, {_STANDINGS[person.standing]}"
    return f"{told}, {person.email}" if person.email else told


def _policy(known: Known) -> str:
    return f"it knows you under {known.source}" if known.source else "it does not name you"


def _seen(identity: Impersonated) -> str:
    groups = ", ".join(identity.groups) or "none"
    return f"user {identity.user}, groups {groups}"


def _place(here: Here) -> str:
    if not here.namespaces:
        return "bound to no namespace: nothing is changed from here, and answers are yours alone"
    clusters, namespaces = ", ".join(here.contexts), ", ".join(here.namespaces)
    return f"bound to {namespaces} in {clusters}, {_UP_TO[here.ceiling]}"


COMMAND = Command(
    phrase="whoami",
    summary="Show who you are to Slack, to the policy and to the cluster",
    family=Family.DECK,
    effect=Effect.READ,
    personal=True,
    options=Options,
    run=run,
    examples=("whoami",),
)
