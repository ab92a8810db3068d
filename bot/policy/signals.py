"""The policy's signals, as the rest of the house knows them. Pure."""

from bot.core.measures import NUMBER, read_unit
from bot.core.signals import Signal
from bot.policy.model import Policy
from bot.policy.tasks import parameters_of


def signals_of(policy: Policy) -> tuple[Signal, ...]:
    """Return every signal, as the policy has it."""
    return tuple(
        Signal(
            name,
            one.title,
            one.expressions,
            read_unit(one.unit) or NUMBER,
            one.request,
            one.limit,
            one.warning,
            one.critical,
            parameters_of(one.parameters),
        )
        for name, one in policy.metrics.signals.items()
    )
