"""The series and their samples, in memory: what Prometheus's own database is to it.

Moments are milliseconds since 1970. What is older than the store keeps is forgotten.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from bot.demo.prometheus.values import NAME, Labels, Window

# So many samples are forgotten at once: to forget them one by one would take long.
_BATCH = 64


class Matcher(NamedTuple):
    """One condition on a label; a label that is not there is empty."""

    name: str
    matches: Callable[[str], bool]
    equals: str | None = None
    """The only value that matches, where there is one."""


@dataclass(slots=True)
class Series:
    """One series: its labels, `__name__` included, and its samples in order of time."""

    labels: Labels
    times: "array[int]" = field(default_factory=lambda: array("q"))
    values: "array[float]" = field(default_factory=lambda: array("d"))
    ends: list[int] = field(default_factory=list)
    """When it went away: from then on it is not there, until its next sample."""

    def at(self, moment: int, lookback: int) -> tuple[int, float] | None:
        """Return the newest sample that is not older than the lookback; None: it is not there."""
        place = bisect_right(self.times, moment) - 1
        if place < 0 or self.times[place] <= moment - lookback:
            return None
        last = bisect_right(self.ends, moment) - 1
        if last >= 0 and self.ends[last] > self.times[place]:
            return None
        return self.times[place], self.values[place]

    def within(self, after: int, until: int) -> Window:
        """Return the samples of a range: its left end excluded, its right end included."""
        left, right = bisect_right(self.times, after), bisect_right(self.times, until)
        return Window(self.labels, self.times[left:right], self.values[left:right])

    def forget(self, before: int) -> None:
        """Forget what is older."""
        gone = bisect_left(self.times, before)
        del self.times[:gone], self.values[:gone]
        del self.ends[: bisect_left(self.ends, before)]


class Store:
    """All series of one Prometheus."""

    def __init__(self, keep: int) -> None:
        """Keep samples for so many milliseconds."""
        self._keep = keep
        self._named: dict[str, dict[Labels, Series]] = {}

    def series(self, labels: Labels) -> Series:
        """Return the series of exactly these labels; a new one is empty."""
        known = self._named.setdefault(labels[NAME], {})
        if labels not in known:
            known[labels] = Series(labels)
        return known[labels]

    def append(self, labels: Labels, moment: int, value: float) -> None:
        """Add a sample, which is newer than all others of its series."""
        series = self.series(labels)
        series.times.append(moment)
        series.values.append(value)
        if moment - series.times[0] > self._keep and len(series.times) % _BATCH == 0:
            series.forget(moment - self._keep)

    def sweep(self, now: int) -> None:
        """Forget the series that have ended, and of which nothing is kept any more."""
        for name, known in tuple(self._named.items()):
            for its, series in tuple(known.items()):
                if series.times[-1] < now - self._keep:
                    del known[its]
            if not known:
                del self._named[name]

    def select(self, *groups: Sequence[Matcher]) -> list[Series]:
        """Return the series that match all of one of the groups, ordered by their labels."""
        found = {id(each): each for group in groups for each in self._matching(group)}
        return sorted(found.values(), key=lambda each: sorted(each.labels.items()))

    def everything(self) -> Iterator[Series]:
        """Yield all series."""
        for known in self._named.values():
            yield from known.values()

    def _matching(self, group: Sequence[Matcher]) -> Iterator[Series]:
        rest = [each for each in group if each.name != NAME]
        for series in self._called([each for each in group if each.name == NAME]):
            labels = series.labels
            if all(each.matches(labels.get(each.name, "")) for each in rest):
                yield series

    def _called(self, matchers: Iterable[Matcher]) -> Iterator[Series]:
        matchers = tuple(matchers)
        exact = next((each.equals for each in matchers if each.equals is not None), None)
        names = self._named if exact is None else (exact,)
        for name in names:
            if all(each.matches(name) for each in matchers):
                yield from self._named.get(name, {}).values()
