"""PromQL with places for what changes from app to app, each of a type.

Pure. A place is a name behind a dollar, outside of quotes; what is put there is written as PromQL
writes its type, so that no value can be anything but a value. A dollar in quotes is a dollar.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from promql_parser import display_duration, parse

from bot.prometheus.literals import blanked, quoted

_PLACE = re.compile(r"\$([A-Za-z_]+)")
# Below the limit of what is sent, with room for the matchers that are put in.
_LONGEST = 5_000
_SIGNS = re.compile(r"[^A-Za-z0-9_-]")


@dataclass(frozen=True, slots=True)
class Pods:
    """Names of pods: whole ones, and ones that begin with a name and end in a form."""

    names: tuple[str, ...] = ()
    """Whole names."""
    owners: tuple[str, ...] = ()
    """Names of what made pods and gave them its own and a tail."""
    tail: str = ""
    """The pattern of the tail, such as `-[a-z0-9]{5}`."""

    def pattern(self) -> str:
        """Return the pattern that matches these names and no others."""
        found = [_plain(name) for name in self.names]
        owners = "|".join(map(_plain, self.owners))
        return "|".join([*found, *([f"(?:{owners}){self.tail}"] if owners else [])])


@dataclass(frozen=True, slots=True)
class App:
    """What the places of a template stand for."""

    namespace: str
    name: str
    pods: Pods
    window: timedelta
    """Over which rates are taken."""
    range: timedelta
    """The whole time that is looked at."""

    def written(self, place: str) -> str:
        """Return what stands for a place, as PromQL writes it.

        Raises:
            ValueError: there is no such place.
        """
        match place:
            case "namespace":
                return quoted(self.namespace)
            case "name":
                return quoted(self.name)
            case "pods":
                return quoted(self.pods.pattern())
            case "window":
                return display_duration(self.window)
            case "range":
                return display_duration(self.range)
            case _:
                raise ValueError(
                    f"${place} is unknown; there are $namespace, $name, $pods, $window and $range"
                )


SAMPLE = App("shop", "web", Pods(("web-0",)), timedelta(minutes=5), timedelta(hours=1))
"""An app for trying a template."""


def filled(template: str, app: App) -> str:
    """Return the template with each place filled.

    Raises:
        ValueError: there is no such place.
    """
    parts, end = [], 0
    for match in _PLACE.finditer(blanked(template)):
        parts += [template[end : match.start()], app.written(match[1])]
        end = match.end()
    return "".join([*parts, template[end:]])


def batches(templates: Sequence[str], app: App) -> Iterator[str]:
    """Yield expressions of the first of the templates that there is data for, one after the other.

    They are several where one would be too long to be sent.
    """
    batch: list[str] = []
    for template in templates:
        if batch and len(first_of([*batch, template], app)) > _LONGEST:
            yield first_of(batch, app)
            batch = []
        batch.append(template)
    if batch:
        yield first_of(batch, app)


def first_of(templates: Sequence[str], app: App) -> str:
    """Return the expression of the first of the templates that there is data for."""
    if len(templates) == 1:
        return filled(templates[0], app)
    # In halves: a tree that is less deep is read sooner.
    half = (len(templates) + 1) // 2
    first, rest = templates[:half], templates[half:]
    return f"({first_of(first, app)}) or ({first_of(rest, app)})"


def check(template: str) -> None:
    """Do nothing if the template is PromQL once its places are filled.

    Raises:
        ValueError: it is none, or a place stands in quotes, where nothing is put in.
    """
    outside = {match.start() for match in _PLACE.finditer(blanked(template))}
    for match in _PLACE.finditer(template):
        if match.start() not in outside and match[1] in SAMPLE.__slots__:
            raise ValueError(f"{match[0]} stands in quotes or a comment; write it without quotes")
    parse(filled(template, SAMPLE))


def _plain(name: str) -> str:
    """Return a name as a pattern of itself: names of Kubernetes have dots at most."""
    return _SIGNS.sub(
        lambda sign: f"[{sign[0]}]" if sign[0] not in "\\^]" else f"\\{sign[0]}", name
    )
