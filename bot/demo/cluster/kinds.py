"""The kinds that are served: those of kinds.yaml, and those of custom resources."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from bot.demo.cluster.formats import data

ALL_VERBS = ("create", "delete", "get", "list", "patch", "update", "watch")


@dataclass(frozen=True, slots=True)
class Kind:
    """One type of object, as discovery tells of it and as the registry treats it.

    `returned`: what is deleted is answered with itself; `fields`: what a field selector may name;
    `columns`: of a custom resource: name, type, JSONPath, priority and description.
    """

    kind: str
    plural: str
    group: str = ""
    version: str = "v1"
    short: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    namespaced: bool = True
    verbs: tuple[str, ...] = ALL_VERBS
    subresources: tuple[str, ...] = ()
    generations: bool = False
    created_with_status: bool = False
    returned: bool = False
    custom: bool = False
    fields: tuple[str, ...] = ()
    singular: str | None = None
    columns: tuple[tuple[str, str, str, int, str], ...] = field(default=(), compare=False)

    @property
    def resource(self) -> str:
        """Return `pods` or `deployments.apps`: what the store keeps the objects under."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def api_version(self) -> str:
        """Return `v1` or `apps/v1`."""
        return f"{self.group}/{self.version}" if self.group else self.version


def _kind(row: dict[str, Any]) -> Kind:
    return Kind(**{key: _frozen(value) for key, value in row.items()})


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


KINDS = tuple(map(_kind, data("kinds")))


class Kinds:
    """The kinds that are served now."""

    def __init__(self, kinds: Iterable[Kind] = KINDS) -> None:
        self._by_resource = {kind.resource: kind for kind in kinds}

    def __iter__(self) -> Iterator[Kind]:
        return iter(self._by_resource.values())

    def find(self, resource: str) -> Kind | None:
        """Return the kind of `pods` or `deployments.apps`."""
        return self._by_resource.get(resource)

    def of(self, api_version: str, kind: str) -> Kind | None:
        """Return the kind that an object says it is of."""
        return next((k for k in self if (k.api_version, k.kind) == (api_version, kind)), None)

    def serve(self, kind: Kind) -> None:
        """Serve a custom resource from now on."""
        self._by_resource[kind.resource] = kind

    def withdraw(self, resource: str) -> None:
        """Serve it no more."""
        self._by_resource.pop(resource, None)
