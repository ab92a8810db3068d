"""`run`: a task of the policy, which is phrases of this grammar; it becomes one plan."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.command import Command, Effect, Family
from bot.core.plan import Outlook, Plan
from bot.core.ports import Scope
from bot.core.task import RUN, called


@dataclass(frozen=True, slots=True)
class Options:
    """`run` has no flags: a task's parameters are words."""

    arguments: tuple[str, ...] = ()


async def plan(scope: Scope, options: Options) -> Plan:
    """Return what all phrases of the task would change, as one plan.

    Raises:
        UsageError: there is no such task here, or a value may not stand there.
        UnansweredError: values are missing.
    """
    call = called(options.arguments, await scope.tasks(), scope.text)
    phrases = call.phrases()
    return together([await scope.planned(phrase) for phrase in phrases])


def together(plans: Sequence[Plan]) -> Plan:
    """Return one plan of several, whose steps follow each other."""
    done: list[str] = []
    begin: list[str] = []
    for one in plans:
        lines = list(one.done)
        if lines and one.ending:
            lines[-1] = "\n".join(filter(None, [lines[-1], *one.ending]))
        done += lines
        begin += one.begin or ("",) * len(one.steps)
    return Plan(
        phrase="",
        steps=tuple(step for one in plans for step in one.steps),
        changes=tuple(change for one in plans for change in one.changes),
        done=tuple(done),
        begin=tuple(begin) if any(begin) else (),
        asides=tuple(words for one in plans for words in one.asides),
        outlook=Outlook(
            tuple(words for one in plans for words in one.outlook.reach),
            tuple(words for one in plans for words in one.outlook.warnings),
        ),
        rollouts=tuple(dict.fromkeys(target for one in plans for target in one.rollouts)),
    )


COMMAND = Command(
    phrase=RUN,
    summary="Run a task of the policy",
    usage="NAME [PARAMETER=VALUE ...]",
    family=Family.DECK,
    effect=Effect.CHANGE,
    options=Options,
    plan=plan,
    examples=("run restart-web",),
)
