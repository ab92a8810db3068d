"""Signals: what tells how an app is doing, each with the PromQL that measures it."""

from dataclasses import dataclass

from bot.core.measures import NUMBER, Unit
from bot.core.parameters import Parameter


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing that is measured of an app, by templates of PromQL.

    A template has no name or label value pasted into it: what changes from app to app stands
    there as `$namespace`, `$name`, `$pods`, `$window`, `$range` or `$namespace_label`, outside of
    quotes, and what somebody chooses as `$` and the name of a parameter.
    """

    name: str
    """What tells it from others, such as `latency`."""
    title: str
    expressions: tuple[str, ...]
    """One for each convention of naming; the first that there is data for holds."""
    unit: Unit = NUMBER
    request: tuple[str, ...] = ()
    """What was asked for, likewise; none: nobody asks for it."""
    limit: tuple[str, ...] = ()
    warning: float | None = None
    """From which value on it deserves a look; None: any is as good as another."""
    critical: float | None = None
    """From which value on something is wrong."""
    parameters: tuple[Parameter, ...] = ()
    """What may be chosen where it is shown."""
