"""The metrics API, as `top` reads it. Rules and texts: kubectl 1.37 `pkg/cmd/top`."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from bot.core.errors import KubernetesError, NotFoundError, QuarterdeckError, UsageError
from bot.core.ports import JsonObject, Query, Reader, Resource
from bot.core.units import go_duration

_GROUP = "metrics.k8s.io"
# So long metrics may be late for a new pod.
_DELAY = timedelta(minutes=2)


# A comma behind a backslash belongs to a value.
_TERMS = re.compile(r"(?<!\\),")


class MissingMetricsError(QuarterdeckError):
    """The cluster has no metrics API."""


def one_name(arguments: Sequence[str], usage: str) -> str:
    """Return the one name that may be typed, or nothing.

    Raises:
        UsageError: there are more.
    """
    if len(arguments) > 1:
        verb = usage.partition(" ")[0]
        raise UsageError(f"error: {usage}\nSee 'kubectl top {verb} -h' for help and examples")
    return arguments[0] if arguments else ""


def check_sorting(sort_by: str) -> None:
    """Refuse what cannot be sorted by.

    Raises:
        UsageError: it is neither cpu nor memory.
    """
    if sort_by not in ("", "cpu", "memory"):
        raise UsageError("error: --sort-by accepts only cpu or memory")


def check_fields(selector: str) -> None:
    """Refuse a field selector with a term that compares nothing.

    Raises:
        UsageError: there is one.
    """
    for term in sorted(_TERMS.split(selector)):
        if term and "=" not in term:
            raise UsageError(
                f"error: invalid selector: '{selector}'; can't understand '{term}'",
                next_step="Such as --field-selector=spec.nodeName=node-a",
            )


async def resource(cluster: Reader, plural: str) -> Resource:
    """Return the type of the metrics of nodes or pods.

    Raises:
        MissingMetricsError: the cluster serves no metrics.
    """
    try:
        return await cluster.resource(f"{plural}.{_GROUP}")
    except NotFoundError as error:
        raise MissingMetricsError(
            "error: Metrics API not available",
            next_step="It comes with the metrics-server, which this cluster does not have.",
        ) from error


async def read(cluster: Reader, query: Query) -> list[JsonObject]:
    """Return the one object that the query names, or all of its list."""
    if query.name:
        return [await cluster.fetch(query)]
    try:
        pages = cluster.pages(query, limit=0)
        return [item async for page in pages for item in page["items"] or ()]
    except KubernetesError as error:
        # The API server's own words: `top` does not add what it listed.
        raise error.__cause__ or error from None


def overdue(pod: JsonObject, now: datetime) -> str:
    """Return that a pod's metrics should be there by now; empty while they may be late."""
    metadata = pod["metadata"]
    age = now - datetime.fromisoformat(metadata["creationTimestamp"])
    if age <= _DELAY:
        return ""
    name = f"{metadata['namespace']}/{metadata['name']}"
    return f"Metrics not available for pod {name}, age: {go_duration(age)}"


def whole(count: int) -> Decimal:
    """Return a whole number as quantities hold it."""
    return Decimal(count)
