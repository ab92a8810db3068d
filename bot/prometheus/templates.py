"""PromQL with places for what changes from app to app, each of a type.

Pure. A place is a name behind a dollar, outside of quotes; what is put there is written as PromQL
writes its type, so that no value can be anything but a value. A dollar in quotes is a dollar.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from promql_parser import display_duration, parse

from bot.core.errors import UsageError
from bot.core.parameters import Parameter
from bot.prometheus.literals import blanked, quoted

PLACES = ("namespace", "name", "pods", "window", "range", "namespace_label")
"""What every template may have a place for."""
_PLACE = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)")
# What a value would become a part of, if it stood there without a space.
_TOUCHED = re.compile(r"[\w.]\$[A-Za-z_]|\$\w+[.$]")
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
    given: Mapping[str, str] = field(default_factory=dict)
    """What somebody chose, by the names of parameters."""
    parameters: tuple[Parameter, ...] = ()
    """Those that the template declares."""
    label: str = "namespace"
    """The label that names the namespace of a series."""

    def of(self, parameters: tuple[Parameter, ...]) -> "App":
        """Return the app for a template that declares these.

        Raises:
            UsageError: nothing was chosen for one without a default, or what may not stand there.
        """
        missing = [one.usage for one in parameters if not self._chosen(one)]
        if missing:
            raise UsageError(f"error: it needs {' '.join(missing)}")
        for one in parameters:
            one.check(self._chosen(one))
        return replace(self, parameters=parameters)

    def _chosen(self, parameter: Parameter) -> str:
        return self.given.get(parameter.name) or parameter.default

    def written(self, place: str) -> str:
        """Return what stands for a place, as PromQL writes it.

        Raises:
            ValueError: there is no such place.
        """
        match place:
            case "namespace" | "name":
                return quoted(self.namespace if place == "namespace" else self.name)
            case "pods":
                return quoted(self.pods.pattern())
            case "namespace_label":
                return self.label
            case "window" | "range":
                return display_duration(self.window if place == "window" else self.range)
            case _:
                return self._written_parameter(place)

    def _written_parameter(self, place: str) -> str:
        known = {one.name: one for one in self.parameters}
        if place in known:
            return _literal(known[place], self._chosen(known[place]))
        *places, last = (f"${name}" for name in (*PLACES, *known))
        raise ValueError(f"${place} is unknown; there are {', '.join(places)} and {last}")


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


def check(template: str, parameters: tuple[Parameter, ...] = ()) -> None:
    """Do nothing if the template is PromQL once its places are filled.

    Raises:
        ValueError: it is none, or a place stands in quotes, where nothing is put in, or so that a
            value would be a part of what stands beside it.
    """
    known = {*PLACES, *(one.name for one in parameters)}
    outside = {match.start() for match in _PLACE.finditer(blanked(template))}
    for match in _PLACE.finditer(template):
        if match.start() not in outside and match[1] in known:
            raise ValueError(f"{match[0]} stands in quotes or a comment; write it without quotes")
    if touched := _TOUCHED.search(blanked(template)):
        raise ValueError(f"{touched[0]}… needs a space, so that the value stands by itself")
    given = {one.name: one.sample for one in parameters}
    parse(filled(template, replace(SAMPLE, given=given, parameters=parameters)))


def _literal(parameter: Parameter, value: str) -> str:
    """Return a value as PromQL writes its type: what is no number or duration is a string."""
    match parameter.kind:
        case "integer" | "number":
            # -1 ^ 2 is -(1 ^ 2).
            return f"({value})" if value.startswith("-") else value
        case "duration":
            return value
        case _:
            return quoted(value)


def _plain(name: str) -> str:
    """Return a name as a pattern of itself: names of Kubernetes have dots at most."""
    return _SIGNS.sub(
        lambda sign: f"[{sign[0]}]" if sign[0] not in "\\^]" else f"\\{sign[0]}", name
    )
