"""`create job`: a new job, of an image or as a cron job would start it now."""

from dataclasses import dataclass

from bot.core.command import Access, Command, Effect, shared, text
from bot.core.errors import QuarterdeckError, UsageError
from bot.core.plan import Plan
from bot.core.ports import JsonObject, Scope
from bot.kube.changes import found
from bot.kube.generators.creating import Creation, begin, command_of
from bot.kube.generators.objects import CRON_JOB
from bot.kube.generators.workloads import job, job_of

_PHRASE = "create job"
_NEXT = "Such as --from=cronjob/report"


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `create job`."""

    arguments: tuple[str, ...] = ()
    after_dash: int = -1
    image: str = text(help="The image to run.")
    from_: str = text(help="The cron job to start now, as cronjob/NAME.")
    creation: Creation = shared(Creation)


async def plan(scope: Scope, options: Options) -> Plan:
    """Return what would be created."""
    name, maker = begin(_PHRASE, options)
    command = command_of(options)
    if bool(options.image) == bool(options.from_):
        raise UsageError("error: either --image or --from must be specified", next_step=_NEXT)
    if command and options.from_:
        raise UsageError("error: cannot specify --from and command")
    if options.image:
        made = job(name, options.image, command)
    else:
        made = job_of(name, await _cron_job(scope, options.from_))
    return maker.plan(scope, made, "failed to create job:")


async def _cron_job(scope: Scope, typed: str) -> JsonObject:
    those = await found(scope, (typed,))
    if len(those) != 1:
        raise UsageError("error: from must be an existing cronjob", next_step=_NEXT)
    [one] = those
    if (one.resource.group, one.resource.kind) != (CRON_JOB.group, CRON_JOB.kind):
        # As Go names the type.
        kind = f"*{one.resource.version}.{one.resource.kind}"
        raise QuarterdeckError(f"error: unknown object type {kind}", next_step=_NEXT)
    return one.item


COMMAND = Command(
    phrase=_PHRASE,
    summary="Create a job with the specified name",
    usage="NAME (--image=IMAGE | --from=cronjob/NAME) [flags] [-- COMMAND [args...]]",
    effect=Effect.CHANGE,
    access=(Access("create", "jobs", "batch"), Access("get", "cronjobs", "batch")),
    options=Options,
    plan=plan,
    examples=(
        "create job report-now --from=cronjob/report -n shop",
        "create job hello-once --image=registry.example.org/hello:1.0 -n shop -- hello world",
    ),
)
