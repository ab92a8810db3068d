"""One workload by the words that name it, as `TYPE/NAME` or `TYPE NAME`."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.errors import UsageError
from bot.core.ports import JsonObject, Query, Reader, Resource
from bot.kube.selection import select


@dataclass(frozen=True, slots=True)
class Workload:
    """An object with pods."""

    resource: Resource
    item: JsonObject

    @property
    def name(self) -> str:
        """Return its name."""
        return str(self.item["metadata"]["name"])

    @property
    def namespace(self) -> str:
        """Return its namespace."""
        return str(self.item["metadata"].get("namespace", ""))

    @property
    def told(self) -> str:
        """Return it as it is named, such as `deployment/web`."""
        return f"{self.resource.kind.lower()}/{self.name}"


async def workload_of(
    cluster: Reader, namespace: str, words: Sequence[str], phrase: str
) -> Workload:
    """Return the workload that the words name.

    Raises:
        UsageError: they name none, or several; the next step is `phrase` with one.
        NotFoundError: it is not there.
    """
    selection = (
        await select(cluster, words, selector=False, all_namespaces=False) if words else None
    )
    if selection is None or not selection.single or not selection.named:
        raise UsageError("error: name one workload", next_step=f"Such as `{phrase} deploy/web`.")
    [ask] = selection.asks
    if not ask.resource.namespaced:
        raise UsageError(
            f"error: {ask.resource.kind.lower()}/{ask.name} has no pods",
            next_step=f"Such as `{phrase} deploy/web`.",
        )
    item = await cluster.fetch(Query(ask.resource, namespace, ask.name))
    return Workload(ask.resource, item)


def with_span(words: Sequence[str]) -> tuple[Sequence[str], str]:
    """Return the words that name a workload, and the time that is typed behind them, if any."""
    named = 1 if words and "/" in words[0] else 2
    return words[:named], " ".join(words[named:])
