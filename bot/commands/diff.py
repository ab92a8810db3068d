"""`diff -f`: what an apply of a manifest would change, as the API server sees it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

from bot.core.command import Access, Command, Effect, number, switch, text, words
from bot.core.errors import QuarterdeckError, RefusedError
from bot.core.plan import Apply
from bot.core.ports import Scope
from bot.core.reply import Diff, Part, Problem
from bot.kube.differing import unified
from bot.kube.documents import to_compact_json
from bot.kube.manifest_files import (
    FILENAME,
    Placed,
    applied,
    check_files,
    read_files,
    target_of,
)

# kubectl's exit codes: 1 says that something differs, so failures are above it.
_DIFFERENT, _FAILED = 1, 2


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `diff`."""

    arguments: tuple[str, ...] = ()
    filename: tuple[str, ...] = words("f", help=FILENAME)
    recursive: bool = switch("R", help="In a terminal: what is in a folder's folders, too.")
    kustomize: str = text("k", help="Refused: attach what `kubectl kustomize` prints.")
    server_side: bool = switch(default=True, help="The API server merges; there is no other way.")
    force_conflicts: bool = switch(help="As if fields were taken over from other managers.")
    field_manager: str = text(default="kubectl", help="Who the fields would belong to.")
    selector: str = text("l", help="Only the objects of the manifest with these labels.")
    show_managed_fields: bool = switch(help="Compare managedFields, too.")
    show_secrets: bool = switch(help="Refused: values of Secrets are shown to nobody.")
    prune: bool = switch(help="Refused, as by apply.")
    concurrency: int = number(default=1, help="Accepted as kubectl does.")


async def run(scope: Scope, options: Options) -> AsyncIterator[Part]:
    """Yield the difference of each object, in the order of their names."""
    try:
        texts = await _texts(scope, options)
    except QuarterdeckError as error:
        error.exit_code = _FAILED
        raise
    for difference in texts:
        yield Diff(difference)
    if texts:
        # An exit code without a word: the answer has been given.
        yield Problem(QuarterdeckError("", exit_code=_DIFFERENT))


async def _texts(scope: Scope, options: Options) -> list[str]:
    check_files("diff", options.arguments, options.filename, options.kustomize)
    _refuse(options)
    # Nothing asks the policy about each object of a reading, so all are of the scope's namespace.
    found = await read_files(
        scope, options.filename, selector=options.selector, bound=not scope.plain
    )
    texts = [await _text(scope, options, each) for each in found]
    # The names stand in the first line, by which `diff` itself goes through two folders.
    return sorted(text for text in texts if text)


def _refuse(options: Options) -> None:
    if not options.server_side:
        raise RefusedError(
            "error: --server-side=false is refused",
            next_step="Leave it out: `apply` merges on the API server, too.",
        )
    if options.show_secrets:
        raise RefusedError(
            "error: --show-secrets is refused: values of Secrets are shown to nobody",
            next_step="Leave it out: whether a value differs is shown.",
        )
    if options.prune:
        raise RefusedError(
            "error: --prune is refused: apply deletes nothing",
            next_step="Leave it out.",
        )


async def _text(scope: Scope, options: Options, placed: Placed) -> str:
    target = target_of(scope, placed)
    step = Apply(
        target,
        to_compact_json(applied(placed)),
        force=options.force_conflicts,
        dry_run=True,
        manager=options.field_manager,
        validation="Warn",
    )
    live, merged = await scope.cluster.tried(step)
    # Long objects take longer to compare than the others' answers should wait.
    return await asyncio.to_thread(
        unified, target, live, merged, managed_fields=options.show_managed_fields
    )


COMMAND = Command(
    phrase="diff",
    summary="Diff the live version against a would-be applied version",
    usage="-f FILENAME [flags]",
    effect=Effect.READ,
    access=(Access("get", "*"), Access("patch", "*"), Access("create", "*", optional=True)),
    options=Options,
    run=run,
    examples=("diff -f web.yaml -n shop",),
)
