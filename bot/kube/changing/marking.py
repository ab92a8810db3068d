"""What `label` and `annotate` have in common: pairs that are set, removed or listed.

Rules and texts: kubectl 1.37 `pkg/cmd/label`, `pkg/cmd/annotate`, `pkg/cmd/util/helpers.go`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.core.errors import ConflictError, QuarterdeckError, UsageError
from bot.core.plan import Change, Patch, Plan
from bot.core.ports import Scope
from bot.core.quoting import quote
from bot.kube.changes import (
    DryRun,
    Found,
    Made,
    Saying,
    Which,
    gathered,
    place_of,
    read_dry_run,
    refuse,
)
from bot.kube.filed import Filed, aimed
from bot.kube.patches import GONE, Edit, at, operations, patched


@dataclass(frozen=True, slots=True)
class Pairs:
    """What is to be set, and what is to be removed."""

    new: Mapping[str, str]
    gone: Sequence[str]


@dataclass(frozen=True, slots=True)
class Typed:
    """The flags that both verbs have."""

    arguments: tuple[str, ...]
    overwrite: bool
    list: bool
    all: bool
    all_namespaces: bool
    selector: str
    field_selector: str
    files: Filed
    resource_version: str
    dry_run: str
    output: str
    field_manager: str


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the two verbs."""

    word: str
    """What a pair is called: `label` or `annotation`."""
    field: str
    """Where the pairs stand in the metadata."""
    pairs: Callable[[Sequence[str]], Pairs]
    clashes: Callable[[Sequence[tuple[str, str]]], Sequence[str]]
    """Return what is said of keys and their values that would be overwritten."""
    operation: Callable[[Sequence[str], Sequence[str]], str]
    """Return kubectl's word for what was done, of the keys that are set and removed."""
    idle: bool
    """Whether what changes nothing is still sent."""
    read: bool
    """Whether `-o` shows the object as kubectl makes it by itself, and not the server's answer."""


def split(arguments: Sequence[str], word: str) -> tuple[list[str], list[str]]:
    """Return the words for objects, and those for pairs.

    Raises:
        UsageError: an object stands behind a pair.
    """
    objects, pairs = list[str](), list[str]()
    for each in arguments:
        is_pair = ("=" in each and not each.startswith("=")) or (each.endswith("-") and each != "-")
        if is_pair:
            pairs.append(each)
        elif pairs:
            raise UsageError(
                f"error: all resources must be specified before {word} changes: {each}"
            )
        else:
            objects.append(each)
    return objects, pairs


async def marked(scope: Scope, typed: Typed, kind: Kind) -> Plan:
    """Return the plan that sets and removes the pairs, or lists those that are there.

    Raises:
        QuarterdeckError: one of the objects does not allow it; kubectl would mark the others.
    """
    dry_run = read_dry_run(typed.dry_run)
    objects, words = split(typed.arguments, kind.word)
    pairs = kind.pairs(words)
    _check(typed, kind, objects, pairs)
    which = Which(typed.selector, typed.field_selector, typed.all, typed.all_namespaces)
    chosen = await aimed(scope, objects, typed.files, which)
    if typed.files.given:
        # Of one file, however many objects it holds, as kubectl has it.
        single = len(scope.files) == 1 and "-" not in typed.files.filename
    else:
        single = len(chosen) == 1 and (len(objects) == 2 or "/" in objects[0])
    if typed.resource_version and not single:
        raise UsageError("error: --resource-version may only be used with a single resource")
    saying = Saying(dry_run, typed.output, read=kind.read)
    made, failures = list[Made](), list[QuarterdeckError]()
    for one in chosen:
        try:
            made.append(_made(scope, typed, kind, pairs, one))
        except QuarterdeckError as error:
            failures.append(error)
    refuse(failures)
    if typed.list:
        return _listed(made, kind, single=single)
    return gathered(made, saying)


def _check(typed: Typed, kind: Kind, objects: Sequence[str], pairs: Pairs) -> None:
    """Refuse what contradicts itself, in kubectl's order."""
    faults = {
        "--list and --output may not be specified together": typed.list and typed.output,
        "cannot set --all and --selector at the same time": typed.all and typed.selector,
        "cannot set --all and --field-selector at the same time": typed.all
        and typed.field_selector,
        "one or more resources must be specified as <resource> <name> or <resource>/<name>": (
            not (objects or typed.files.given)
        ),
        f"at least one {kind.word} update is required": not (pairs.new or pairs.gone or typed.list),
    }
    for text, holds in faults.items():
        if holds:
            raise UsageError(f"error: {text}")


def _made(scope: Scope, typed: Typed, kind: Kind, pairs: Pairs, one: Found) -> Made:
    place = ("metadata", kind.field)
    before = at(one.item, place)
    now: Mapping[str, str] = before if isinstance(before, dict) else {}
    if not typed.overwrite:
        _check_overwrites(kind, pairs, now)
    version, has = typed.resource_version, one.item["metadata"]["resourceVersion"]
    if version and version != has and not typed.list:
        raise _conflict(one)
    edits = [Edit((*place, key), value) for key, value in pairs.new.items()]
    edits += [Edit((*place, key), GONE) for key in pairs.gone]
    steps = operations(one.item, edits, [("metadata", "resourceVersion")] if version else ())
    added = [key for key, value in pairs.new.items() if now.get(key) != value]
    removed = [key for key in pairs.gone if key in now]
    target = one.target(scope)
    patch = Patch(
        target,
        steps,
        dry_run=typed.dry_run == DryRun.SERVER,
        manager=typed.field_manager,
    )
    missing = [f"{kind.word} {quote(key)} not found." for key in pairs.gone if key not in now]
    quiet = kind.idle or read_dry_run(typed.dry_run) is DryRun.CLIENT
    return Made(
        target,
        kind.operation(added, removed),
        patch if added or removed or kind.idle else None,
        tuple(_changes(place_of(target), kind, pairs, now, [*added, *removed])),
        before="" if quiet else "\n".join(missing),
        item=patched(one.item, steps),
    )


def _check_overwrites(kind: Kind, pairs: Pairs, now: Mapping[str, str]) -> None:
    taken = [(key, now[key]) for key, new in pairs.new.items() if now.get(key, new) != new]
    refuse([UsageError(f"error: {text}", next_step=_HOW) for text in kind.clashes(taken)])


_HOW = "Add --overwrite to change it."


def _changes(
    subject: str, kind: Kind, pairs: Pairs, now: Mapping[str, str], keys: Sequence[str]
) -> list[Change]:
    return [
        Change(subject, f"{kind.word} {key}", now.get(key, "none"), pairs.new.get(key, "none"))
        for key in keys
    ]


def _listed(made: Sequence[Made], kind: Kind, *, single: bool) -> Plan:
    """Return a plan that changes nothing and says which pairs there would be."""
    lines = list[str]()
    for one in made:
        target = one.target
        if not single:
            lines.append(f"Listing {kind.field} for {target.kind}.{target.group}/{target.name}:")
        there = one.item["metadata"].get(kind.field) or {}
        indent = "" if single else " "
        lines += [f"{indent}{key}={there[key]}" for key in sorted(there)]
    return Plan("", (), (), tuple(lines))


def _conflict(one: Found) -> ConflictError:
    message = (
        f'Operation cannot be fulfilled on {one.resource.qualified} "{one.name}": the object has'
        " been modified; please apply your changes to the latest version and try again"
    )
    return ConflictError(
        f"Error from server (Conflict): {message}", code=409, reason="Conflict", message=message
    )
