"""`apply`: objects as a manifest wants them, merged by the API server.

It is `kubectl apply --server-side`; there is no merge on the client's side.
"""

from dataclasses import dataclass

from bot.core.command import Access, Command, Effect, switch, text, words
from bot.core.errors import ForbiddenError, NotFoundError, RefusedError, UsageError
from bot.core.plan import Apply, Plan
from bot.core.ports import JsonObject, Query, Scope
from bot.kube.applying import changes_of, restarts, seen_by_apply, with_cause
from bot.kube.changes import DryRun, Made, Saying, gathered
from bot.kube.documents import to_compact_json
from bot.kube.generators.creating import Writing, read_saying, read_validation
from bot.kube.manifest_files import (
    FILENAME,
    Placed,
    applied,
    check_files,
    read_files,
    refuse_tokens,
    target_of,
)

_LOCAL = "Leave it out: what an apply does is decided by the API server alone."


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `apply`."""

    arguments: tuple[str, ...] = ()
    filename: tuple[str, ...] = words("f", help=FILENAME)
    recursive: bool = switch("R", help="In a terminal: what is in a folder's folders, too.")
    kustomize: str = text("k", help="Refused: attach what `kubectl kustomize` prints.")
    server_side: bool = switch(default=True, help="The API server merges; there is no other way.")
    force_conflicts: bool = switch(help="Take fields over from their other managers.")
    field_manager: str = text(default="kubectl", help="Who the fields belong to from now on.")
    dry_run: str = text(default="none", alone="unchanged", help="none or server.")
    validate: str = text(
        default="strict", alone="strict", help="Unknown fields: strict, warn or ignore."
    )
    selector: str = text("l", help="Only the objects of the manifest with these labels.")
    output: str = text("o", help="Show the objects as name, yaml or json.")
    prune: bool = switch(help="Refused: delete what is left over by name.")
    force: bool = switch(help="Refused: --force-conflicts takes fields over.")


async def plan(scope: Scope, options: Options) -> Plan:
    """Return what applying the manifest would change; of each object the fields that it names."""
    check_files("apply", options.arguments, options.filename, options.kustomize)
    saying = read_saying(Writing(options.dry_run, options.output))
    _validate(options, saying)
    found = await read_files(scope, options.filename, selector=options.selector)
    if not found:
        raise UsageError("error: no objects passed to apply")
    refuse_tokens(scope, found)
    return gathered([await _made(scope, options, saying, each) for each in found], saying)


def _validate(options: Options, saying: Saying) -> None:
    if not options.server_side:
        raise RefusedError("error: --server-side=false is refused", next_step=_LOCAL)
    if options.prune:
        raise RefusedError(
            "error: --prune is refused: it deletes what nobody has named",
            next_step="Delete what is left over by name, or with `delete` and -l.",
        )
    if options.force:
        raise UsageError("error: --force cannot be used with --server-side")
    if saying.dry_run is DryRun.CLIENT:
        raise UsageError(
            "error: --dry-run=client doesn't work with --server-side"
            " (did you mean --dry-run=server instead?)"
        )


async def _made(scope: Scope, options: Options, saying: Saying, placed: Placed) -> Made:
    document = applied(placed)
    live = await _live(scope, placed)
    target = target_of(scope, placed, live)
    rolls = restarts(target, document, live)
    if rolls and scope.link:
        why = f"{scope.text} {scope.link}"
        document = with_cause(document, live, options.field_manager, why)
    step = Apply(
        target,
        to_compact_json(document),
        seen_by_apply(document, live, options.field_manager) if live else (),
        force=options.force_conflicts,
        dry_run=saying.dry_run is DryRun.SERVER,
        manager=options.field_manager,
        validation=read_validation(options.validate),
    )
    return Made(
        target,
        "serverside-applied",
        step,
        tuple(changes_of(target, document, live)),
        rolls=rolls and not step.dry_run,
    )


async def _live(scope: Scope, placed: Placed) -> JsonObject | None:
    query = Query(placed.resource, placed.namespace, placed.document.name)
    try:
        return await scope.cluster.fetch(query)
    except NotFoundError:
        # Also where its namespace is missing: another document may be that.
        return None
    except ForbiddenError:
        # Whether it may be changed is for the gates to say, which ask next; whoever may not look
        # at it gets no further than the comparison before it is sent.
        return None


COMMAND = Command(
    phrase="apply",
    summary="Apply a configuration to a resource by file name or stdin",
    usage="-f FILENAME [flags]",
    effect=Effect.CHANGE,
    access=(Access("get", "*"), Access("patch", "*"), Access("create", "*", optional=True)),
    options=Options,
    plan=plan,
    examples=(
        "apply -f web.yaml -n shop",
        "apply -f web.yaml -n shop --dry-run=server",
        "apply -f web.yaml -n shop --force-conflicts --field-manager=quarterdeck",
    ),
)
