"""`create -f`: the new objects of a manifest."""

import secrets
from dataclasses import dataclass, replace

from bot.core.command import Access, Command, Effect, shared, switch, text, words
from bot.core.errors import ConflictError, ForbiddenError, NotFoundError, RefusedError, UsageError
from bot.core.plan import Create, Plan
from bot.core.ports import Query, Scope
from bot.kube.applying import changes_of, restarts, shown_of
from bot.kube.changes import DryRun, Made, gathered
from bot.kube.documents import to_compact_json
from bot.kube.generators.creating import Creation, read_saying, read_validation
from bot.kube.manifest_files import (
    FILENAME,
    Placed,
    check_files,
    in_namespace,
    read_files,
    refuse_tokens,
    target_of,
)

# The letters of the API server's own names, which can spell no word (apimachinery `util/rand`).
_LETTERS, _LETTERS_OF_NAME = "bcdfghjklmnpqrstvwxz2456789", 5
# What kubectl calls an object that the API server has still to name.
_UNKNOWN = "<unknown>"


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `create`."""

    arguments: tuple[str, ...] = ()
    filename: tuple[str, ...] = words("f", help=FILENAME)
    recursive: bool = switch("R", help="In a terminal: what is in a folder's folders, too.")
    kustomize: str = text("k", help="Refused: attach what `kubectl kustomize` prints.")
    selector: str = text("l", help="Only the objects of the manifest with these labels.")
    edit: bool = switch(help="Refused: there is no editor here.")
    creation: Creation = shared(Creation)


async def plan(scope: Scope, options: Options) -> Plan:
    """Return which objects would be new."""
    check_files("create", options.arguments, options.filename, options.kustomize)
    saying = read_saying(options.creation.writing)
    _refuse(options)
    found = await read_files(scope, options.filename, selector=options.selector)
    if not found:
        raise UsageError("error: no objects passed to create")
    refuse_tokens(scope, found)
    if not scope.plain:
        for each in found:
            await _check_new(scope, each)
    return gathered([_made(scope, options, saying.dry_run, each) for each in found], saying)


def _refuse(options: Options) -> None:
    if options.edit:
        raise RefusedError(
            "error: --edit is refused: it needs an editor",
            next_step="Change the file, and attach it.",
        )
    if options.creation.writing.save_config:
        raise RefusedError(
            "error: --save-config is refused: it writes a copy of the manifest into the object",
            next_step="Leave it out: `apply` keeps track of its fields by itself.",
        )


async def _check_new(scope: Scope, placed: Placed) -> None:
    """Refuse before anybody approves what could not be created anyway."""
    document = placed.document
    if not document.name:
        return
    try:
        await scope.cluster.fetch(Query(placed.resource, placed.namespace, document.name))
    except (NotFoundError, ForbiddenError):
        return
    message = (
        f'error when creating "{document.source}":'
        f' {placed.resource.qualified} "{document.name}" already exists'
    )
    raise ConflictError(
        f"Error from server (AlreadyExists): {message}",
        code=409,
        reason="AlreadyExists",
        message=message,
        next_step="Change it with `apply`.",
    )


def _made(scope: Scope, options: Options, dry_run: DryRun, placed: Placed) -> Made:
    target, body = target_of(scope, placed), in_namespace(placed)
    if not placed.document.name:
        name = _UNKNOWN if dry_run is DryRun.CLIENT else placed.document.prefix + _ending()
        target = replace(target, name=name)
        body["metadata"] |= {} if name == _UNKNOWN else {"name": name}
    step = Create(
        target,
        to_compact_json(body),
        dry_run=dry_run is DryRun.SERVER,
        manager=options.creation.field_manager,
        validation=read_validation(options.creation.validate),
        source=placed.document.source,
    )
    return Made(
        target,
        "created",
        step,
        tuple(changes_of(target, body, None)),
        rolls=restarts(target, body, None) and not step.dry_run,
        item=shown_of(body),
    )


def _ending() -> str:
    """Return the end of a name, made up here so that what is approved is made once."""
    return "".join(secrets.choice(_LETTERS) for _ in range(_LETTERS_OF_NAME))


COMMAND = Command(
    phrase="create",
    summary="Create a resource from a file or from stdin",
    usage="-f FILENAME [flags]",
    effect=Effect.CHANGE,
    access=(Access("create", "*"), Access("get", "*", optional=True)),
    options=Options,
    plan=plan,
    examples=(
        "create -f job.yaml -n shop",
        "create -f job.yaml -n shop --dry-run=server",
    ),
)
