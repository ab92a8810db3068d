"""What a description is made of: the object, and what was read for it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from bot.core.errors import QuarterdeckError
from bot.core.ports import JsonObject
from bot.kube.describe.lines import Lines


@dataclass(frozen=True, slots=True)
class Need:
    """Something else that has to be read: one object by its name, or a list."""

    type: str
    """As it would be typed: `pods`, `replicasets.apps`."""
    name: str = ""
    namespace: str | None = None
    """None: the object's own; empty: all."""
    labels: str = ""
    fields: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What came of a need."""

    items: Sequence[JsonObject] = ()
    error: QuarterdeckError | None = None

    @property
    def one(self) -> JsonObject | None:
        """Return the one object, if it is there."""
        return self.items[0] if self.items else None


@dataclass(frozen=True, slots=True)
class Subject:
    """An object to describe."""

    item: JsonObject
    now: datetime
    events: Sequence[JsonObject] | None = None
    """None: they are not to be shown."""
    found: Mapping[str, Found] = field(default_factory=dict)

    @property
    def metadata(self) -> JsonObject:
        """Return the object's metadata."""
        return dict(self.item["metadata"])

    @property
    def spec(self) -> JsonObject:
        """Return the object's spec, empty where it has none."""
        return dict(self.item.get("spec") or {})

    @property
    def status(self) -> JsonObject:
        """Return the object's status, empty where it has none."""
        return dict(self.item.get("status") or {})


Needs: TypeAlias = Callable[[JsonObject], Mapping[str, Need]]


def nothing(_item: JsonObject) -> Mapping[str, Need]:
    """Return that nothing else has to be read."""
    return {}


def by_uid(item: JsonObject) -> Sequence[str]:
    """Return that an object's events name its uid, as most do."""
    return [item["metadata"].get("uid", "")]


@dataclass(frozen=True, slots=True)
class Description:
    """How one kind is described."""

    write: Callable[[Lines, Subject], None]
    needs: Needs = nothing
    events: Callable[[JsonObject], Sequence[str]] | None = by_uid
    """The uids that its events name; None: this kind's are never shown."""
    of_any_kind: bool = False
    """Whether events are its that name another kind."""
