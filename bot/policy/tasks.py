"""The policy's tasks, as the rest of the house knows them. Pure."""

from collections.abc import Mapping

from bot.core.parameters import Parameter
from bot.core.task import Task
from bot.policy.model import Policy, PolicyParameter


def tasks_of(policy: Policy) -> tuple[Task, ...]:
    """Return every task, as the policy has it."""
    return tuple(
        Task(name, one.phrases, parameters_of(one.parameters), one.summary)
        for name, one in policy.tasks.items()
    )


def parameters_of(declared: Mapping[str, PolicyParameter]) -> tuple[Parameter, ...]:
    """Return parameters as the policy declares them."""
    return tuple(one.known(name) for name, one in declared.items())
