"""Which commands somebody may use in a place: what help and menus show; it decides nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bot.core.access import Asked, Grant
from bot.core.command import Access, Command, Effect
from bot.core.errors import RefusedError
from bot.core.request import Request
from bot.engine.admission import Admission
from bot.kube.rules import Rules


@dataclass(frozen=True, slots=True)
class Menu:
    """What the policy admits and the cluster's rules give, as far as they are known."""

    effects: frozenset[Effect]
    rules: Rules | None
    """None: the cluster did not say."""

    def offers(self, command: Command[Any]) -> bool:
        """Tell whether the command is of use here; what is not known counts as allowed."""
        if command.effect not in self.effects:
            return False
        return self.rules is None or self.rules.incomplete or self._covers(self.rules, command)

    def _covers(self, rules: Rules, command: Command[Any]) -> bool:
        needed = [access for access in command.access if not access.optional]
        if command.plan is not None and not needed:
            return rules.change_something  # what it changes stands elsewhere, as a task's phrases
        return all(any(map(rules.allow, ways)) for ways in _alternatives(needed))


class Everything:
    """The menu of a terminal, where nothing is hidden."""

    def offers(self, _command: Command[Any]) -> bool:
        """Return that it is offered."""
        return True


def admitted(admission: Admission, request: Request, grant: Grant) -> frozenset[Effect]:
    """Return the effects that the policy admits there."""
    return frozenset(effect for effect in Effect if _admits(admission, request, grant, effect))


def _admits(admission: Admission, request: Request, grant: Grant, effect: Effect) -> bool:
    try:
        admission.settled(request, Asked(effect, grant.context, grant.namespace))
    except RefusedError:
        return False
    return True


def _alternatives(needed: Iterable[Access]) -> Iterable[list[Access]]:
    """Return the rights that stand for each other: the same verb on other types."""
    ways: dict[tuple[str, str], list[Access]] = {}
    for access in needed:
        ways.setdefault((access.verb, access.subresource), []).append(access)
    return ways.values()
