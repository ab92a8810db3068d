"""Names that stand near to one that is not there."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches

from bot.core.errors import QuarterdeckError, Sought
from bot.core.ports import Form, JsonObject, Query, Reader, Scope

# One page is read, so many names are told, and so alike they are (two swapped letters of three).
_PAGE, _TOLD = 500, 3
_ALIKE = 0.65


async def names_near(cluster: Reader, sought: Sought) -> Sequence[str]:
    """Return the names of that type and namespace that may have been meant, the nearest first.

    One list, as the person: whoever may not list the type is told no names.
    """
    try:
        resource = await cluster.resource(sought.type)
        query = Query(resource, sought.namespace if resource.namespaced else "")
        page = await anext(cluster.pages(query, Form.TABLE_CELLS, limit=_PAGE))
    except QuarterdeckError:
        return ()  # the error that is told anyway is the one that counts
    # Comparing hundreds of long names takes longer than others should wait.
    return await asyncio.to_thread(near, sought.name, _names(page))


async def only_pod(scope: Scope, beginning: str) -> JsonObject | None:
    """Return the pod whose name begins so, if it is the only one, and may be seen."""
    try:
        query = Query(await scope.cluster.resource("pods"), scope.namespace)
        pages = scope.cluster.pages(query, Form.TABLE_CELLS)
        names = [name async for page in pages for name in _names(page)]
        found = [name for name in names if name.startswith(beginning)]
        return await scope.cluster.fetch(replace(query, name=found[0])) if len(found) == 1 else None
    except QuarterdeckError:
        return None  # the missing name is what is told


def near(name: str, names: Sequence[str]) -> list[str]:
    """Return the names that begin with the name, belong to the same workload, or look like it."""
    # `web-6f5d-x2x4q` may be a pod that another one of `web` has taken the place of.
    for beginning in (name, *(f"{stem}-" for stem in _stems(name)[1:])):
        if found := [one for one in names if one.startswith(beginning)]:
            return sorted(found)[:_TOLD]
    meant: dict[str, list[str]] = {}
    for one in names:
        for stem in _stems(one):
            meant.setdefault(stem, []).append(one)
    alike = get_close_matches(name, meant, _TOLD, _ALIKE)
    return list(dict.fromkeys(one for stem in alike for one in sorted(meant[stem])))[:_TOLD]


def _stems(name: str) -> list[str]:
    """Return the name, and what is left of it without one and two random ends."""
    words = name.split("-")
    return ["-".join(words[:size]) for size in range(len(words), max(0, len(words) - 3), -1)]


def _names(page: JsonObject) -> list[str]:
    columns = [column["name"] for column in page.get("columnDefinitions") or ()]
    at = columns.index("Name") if "Name" in columns else 0
    return [str(row["cells"][at]) for row in page.get("rows") or ()]
