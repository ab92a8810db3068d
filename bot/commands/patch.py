"""`patch`: fields of objects are changed, as a patch that somebody wrote says."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from bot.core.command import Access, Command, Effect, shared, text
from bot.core.errors import RefusedError, UsageError
from bot.core.plan import Change, JsonValue, Merge, Patch, Plan, Seen, Step, Target
from bot.core.ports import JsonObject, Scope
from bot.kube.changes import (
    DryRun,
    Found,
    Made,
    Saying,
    Which,
    caused,
    gathered,
    is_workload,
    place_of,
    read_dry_run,
)
from bot.kube.changing.merging import merged
from bot.kube.changing.podspecs import template_changes
from bot.kube.changing.written import Written, read_patch
from bot.kube.filed import Filed, aimed
from bot.kube.generators.sources import Shelf
from bot.kube.patches import GONE, Edit, Gone, Path, at, operations, preconditions, seen

# A preview is read on a phone.
_SHOWN, _LONGEST = 8, 60


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `patch`."""

    arguments: tuple[str, ...] = ()
    patch: str = text("p", help="The patch, as JSON or YAML. Required.")
    files: Filed = shared(Filed)
    patch_file: str = text(help="The patch: an attached file, or in a terminal a local one.")
    type: str = text(default="strategic", help="json, merge or strategic.")
    subresource: str = text(help="status, scale or resize: patch this part of the object.")
    dry_run: str = text(default="none", alone="unchanged", help="none, client or server.")
    output: str = text("o", help="name, yaml, json or jsonpath=TEMPLATE.")
    field_manager: str = text(default="kubectl-patch", help="Whose the changed fields are.")


async def plan(scope: Scope, options: Options) -> Plan:
    """Return what the patch would change; the fields that it names are its precondition."""
    dry_run = read_dry_run(options.dry_run)
    patch, scope = _patch_of(scope, options)
    written = read_patch(patch, options.type)
    which = Which(subresource=options.subresource)
    objects = await aimed(scope, options.arguments, options.files, which)
    # kubectl marks no patch as a trial.
    saying = Saying(dry_run, options.output, suffixed=False)
    return gathered([_made(scope, options, written, one) for one in objects], saying)


def _patch_of(scope: Scope, options: Options) -> tuple[str, Scope]:
    """Return the patch, and the scope with the files that are left for `-f`."""
    if options.patch and options.patch_file:
        raise UsageError("error: cannot specify --patch and --patch-file together")
    if not options.patch_file:
        return options.patch, scope
    path = options.patch_file
    missing = f"error: unable to read patch file: open {path}: no such file or directory"
    content = Shelf(scope.files, 1 + len(options.files.filename)).find(path, missing)
    try:
        text_ = content.decode()
    except UnicodeDecodeError as error:
        raise UsageError(f"error: {path} is not UTF-8", next_step="Save it as UTF-8.") from error
    left = tuple(file for file in scope.files if file.content is not content)
    # An empty file is a patch that says nothing.
    return text_ if text_.strip() else "{}", replace(scope, files=left)


def _made(scope: Scope, options: Options, written: Written, one: Found) -> Made:
    _check_secret(scope, one, written)
    result, target = written.applied(one.item), one.target(scope)
    rolled = is_workload(one.resource) and _template(result) != _template(one.item)
    causes = list(caused(scope, one)) if rolled else []
    dry_run = read_dry_run(options.dry_run) is DryRun.SERVER
    shape = {
        "subresource": options.subresource,
        "dry_run": dry_run,
        "manager": options.field_manager,
    }
    step = _step(target, written, one.item, causes, shape)
    return Made(
        target,
        # What a file holds is never the object as it is, and kubectl compares with that.
        "patched" if one.source or result != one.item else "patched (no change)",
        step,
        tuple(_changes(place_of(target), one, written, result)),
        rolled and one.rolls,
        item=result,
        called=one.called,
    )


def _template(item: JsonObject) -> Any:
    return at(item, ("spec", "template"))


def _step(
    target: Target,
    written: Written,
    item: JsonObject,
    causes: Sequence[Edit],
    shape: Mapping[str, Any],
) -> Step:
    paths = written.about(item)
    if written.type == "json":
        tests = preconditions(item, [*paths, *(each.path for each in causes)])
        noted = [step for step in operations(item, causes) if step.op != "test"]
        return Patch(target, (*tests, *written.operations, *noted), **shape)
    document = written.document
    for each in causes:
        value: Any = each.value
        for part in reversed(each.path):
            value = {part: value}
        document = merged(document, value)
    fields = [*paths, *(each.path for each in causes)]
    return Merge(
        target,
        orjson.dumps(document).decode(),
        written.type,
        tuple(_seen(item, fields)),
        **shape,
    )


def _seen(item: JsonObject, paths: Iterable[Path]) -> Iterator[Seen]:
    yield from (seen(item, path) for path in dict.fromkeys(paths))
    if item["kind"] == "Secret":
        # Its values are not known here: nothing of it may have changed.
        yield seen(item, ("metadata", "resourceVersion"))


def _check_secret(scope: Scope, one: Found, written: Written) -> None:
    """Refuse to write a Secret's values where others read along, or to copy them to elsewhere."""
    if one.item["kind"] != "Secret":
        return
    values = ((), ("data",), ("stringData",))
    if not scope.plain and any(path[:1] in values for path in written.about(one.item)):
        raise RefusedError(
            "error: a Secret's values are not typed where others read them",
            next_step="Apply it from a file, or use `quarterdeck run` on your own machine.",
        )
    if any(source[:1] in values and to[:1] != source[:1] for source, to in written.taken(one.item)):
        raise RefusedError(
            "error: a Secret's values are not copied to where they would be shown",
            next_step="A key is renamed with `move` from /data/OLD to /data/NEW.",
        )


def _changes(subject: str, one: Found, written: Written, result: JsonObject) -> Iterator[Change]:
    paths = [p for p in dict.fromkeys(written.about(one.item)) if at(one.item, p) != at(result, p)]
    for path in paths[:_SHOWN]:
        field = ".".join(map(str, path))
        yield Change(subject, field, _shown(at(one.item, path)), _shown(at(result, path)))
    if len(paths) > _SHOWN:
        yield Change(subject, f"{len(paths) - _SHOWN} other fields", "as they are", "changed")
    if is_workload(one.resource) and _template(one.item) is not GONE:
        yield from template_changes(subject, _template(one.item), _template(result))[0]


def _shown(value: JsonValue) -> str:
    match value:
        case Gone() | None:
            return "none"
        case list() | dict():
            return f"{len(value)} {'elements' if isinstance(value, list) else 'fields'}"
        case str() if len(value) > _LONGEST:
            return f"{value[:_LONGEST]}…"
        case str():
            return value or '""'
        case _:
            return orjson.dumps(value).decode()


COMMAND = Command(
    phrase="patch",
    summary="Update fields of a resource",
    usage="(-f FILENAME | TYPE NAME | TYPE/NAME) -p PATCH [flags]",
    effect=Effect.CHANGE,
    access=(Access("get", "*"), Access("patch", "*")),
    options=Options,
    plan=plan,
    examples=(
        """patch deploy/web -p '{"spec":{"minReadySeconds":5}}' -n shop --dry-run=server""",
        """patch svc web --type=merge -p '{"metadata":{"labels":{"tier":"front"}}}' -n shop""",
    ),
)
