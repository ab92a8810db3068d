"""When something that was scaled has as many replicas as it should.

Rules: kubectl 1.37 `pkg/scale/scale.go`.
"""

from bot.core.clock import Clock
from bot.core.plan import Target
from bot.core.ports import JsonObject, Query, Reader, Resource

# kubectl asks as often.
_LOOK_SECONDS = 1.0


async def settled(cluster: Reader, clock: Clock, target: Target, seconds: float) -> bool:
    """Wait until as many replicas are there as are wanted; return False if not by then.

    Raises:
        KubernetesError: it cannot be read.
    """
    resource = Resource(
        *(target.group, target.version, target.resource, target.kind),
        namespaced=bool(target.namespace),
    )
    query = Query(resource, target.namespace, target.name, "scale")
    end = clock.monotonic() + seconds
    wanted = None
    while True:
        scale = await cluster.fetch(query)
        spec, there = _counts(scale)
        wanted = spec if wanted is None else wanted
        # Who wants another number by now waits for it alone.
        if there == spec or spec != wanted:
            return True
        if clock.monotonic() + _LOOK_SECONDS > end:
            return False
        await clock.sleep(_LOOK_SECONDS)


def _counts(scale: JsonObject) -> tuple[int, int]:
    spec, status = scale.get("spec") or {}, scale.get("status") or {}
    return spec.get("replicas", 0), status.get("replicas", 0)
