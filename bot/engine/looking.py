"""What is looked at beside a change: what it will take along, and the rollout that it starts."""

from collections.abc import AsyncIterator, Sequence

from bot.core.access import Grant
from bot.core.clock import deadline
from bot.core.errors import ForbiddenError, QuarterdeckError, UnreachableError
from bot.core.plan import Outlook, Plan, Target, subresource_of
from bot.core.ports import JsonObject, Query
from bot.core.reply import Aside, Problem, Text
from bot.engine.executing import Execution, Executor
from bot.engine.serving import Run
from bot.kube.following import LISTED
from bot.kube.following import follow as changes
from bot.kube.rollouts import Progress, progress

# So long a card waits for what a change will take along.
_OUTLOOK_SECONDS = 5.0
# kubectl follows without an end; a deployment that makes no progress says so after 600 s.
_FOLLOW_SECONDS = 900.0


async def outlook(executor: Executor, run: Run, plan: Plan, grants: Sequence[Grant]) -> Outlook:
    """Return what the plan means beyond its own fields, as far as its person may see it."""
    # A terminal that reads must start quickly, and what changes takes its time.
    from bot.kube import outlook as foreseeing  # noqa: PLC0415

    cluster = executor.reach(run, grants[0])
    try:
        async with deadline(executor.clock, _OUTLOOK_SECONDS):
            seen = await foreseeing.outlook(cluster, plan.steps, diff=True)
    except (TimeoutError, UnreachableError):
        return Outlook(warnings=("What this takes along could not be read in time.",))
    own = plan.outlook
    return Outlook(
        (*own.reach, *seen.reach), (*own.warnings, *seen.warnings), own.diff or seen.diff
    )


async def follow(executor: Executor, execution: Execution) -> None:
    """Draw the status of the rollouts that were started, until each is done, stuck or over."""
    run, plan = execution.run, execution.plan
    if run.request.plain or not plan.rollouts or execution.dry:
        return
    run.follows = True
    for target in plan.rollouts:
        await _one(executor, execution, target)


async def _one(executor: Executor, execution: Execution, target: Target) -> None:
    run = execution.run
    try:
        async with deadline(executor.clock, _FOLLOW_SECONDS):
            async for words in _status(executor, execution, target):
                await run.draw(Text(words))
    except ForbiddenError as error:
        await run.draw(Aside(f"Its rollout cannot be followed as you: {error.text}"))
    except TimeoutError:
        words = f"{target.qualified} is still being rolled out; this is as long as I follow."
        await run.draw(Aside(words))
    except QuarterdeckError as error:
        await run.draw(Problem(error))


async def _status(executor: Executor, execution: Execution, target: Target) -> AsyncIterator[str]:
    """Yield each new line of the rollout's status.

    Raises:
        QuarterdeckError: it is stuck, the object is gone, or another change took its place.
    """
    grant = _grant_of(execution, target)
    cluster = executor.reach(execution.run, grant)
    resource = await cluster.resource(f"{target.resource}.{target.version}.{target.group}")
    query = Query(
        resource, namespace=target.namespace, field_selector=f"metadata.name={target.name}"
    )
    template, last = _sent_template(execution, target), ""
    async for event in changes(cluster, query):
        if event.type == "DELETED":
            raise QuarterdeckError("error: object has been deleted")
        for item in event.object["items"] if event.type == LISTED else (event.object,):
            template = template or item["spec"]["template"]
            if item["spec"]["template"] != template:
                raise _superseded(target)
            state = _state(execution, target, item)
            if state.text != last:
                last = state.text
                yield state.text
            if state.done:
                return


def _state(execution: Execution, target: Target, item: JsonObject) -> Progress:
    if (item["spec"].get("updateStrategy") or {}).get("type") != "OnDelete":
        return progress({**item, "kind": target.kind})
    if _scaled(execution, target):
        return Progress("", done=True)  # no pod waits to become another one
    words = "Its pods change when somebody deletes them: its strategy is OnDelete.\n"
    return Progress(words, done=True)


def _superseded(target: Target) -> QuarterdeckError:
    return QuarterdeckError(
        f"{target.qualified} was changed again: this rollout is superseded.",
        next_step=f"`rollout status {target.resource}/{target.name}` follows it.",
    )


def _grant_of(execution: Execution, target: Target) -> Grant:
    for step, grant in zip(execution.plan.steps, execution.grants, strict=True):
        if step.target == target:
            return grant
    return execution.grants[0]


def _scaled(execution: Execution, target: Target) -> bool:
    """Tell whether only its number was changed."""
    steps = [step for step in execution.plan.steps if step.target == target]
    return all(subresource_of(step) == "scale" for step in steps)


def _sent_template(execution: Execution, target: Target) -> JsonObject | None:
    """Return the pod template that the change left; None: its answer held none."""
    for answer in execution.objects:
        if (answer.get("metadata") or {}).get("uid") == target.uid:
            template: JsonObject | None = (answer.get("spec") or {}).get("template")
            return template
    return None
