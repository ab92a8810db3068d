"""Which resource types a cluster has, and which of them a typed word means.

Pure: the transport fetches, this reads. Aggregated discovery (two requests)
carries everything; its order is the order in which kubectl resolves a word.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import TypeAlias

from bot.core.errors import NotFoundError
from bot.core.ports import JsonObject, Resource

ACCEPT = (
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"
    "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,"
    "application/json"
)


# So many types are told, and so alike they are to what was typed.
_TOLD, _ALIKE = 2, 0.7
_Index: TypeAlias = Mapping[str, Sequence[Resource]]


@dataclass(frozen=True)
class Catalogue:
    """Every resource type of one cluster, the preferred version of each group first."""

    resources: tuple[Resource, ...]

    # A cluster may have a thousand types, and each phrase asks for several words.
    @cached_property
    def _exact(self) -> _Index:
        return _index(self.resources, lambda r: (r.plural, r.singular, r.kind.lower()))

    @cached_property
    def _short(self) -> _Index:
        return _index(self.resources, lambda r: r.short_names)

    @cached_property
    def _categories(self) -> _Index:
        return _index(self.resources, lambda r: r.categories)

    def find(self, typed: str) -> Resource:
        """Return the type that the word means.

        Accepts a plural, a singular, a kind or a short name, with `.GROUP` or `.VERSION.GROUP`
        behind it.

        Raises:
            NotFoundError: the cluster has no such type; the text is kubectl's.
        """
        word = typed.lower()
        head, _, rest = word.partition(".")
        version, dot, group = rest.partition(".")
        if rest:
            found = (
                (self._first(head, group=group, version=version) if dot else None)
                or self._first(head, group=rest)
                or self._by_prefix(head, rest)
            )
        else:
            found = self._first(head)
        if found is None:
            head, _, rest = typed.partition(".")
            raise unknown_type(head, rest, self._near(word))
        return found

    def shadowed(self, typed: str) -> tuple[str, ...]:
        """Return the other types that a short name could mean, as `events.events.k8s.io`."""
        word, _, rest = typed.partition(".")
        if word not in self._short:
            return ()
        group = "" if rest.endswith(".") else rest  # `v1.` is a version alone
        exact, short = (
            [r for r in names.get(word, ()) if group in ("", r.group)]
            for names in (self._exact, self._short)
        )
        if any(word in (r.plural, r.singular) for r in exact):
            return ()
        return tuple(dict.fromkeys(r.qualified for r in short))[1:]

    def in_category(self, category: str) -> tuple[Resource, ...]:
        """Return the types of a category, one version each, in discovery's order."""
        found: dict[tuple[str, str], Resource] = {}
        for resource in self._categories.get(category, ()):
            found.setdefault((resource.group, resource.plural), resource)
        return tuple(found.values())

    def _near(self, word: str) -> Sequence[str]:
        """Return the types that may have been meant, the nearest first."""
        head, group, _ = word.partition(".")
        names = get_close_matches(head, self._exact, _TOLD, _ALIKE)
        found = (self._exact[name][0] for name in names)
        return tuple(dict.fromkeys(r.qualified if group else r.plural for r in found))

    def _first(self, word: str, group: str | None = None, version: str = "") -> Resource | None:
        for names in (self._exact, self._short):
            for resource in names.get(word, ()):
                if group in (None, resource.group) and version in ("", resource.version):
                    return resource
        return None

    def _by_prefix(self, word: str, prefix: str) -> Resource | None:
        # `deployments.app` finds `apps`: kubectl completes a group that is unique so far.
        groups = dict.fromkeys(r.group for r in self.resources if r.group.startswith(prefix))
        for group in groups:
            found = self._first(word, group=group)
            if found is not None:
                return found
        return None


def unknown_type(head: str, rest: str, near: Sequence[str]) -> NotFoundError:
    """Return kubectl's error for a word that no type answers to, with those that stand near."""
    where = f' in group "{rest}"' if rest else ""
    text = f'error: the server doesn\'t have a resource type "{head}"{where}'
    step = " or ".join(f"`{name}`" for name in near)
    step = f"Did you mean {step}?" if near else "Name its type before a name, as in `deploy/web`;"
    step += " `api-resources` lists the types."
    return NotFoundError(text, code=404, reason="NotFound", next_step=step)


def read(documents: Iterable[JsonObject]) -> Catalogue:
    """Return the catalogue that the answers of `/api` and `/apis` describe."""
    return Catalogue(
        tuple(
            resource
            for document in documents
            for group in document.get("items") or ()
            for version in group.get("versions") or ()
            for resource in _of_version(group["metadata"].get("name") or "", version)
        )
    )


def _of_version(group: str, version: JsonObject) -> Iterator[Resource]:
    for item in version.get("resources") or ():
        kind = (item.get("responseKind") or {}).get("kind") or ""
        if not kind:
            continue
        yield Resource(
            group=group,
            version=version["version"],
            plural=item["resource"],
            kind=kind,
            namespaced=item.get("scope") == "Namespaced",
            singular=item.get("singularResource") or kind.lower(),
            short_names=tuple(item.get("shortNames") or ()),
            categories=tuple(item.get("categories") or ()),
            verbs=tuple(item.get("verbs") or ()),
            subresources=tuple(sub["subresource"] for sub in item.get("subresources") or ()),
        )


def _index(
    resources: Iterable[Resource], names: Callable[[Resource], Iterable[str]]
) -> Mapping[str, list[Resource]]:
    """Return which resources, in their order, each name is one of."""
    found: dict[str, list[Resource]] = {}
    for resource in resources:
        for name in dict.fromkeys(names(resource)):
            found.setdefault(name, []).append(resource)
    return found
