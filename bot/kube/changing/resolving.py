"""What the references of environment variables lead to; of a Secret its size, and never its value.

Rules and texts: kubectl 1.37 `pkg/cmd/set/env/env_resolve.go`.
"""

import re
from dataclasses import dataclass, field

from bot.core.errors import KubernetesError, QuarterdeckError
from bot.core.ports import JsonObject, Query, Scope
from bot.kube.describe.resources import container_resource

_SUBSCRIPT = re.compile(r"metadata\.(labels|annotations)\['(.*)'\]")
_NAMED = ("name", "namespace", "uid")


@dataclass(frozen=True, slots=True)
class Resolver:
    """Looks up values in a scope's namespace, each object once."""

    scope: Scope
    _found: dict[tuple[str, str], JsonObject] = field(default_factory=dict)

    async def value(self, source: JsonObject, item: JsonObject, container: JsonObject) -> str:
        """Return the value that a variable of that container has.

        Raises:
            QuarterdeckError: it cannot be told; the text stands without any prefix.
        """
        match source:
            case {"secretKeyRef": ref}:
                return await self._key("secrets", "secret", ref)
            case {"configMapKeyRef": ref}:
                return await self._key("configmaps", "config map", ref)
            case {"fieldRef": ref}:
                return _field(ref["fieldPath"], item)
            case {"resourceFieldRef": ref}:
                return container_resource(ref, container)
            case _:
                raise QuarterdeckError("invalid valueFrom")

    async def _key(self, plural: str, word: str, ref: JsonObject) -> str:
        name, key = str(ref.get("name", "")), str(ref["key"])
        if (plural, name) not in self._found:
            query = Query(await self.scope.cluster.resource(plural), self.scope.namespace, name)
            try:
                self._found[plural, name] = await self.scope.cluster.fetch(query)
            except KubernetesError as error:
                raise QuarterdeckError(error.message) from error
        data = self._found[plural, name].get("data") or {}
        if key not in data:
            raise QuarterdeckError(f"key {key} not found in {word} {name}")
        return str(data[key])


def _field(path: str, item: JsonObject) -> str:
    metadata = item["metadata"]
    if subscript := _SUBSCRIPT.fullmatch(path):
        return str((metadata.get(subscript[1]) or {}).get(subscript[2], ""))
    top, _, name = path.partition(".")
    if top == "metadata" and name in _NAMED:
        return str(metadata.get(name, ""))
    if top == "metadata" and name in ("labels", "annotations"):
        pairs = sorted((metadata.get(name) or {}).items())
        return "".join(f'{key}="{value}"\n' for key, value in pairs)
    raise QuarterdeckError(f"unsupported fieldPath: {path}")
