"""The texts of alerts: `{{ $labels.job }}`, `{{ $value }}`, and a few of Prometheus's functions.

Pure. Of Go's templates there is nothing else.
"""

import math
import re
from collections.abc import Callable, Mapping

from bot.demo.prometheus.values import number

_PLACE = re.compile(r"\{\{-?\s*\$(?:labels\.(\w+)|(value))\s*(?:\|\s*(\w+)\s*)?-?\}\}")
_LARGE, _SMALL = ("", "k", "M", "G", "T", "P", "E", "Z", "Y"), ("", "m", "u", "n", "p", "f", "a")


def expanded(template: str, labels: Mapping[str, str], value: float) -> str:
    """Return the text; a label that is not there is empty, as in Prometheus."""

    def filled(place: re.Match[str]) -> str:
        label, _, function = place.groups()
        if label:
            return labels.get(label, "")
        return FUNCTIONS[function](value) if function else number(value)

    return _PLACE.sub(filled, template)


def _humanize(value: float) -> str:
    if not value or not math.isfinite(value):
        return number(value)
    prefixes, step = (_LARGE, 1000.0) if abs(value) >= 1 else (_SMALL, 0.001)
    index = 0
    while index < len(prefixes) - 1 and not 1 <= abs(value) < 1000:
        value, index = value / step, index + 1
    return f"{value:.4g}{prefixes[index]}"


def _humanize_duration(value: float) -> str:
    """Return seconds as `1h 2m 3s`; below one as `12ms`."""
    if not math.isfinite(value):
        return number(value)
    if abs(value) < 1:
        return f"{_humanize(value)}s"
    sign, whole = "-" if value < 0 else "", int(abs(value))
    if whole < 60:
        return f"{sign}{abs(value):.4g}s"
    parts = (whole // 86400, "d"), (whole // 3600 % 24, "h"), (whole // 60 % 60, "m")
    largest = next(place for place, (count, _) in enumerate(parts) if count)
    shown = (*parts[largest:], (whole % 60, "s"))
    return sign + " ".join(f"{count}{unit}" for count, unit in shown)


FUNCTIONS: Mapping[str, Callable[[float], str]] = {
    "humanize": _humanize,
    "humanizeDuration": _humanize_duration,
    "humanizePercentage": lambda value: f"{value * 100:.4g}%",
}
