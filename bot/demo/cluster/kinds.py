"""The kinds that are served: those of kinds.yaml, and those of custom resources."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from bot.demo.cluster.formats import data

ALL_VERBS = (
    "create", "delete", "deletecollection", "get", "list", "patch", "update", "watch",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kind:
    """One type of object, as discovery tells of it and as the registry treats it."""

    kind: str
    plural: str
    group: str = ""
    version: str = "v1"
    short: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    namespaced: bool = True
    verbs: tuple[str, ...] = ALL_VERBS
    subresources: tuple[str, ...] = ()
    """Such as `status`, `scale`, `log`."""
    generations: bool = False
    """Whether `metadata.generation` counts the changes of everything but status and metadata."""
    created_with_status: bool = False
    """Whether who creates an object gives its status, although it is a subresource."""
    upserted: bool = False
    """Whether a replacement creates what is not there."""
    conditional: bool = False
    """Whether a replacement must name the version that it replaces."""
    returned: bool = False
    """Whether what is deleted is answered with itself."""
    custom: bool = False
    fields: tuple[str, ...] = ()
    """What a field selector may name beside `metadata.name` and `metadata.namespace`."""
    singular: str | None = None
    """None: the kind in lower case."""
    columns: tuple[tuple[str, str, str, int, str], ...] = field(default=(), compare=False)
    """Of a custom resource: its printer columns' name, type, JSONPath, priority and description."""

    @property
    def resource(self) -> str:
        """Return `pods` or `deployments.apps`: what the store keeps the objects under."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def api_version(self) -> str:
        """Return `v1` or `apps/v1`."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def one(self) -> str:
        """Return the singular name."""
        return self.kind.lower() if self.singular is None else self.singular


def _read() -> Iterator[Kind]:
    for row in data("kinds"):
        fields: dict[str, Any] = {k: _frozen(v) for k, v in row.items()}
        yield Kind(**fields)


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


KINDS = tuple(_read())


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
