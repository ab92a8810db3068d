"""`create quota`, `create poddisruptionbudget` and `create priorityclass`.

Pure.
"""

import re

from bot.core.errors import UsageError
from bot.core.ports import JsonObject
from bot.core.units import parse_quantity
from bot.kube.generators.labels import selector_of
from bot.kube.generators.objects import (
    BUDGET,
    PRIORITY_CLASS,
    QUOTA,
    Generated,
    generated,
    metadata,
)

_COUNT = re.compile(r"[0-9]+%?")
_INT32 = range(2**31)
_NOT_A_QUANTITY = (
    "error: quantities must match the regular expression"
    " '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
)


def quota(name: str, hard: str, scopes: str) -> Generated:
    """Return a ResourceQuota of `cpu=1,memory=1Gi` and `Scope1,Scope2`.

    Raises:
        UsageError: a limit or a scope cannot be read.
    """
    spec: JsonObject = {"hard": limits} if (limits := _limits(hard)) else {}
    if scopes:
        found = scopes.split(",")
        if "" in found:
            raise UsageError('error: invalid resource quota scope ""')
        spec["scopes"] = found
    return generated(QUOTA, metadata(name), spec=spec, status={})


def budget(name: str, selector: str, minimum: str, maximum: str) -> Generated:
    """Return a PodDisruptionBudget; exactly one of the bounds is given, as `2` or `50%`.

    Raises:
        UsageError: a part is missing or cannot be read.
    """
    _check_bounds(selector, minimum, maximum)
    bound = {"minAvailable": minimum} if minimum else {"maxUnavailable": maximum}
    spec = {key: _count(text) for key, text in bound.items()} | {"selector": selector_of(selector)}
    counts = ("disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods")
    return generated(BUDGET, metadata(name), spec=spec, status=dict.fromkeys(counts, 0))


def priority_class(
    name: str, value: int, *, everywhere: bool, description: str, preemption: str
) -> Generated:
    """Return a PriorityClass; `everywhere` makes it the default one."""
    found: JsonObject = {"value": value} | ({"globalDefault": True} if everywhere else {})
    found |= {"description": description} if description else {}
    return generated(PRIORITY_CLASS, metadata(name), **found, preemptionPolicy=preemption)


def _limits(text: str) -> dict[str, str]:
    pairs = [_limit(pair) for pair in text.split(",")] if text else []
    return dict(sorted(dict(pairs).items()))


def _limit(pair: str) -> tuple[str, str]:
    if pair.count("=") != 1:
        raise UsageError(
            f"error: Invalid argument syntax {pair}, expected <resource>=<value>",
            next_step="Such as --hard=pods=10,memory=4Gi",
        )
    resource, _, amount = pair.partition("=")
    try:
        return resource, str(parse_quantity(amount))
    except ValueError:
        raise UsageError(_NOT_A_QUANTITY, next_step="Such as 500m, 2 or 4Gi.") from None


def _check_bounds(selector: str, minimum: str, maximum: str) -> None:
    if not selector:
        raise UsageError("error: a selector must be specified", next_step="--selector=app=web")
    if not minimum and not maximum:
        raise UsageError(
            "error: one of min-available or max-unavailable must be specified",
            next_step="Such as --min-available=50%",
        )
    if minimum and maximum:
        raise UsageError("error: min-available and max-unavailable cannot be both specified")
    for flag, text in (("min-available", minimum), ("max-unavailable", maximum)):
        if text and not (text.isascii() and _COUNT.fullmatch(text)):
            raise UsageError(
                f"error: invalid format specified for {flag}",
                next_step=f"A number or a percentage, such as --{flag}=50%",
            )


def _count(text: str) -> int | str:
    return int(text) if text.isdigit() and int(text) in _INT32 else text
