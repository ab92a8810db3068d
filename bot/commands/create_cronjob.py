"""`create cronjob`: a new cron job of one image."""

from dataclasses import dataclass

from bot.core.command import Access, Command, Effect, shared, text
from bot.core.plan import Plan
from bot.core.ports import Scope
from bot.kube.generators.creating import Creation, begin, command_of
from bot.kube.generators.workloads import cron_job

_PHRASE = "create cronjob"


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `create cronjob`."""

    arguments: tuple[str, ...] = ()
    after_dash: int = -1
    image: str = text(required=True, help="The image to run.")
    schedule: str = text(required=True, help="When it starts, such as '0 3 * * *'.")
    restart: str = text(help="OnFailure (without it) or Never.")
    creation: Creation = shared(Creation)


async def plan(scope: Scope, options: Options) -> Plan:
    """Return what would be created."""
    name, maker = begin(_PHRASE, options)
    made = cron_job(
        name,
        options.image,
        command_of(options),
        schedule=options.schedule,
        restart=options.restart,
    )
    return maker.plan(scope, made, "failed to create cronjob:")


COMMAND = Command(
    phrase=_PHRASE,
    summary="Create a cron job with the specified name",
    usage="NAME --image=IMAGE --schedule=SCHEDULE [flags] [-- COMMAND [args...]]",
    effect=Effect.CHANGE,
    access=(Access("create", "cronjobs", "batch"),),
    options=Options,
    plan=plan,
    examples=(
        "create cronjob nightly --image=registry.example.org/hello:1.0 --schedule=@daily -n shop",
    ),
)
