"""`set env`: the environment of containers is changed or listed; no Secret's value is shown."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace

from bot.core.command import Access, Command, Effect, shared, switch, text, words
from bot.core.errors import QuarterdeckError, UsageError
from bot.core.plan import Change, Plan
from bot.core.ports import JsonObject, Scope
from bot.kube.changes import Found, Which, found, place_of
from bot.kube.changing.podspecs import containers
from bot.kube.changing.resolving import Resolver
from bot.kube.changing.templates import Rewrite, Wanted, check, meant, rewritten
from bot.kube.changing.variables import (
    Variable,
    Wishes,
    changed,
    clash,
    differences,
    fits,
    keys_of,
    name_of,
    read_wishes,
    reference,
    split,
)
from bot.kube.filed import Filed
from bot.kube.patches import GONE, Edit

_SOURCES = {"ConfigMap": "configMapKeyRef", "Secret": "secretKeyRef"}


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `set env`."""

    arguments: tuple[str, ...] = ()
    all: bool = switch(help="Every object of the type in the namespace.")
    selector: str = text("l", help="Label selector.")
    files: Filed = shared(Filed)
    containers: str = text("c", default="*", help="Only these containers; `*` stands for any text.")
    env: tuple[str, ...] = words("e", split=False, help="NAME=VALUE, beside the arguments.")
    from_: str = text(help="A configmap or secret whose keys become variables.")
    keys: tuple[str, ...] = words(help="Only these keys of it.")
    prefix: str = text(help="What stands before the names of its keys.")
    list: bool = switch(help="Show the variables, and change nothing.")
    resolve: bool = switch(help="Show what references lead to; of a secret, its size alone.")
    overwrite: bool = switch(default=True, help="Variables that are there may be changed.")
    dry_run: str = text(default="none", alone="unchanged", help="none, client or server.")
    output: str = text("o", help="name, yaml, json or jsonpath=TEMPLATE.")
    field_manager: str = text(default="kubectl-set", help="Whose the changed fields are.")


@dataclass(slots=True)
class _Notes:
    """What is said beside the change, each once it is known."""

    warnings: list[str] = field(default_factory=list)

    def warn(self, text_: str) -> None:
        self.warnings.append(f"Warning: {text_}")


async def plan(scope: Scope, options: Options) -> Plan:
    """Return what the other variables would change; those of the same container are tested."""
    notes = _Notes()
    objects, variables = split(options.arguments)
    wanted = Wanted(
        *(objects, options.selector, options.all, options.dry_run, options.output),
        *(options.field_manager, options.files),
    )
    check(wanted)
    _check(options, objects or options.files.given)
    wishes = read_wishes((*options.env, *variables))
    wishes = Wishes(
        tuple(
            {**each, "name": options.prefix + each["name"]}
            for each in (*wishes.new, *await _sourced(scope, options, notes))
        ),
        wishes.gone,
    )
    chosen = await meant(scope, wanted)
    if options.list:
        resolver = Resolver(scope) if options.resolve else None
        lines = [
            line for one in chosen async for line in _listed(one, options, wishes, notes, resolver)
        ]
        return Plan("", (), (), tuple(lines), asides=tuple(notes.warnings))

    def rewrite(one: Found) -> Rewrite:
        return _rewrite(place_of(one.target(scope)), one, options, wishes, notes)

    made = rewritten(scope, wanted, chosen, "env", rewrite)
    return replace(made, asides=tuple(notes.warnings))


def _check(options: Options, named: object) -> None:
    if not named:
        raise UsageError(
            "error: one or more resources must be specified as <resource> <name> or"
            " <resource>/<name>",
            next_step="Such as `set env deploy/web LOG_LEVEL=debug`.",
        )
    if options.list and options.output:
        raise UsageError("error: --list and --output may not be specified together")
    if options.keys and not options.from_:
        raise UsageError(
            "error: when specifying --keys, a configmap or secret must be provided with --from"
        )


async def _sourced(scope: Scope, options: Options, notes: _Notes) -> list[Variable]:
    """Return a variable for each key of the object that `--from` names, without its value."""
    variables: list[Variable] = []
    sources = [options.from_] if options.from_ else []
    for one in await found(scope, sources, Which(everything=options.all)) if sources else ():
        if one.resource.group or one.resource.kind not in _SOURCES:
            raise UsageError("error: unsupported resource specified in --from")
        for key in keys_of(one.item, options.keys):
            if name_of(key) != key:
                notes.warn(f"key {key} transferred to {name_of(key)}")
            source = {_SOURCES[one.resource.kind]: {"name": one.name, "key": key}}
            variables.append({"name": name_of(key), "valueFrom": source})
    return variables


def _matching(
    one: Found, options: Options, notes: _Notes
) -> list[tuple[tuple[str | int, ...], JsonObject]]:
    places = [each for each in containers(one) if fits(each[1]["name"], options.containers)]
    if not places:
        which = f"{one.resource.kind}/{one.name}"
        notes.warn(f'{which} does not have any containers matching "{options.containers}"')
    return places


def _check_overwrites(
    one: Found, options: Options, existing: Sequence[Variable], wishes: Wishes
) -> None:
    text_ = "" if options.overwrite else clash(existing, wishes)
    if text_:
        raise QuarterdeckError(
            f"error: {one.plural} {text_}", next_step="Leave --overwrite=false out to change it."
        )


def _rewrite(subject: str, one: Found, options: Options, wishes: Wishes, notes: _Notes) -> Rewrite:
    edits, changes = list[Edit](), list[Change]()
    places = _matching(one, options, notes)
    for path, each in places:
        existing = each.get("env") or []
        _check_overwrites(one, options, existing, wishes)
        result = changed(existing, wishes)
        if result != existing:
            edits.append(Edit((*path, "env"), result or GONE))
            where = "" if len(containers(one)) == 1 else f" of {each['name']}"
            changes += [
                Change(subject, f"env {name}{where}", before, after)
                for name, before, after in differences(existing, result)
            ]
    # The place in the list is the container's only as long as its name stands there.
    return Rewrite(edits, [(*edit.path[:-1], "name") for edit in edits], changes)


async def _listed(
    one: Found, options: Options, wishes: Wishes, notes: _Notes, resolver: Resolver | None
) -> AsyncIterator[str]:
    for _, each in _matching(one, options, notes):
        existing = each.get("env") or []
        _check_overwrites(one, options, existing, wishes)
        yield f"# {one.resource.kind} {one.name}, container {each['name']}"
        failures: dict[str, list[str]] = {}
        for variable in changed(existing, wishes):
            name, source = variable["name"], variable.get("valueFrom")
            if source is None:
                yield f"{name}={variable.get('value', '')}"
                continue
            try:
                value = await resolver.value(source, one.item, each) if resolver else None
            except QuarterdeckError as error:
                failures.setdefault(error.text, []).append(name)
                value = None
            yield f"# {name} from {reference(source)}" if value is None else f"{name}={value}"
        notes.warnings += sorted(
            f"error retrieving reference for {', '.join(sorted(names))}: {why}"
            for why, names in failures.items()
        )


COMMAND = Command(
    phrase="set env",
    summary="Update environment variables on a pod template",
    usage="(-f FILENAME | TYPE NAME | TYPE/NAME) NAME=VALUE ... NAME- ... [flags]",
    effect=Effect.CHANGE,
    access=(
        Access("get", "*"),
        Access("list", "*", optional=True),
        Access("patch", "*"),
        Access("get", "configmaps", optional=True),
        Access("get", "secrets", optional=True),
    ),
    options=Options,
    plan=plan,
    examples=(
        "set env deploy/web LOG_LEVEL=debug -n shop",
        "set env deploy/web --from=configmap/web-config --prefix=WEB_ -n shop --dry-run=server",
        "set env deploy/cart --from=secret/db-password -c app -n shop --dry-run=client",
        "set env deploy --all --list -n shop",
    ),
)
