"""The policy's tasks, as the rest of the house knows them. Pure."""

from bot.core.task import Parameter, Task
from bot.policy.model import Policy


def tasks_of(policy: Policy) -> tuple[Task, ...]:
    """Return every task, as the policy has it."""
    return tuple(
        Task(
            name,
            one.phrases,
            tuple(
                Parameter(
                    parameter,
                    limits.type,
                    limits.allowed,
                    limits.default,
                    limits.minimum,
                    limits.maximum,
                    limits.summary,
                )
                for parameter, limits in one.parameters.items()
            ),
            one.summary,
        )
        for name, one in policy.tasks.items()
    )
