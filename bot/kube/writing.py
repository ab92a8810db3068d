"""How a step of a plan is carried out: never on an object that is not as the plan saw it.

A JSON Patch carries its preconditions as `test` operations. Other requests cannot: for those the
object is read again, the seen fields are compared, and the request goes out bound to that uid and
that resource version. Where the API server says that it has moved on, it is compared again. So
the status, or a replica count that nobody looked at, voids nothing.
"""

from collections.abc import Awaitable, Callable

import jsonpatch
from jsonpointer import JsonPointerException

from bot.core.clock import Clock, deadline
from bot.core.errors import (
    BusyError,
    ConflictError,
    ForbiddenError,
    KubernetesError,
    NotFoundError,
    QuarterdeckError,
    UnreachableError,
)
from bot.core.plan import Apply, Create, Delete, Evict, Merge, Patch, Step, Target
from bot.core.ports import JsonObject, Landed, Query, Reader, Resource
from bot.kube.errors import deleting, of_managers, of_source, prefixed, unsupported
from bot.kube.following import LISTED, follow
from bot.kube.landing import judged
from bot.kube.masking import mask
from bot.kube.messages import Message, message, reading
from bot.kube.staleness import appeared, moved, seen_by, superseded, vanished

Exchange = Callable[[Message], Awaitable[JsonObject]]
"""Sends one request as the person and returns the object that it is answered with."""

# So often the object may move on between a comparison and the request.
_TRIES = 5
_LOOK = "It may have been done all the same: look before you type it again."
# What a failed `test` says, with 422, and what a patch says that cannot be applied (1.37.2).
_REJECTED = "the server rejected our request due to an error in our request"


async def send(exchange: Exchange, step: Step) -> JsonObject:
    """Carry out the step and return the object as it is now; empty where it was gone before.

    Raises:
        SupersededError: a field that the plan reads or writes has changed.
        ConflictError: other managers own fields of an apply, or it changes all the time.
        BusyError: a pod's disruption budget does not let it go now.
        UnreachableError: no answer says whether it was carried out.
    """
    try:
        return await _sent(exchange, step)
    except KubernetesError as error:
        if step.dry_run or not _is_open(error):
            raise
        lost = UnreachableError(error.text, next_step=_LOOK)
        lost.sent = True
        raise lost from error


def _is_open(error: KubernetesError) -> bool:
    # A proxy, or the API server that waits for etcd, does not know what became of it.
    return error.code in (502, 503, 504) or "etcdserver: " in error.message


async def _sent(exchange: Exchange, step: Step) -> JsonObject:
    match step:
        case Create():
            return await _created(exchange, step)
        case Patch():
            return await _patched(exchange, step)
        case Evict():
            return await _evicted(exchange, step)
        case Delete():
            return await _deleted(exchange, step)
        case Merge():
            return await _merged(exchange, step)
        case Apply():
            return await _compared(exchange, step)


async def _merged(exchange: Exchange, step: Merge) -> JsonObject:
    try:
        return await _compared(exchange, step)
    except KubernetesError as error:
        if error.code != 415:
            raise
        raise unsupported(step, error) from error


async def tried(exchange: Exchange, step: Step) -> tuple[JsonObject | None, JsonObject]:
    """Return the object as it is, and as a dry run of the step leaves it."""
    try:
        live = await exchange(reading(step))
    except NotFoundError:
        live = None
    return live, await exchange(message(step))


async def landed(exchange: Exchange, step: Step) -> Landed:
    """Tell by reading whether the step was carried out."""
    if step.dry_run:
        return Landed.NO
    if not step.target.name:
        return Landed.UNKNOWN  # the API server has made up a name that nobody heard
    try:
        return judged(step, await exchange(reading(step)))
    except NotFoundError:
        return judged(step, None)
    except ForbiddenError:
        return Landed.UNKNOWN


async def gone(cluster: Reader, clock: Clock, target: Target, seconds: float) -> bool:
    """Wait until no object of that uid is there; return False if it still is after `seconds`.

    Whoever may not look is not kept waiting, as with kubectl.
    """
    end = clock.monotonic() + seconds
    try:
        async with deadline(clock, max(seconds, 0)):
            await _until_gone(cluster, target)
    except TimeoutError:
        return False
    except UnreachableError:
        if clock.monotonic() < end:
            raise
        return False
    except ForbiddenError:
        return True
    return True


async def _until_gone(cluster: Reader, target: Target) -> None:
    resource = Resource(
        *(target.group, target.version, target.resource, target.kind),
        namespaced=bool(target.namespace),
    )
    try:
        if _is_other(await cluster.fetch(Query(resource, target.namespace, target.name)), target):
            return
    except NotFoundError:
        return
    selector = f"metadata.name={target.name}"
    query = Query(resource, target.namespace, field_selector=selector)
    async for event in follow(cluster, query):
        items = event.object.get("items") or () if event.type == LISTED else (event.object,)
        if event.type == "DELETED" or all(_is_other(item, target) for item in items):
            return


def _is_other(item: JsonObject, target: Target) -> bool:
    return bool(item["metadata"].get("uid") != target.uid)


async def _deleted(exchange: Exchange, step: Delete) -> JsonObject:
    try:
        return await _compared(exchange, step)
    except KubernetesError as error:
        if isinstance(error, NotFoundError) and step.missing_ok:
            return {}
        if not step.source:
            raise
        raise of_source(error, deleting(step.source)) from error


async def _compared(exchange: Exchange, step: Merge | Apply | Delete) -> JsonObject:
    # A deletion that saw nothing but the object itself is bound to its uid alone.
    blind = isinstance(step, Delete) and not step.seen
    version = "" if blind else await _version(exchange, step)
    for left in reversed(range(_TRIES)):
        try:
            return await exchange(message(step, version))
        except ConflictError as error:
            if owned := of_managers(error):
                raise owned from error
            checked = await _version(exchange, step)
            version = "" if blind else checked
            if not left:
                error.next_step = "It changes all the time; nothing was done. Try again."
                raise
    raise AssertionError("the last try ends it")


async def _version(exchange: Exchange, step: Merge | Apply | Delete) -> str:
    """Return the version at which the object is as the plan saw it; empty: it is to be created.

    Raises:
        SupersededError: it is not.
        NotFoundError: what is to be merged or deleted is not there.
    """
    try:
        live = await exchange(reading(step))
    except NotFoundError as error:
        if not isinstance(step, Apply):
            raise
        if step.target.uid:
            raise vanished(step.target) from error
        return ""
    if isinstance(step, Apply) and not step.target.uid:
        raise appeared(step.target)
    # Plans are made of what was read masked.
    if changes := moved(step.target, seen_by(step), mask(live)):
        raise superseded(step.target, changes)
    return str(live["metadata"]["resourceVersion"])


async def _created(exchange: Exchange, step: Create) -> JsonObject:
    try:
        return await exchange(message(step))
    except KubernetesError as error:
        if step.failing:
            error.text = f"error: {step.failing} {error.message}"
        if step.source:
            raise of_source(error, f'error when creating "{step.source}": ') from error
        raise


async def _patched(exchange: Exchange, step: Patch) -> JsonObject:
    for left in reversed(range(_TRIES)):
        try:
            return await exchange(message(step))
        except ConflictError:
            if not left:  # its tests travel along: it may be sent as often as need be
                raise
        except KubernetesError as error:
            if error.code == 422 and error.message == _REJECTED:
                await _explain(exchange, step, error)
            raise prefixed(step, error) from error
    raise AssertionError("the last try ends it")


async def _explain(exchange: Exchange, step: Patch, error: KubernetesError) -> None:
    """Raise what has changed; return where the patch itself does not fit the object."""
    try:
        live = await exchange(reading(step))
    except QuarterdeckError:  # nothing was done in any case
        raise superseded(step.target) from error
    changes = moved(step.target, seen_by(step), mask(live))
    if changes or _fits(step, live):
        raise superseded(step.target, changes) from error


def _fits(step: Patch, live: JsonObject) -> bool:
    operations = [each.wire() for each in step.operations if each.op != "test"]
    try:
        jsonpatch.JsonPatch(operations).apply(live)
    except (jsonpatch.JsonPatchException, JsonPointerException):
        return False
    return True


async def _evicted(exchange: Exchange, step: Evict) -> JsonObject:
    try:
        return await exchange(message(step))
    except NotFoundError:
        return {}
    except KubernetesError as error:
        ending = any(each.reason == "NamespaceTerminating" for each in error.causes)
        if error.code not in (409, 429) and not ending:
            raise
        if (left := await _left(exchange, step)) is not None:
            # Rules: kubectl 1.37 `pkg/drain`, evictPods.
            if ending and "deletionTimestamp" in left["metadata"]:
                return left
            if error.code == 409:
                raise
            raise _busy(error) from error
        return {}


async def _left(exchange: Exchange, step: Evict) -> JsonObject | None:
    """Return the pod; None where it, and not another of its name, is gone.

    The API server looks at budgets before it looks at uids.
    """
    try:
        live = await exchange(reading(step))
    except NotFoundError:
        return None
    except ForbiddenError:
        return {"metadata": {}}
    return None if _is_other(live, step.target) else live


def _busy(error: KubernetesError) -> BusyError:
    budgets = [each.message for each in error.causes if each.reason == "DisruptionBudget"]
    return BusyError(error.message, next_step="".join(f"{each}." for each in budgets))
