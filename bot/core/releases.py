"""When workloads were rolled out, for whoever wants to see what followed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Seen:
    """The workloads of one namespace that are looked at."""

    namespace: str
    deployments: frozenset[str] = frozenset()
    pods: frozenset[str] = frozenset()
    """Those whose pods these are; with neither names nor pods, every Deployment there."""


@dataclass(frozen=True, slots=True)
class Release:
    """One rollout of a Deployment."""

    namespace: str
    deployment: str
    revision: int
    began: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of the rollouts of a time, the oldest first."""

    releases: tuple[Release, ...] = ()
    undated: tuple[str, ...] = ()
    """Sentences about rollouts in that time whose moment is not known."""


class Releases(Protocol):
    """What knows when Deployments were rolled out, as far as the person may know."""

    async def between(self, seen: Sequence[Seen], since: datetime, until: datetime) -> Found:
        """Return the rollouts of these workloads that began in that time.

        Raises:
            ForbiddenError: the person may not see them.
        """
        ...
