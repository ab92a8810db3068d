"""`delete`: objects by their names, or all that a selector finds."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from bot.core.command import Access, Command, Effect, duration, number, switch, text, words
from bot.core.errors import RefusedError, UsageError
from bot.core.plan import Plan, Seen
from bot.core.ports import Query, Scope
from bot.kube.changes import Found, check_named
from bot.kube.deleting import Named, deletion_plan, found_named, read_deletion
from bot.kube.errors import deleting
from bot.kube.manifest_files import FILENAME, check_files, read_files
from bot.kube.patches import seen
from bot.kube.selection import Ask, Selection, select


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `delete`."""

    arguments: tuple[str, ...] = ()
    filename: tuple[str, ...] = words("f", help=FILENAME)
    recursive: bool = switch("R", help="In a terminal: what is in a folder's folders, too.")
    kustomize: str = text("k", help="Refused: attach what `kubectl kustomize` prints.")
    all: bool = switch(help="Every object of the types in the namespace.")
    all_namespaces: bool = switch("A", help="In every namespace; -n is ignored.")
    selector: str = text("l", help="Label selector.")
    field_selector: str = text(help="Field selector, such as status.phase=Failed.")
    cascade: str = text(
        default="background",
        alone="background",
        help="What becomes of what it owns: background, foreground or orphan.",
    )
    grace_period: int = number(default=-1, help="Seconds to end in; negative: the object's own.")
    now: bool = switch(help="One second to end in.")
    force: bool = switch(help="At once, without a confirmation that what runs has ended.")
    wait: bool = switch(default=True, help="Wait until the objects are gone.")
    timeout: timedelta = duration(help="How long to wait; 0: as long as the command may take.")
    ignore_not_found: bool = switch(help="Say nothing of a name that does not exist.")
    dry_run: str = text(default="none", alone="unchanged", help="none, client or server.")
    output: str = text("o", help="name.")
    interactive: bool = switch("i", help="Not here: what is deleted is always confirmed.")
    given: frozenset[str] = frozenset()

    @property
    def chosen(self) -> bool:
        """Tell whether a selector chooses the objects."""
        return bool(self.all or self.selector or self.field_selector)

    @property
    def missing_ok(self) -> bool:
        """Tell whether an object may be gone; what a selector finds may go in the meantime."""
        unsaid = "ignore-not-found" not in self.given
        return self.ignore_not_found or (self.chosen and unsaid)


async def plan(scope: Scope, options: Options) -> Plan:
    """Return what would be deleted; every named object must be there, or none is deleted."""
    deletion = read_deletion(options, missing_ok=options.missing_ok)
    if options.filename or options.kustomize:
        listed = await _in_files(scope, options)
        if not listed:
            return Plan("", steps=(), changes=(), done=("No resources found",))
        return deletion_plan(scope, deletion, await found_named(scope, listed, deletion))
    selection = await _selected(scope, options)
    if selection.named:
        named = [_named(scope, ask) for ask in selection.asks]
        return deletion_plan(scope, deletion, await found_named(scope, named, deletion))
    objects = [one for ask in selection.asks for one in await _listed(scope, options, ask)]
    if not objects:
        return Plan("", steps=(), changes=(), done=("No resources found",))
    return deletion_plan(scope, deletion, objects, lambda one: _read(options, one))


async def _selected(scope: Scope, options: Options) -> Selection:
    if options.interactive:
        raise RefusedError(
            "error: --interactive is not needed: what is deleted is shown and confirmed",
            next_step="Leave -i out.",
        )
    check_named(options.arguments, next_step="Such as `delete pod web-1`.", files=True)
    if options.all and options.selector:
        raise UsageError("error: setting 'all' parameter but found a non empty selector. ")
    selection = await select(
        scope.cluster,
        options.arguments,
        selector=options.chosen,
        all_namespaces=options.all_namespaces,
    )
    if not selection.named and not options.chosen:
        raise UsageError(
            "error: resource(s) were provided, but no name was specified",
            next_step="Name one, or add -l or --all.",
        )
    return selection


async def _in_files(scope: Scope, options: Options) -> list[Named]:
    """Return the objects that files name, each where it stands in them."""
    if options.arguments:
        raise UsageError(
            "error: when paths, URLs, or stdin is provided as input, you may not specify resource"
            " arguments as well"
        )
    check_files("delete", (), options.filename, options.kustomize)
    found = await read_files(scope, options.filename, selector=options.selector)
    for each in found:
        if not each.document.name:
            raise UsageError(
                f"error: {deleting(each.document.source)}resource name may not be empty"
            )
    return [
        Named(each.resource, each.namespace, each.document.name, each.document.source)
        for each in found
    ]


def _named(scope: Scope, ask: Ask) -> Named:
    return Named(ask.resource, scope.namespace if ask.resource.namespaced else "", ask.name)


async def _listed(scope: Scope, options: Options, ask: Ask) -> list[Found]:
    here = ask.resource.namespaced and not options.all_namespaces
    query = Query(
        ask.resource,
        scope.namespace if here else "",
        label_selector=options.selector,
        field_selector=options.field_selector,
    )
    pages = scope.cluster.pages(query)
    return [Found(ask.resource, item) async for page in pages for item in page["items"] or ()]


def _read(options: Options, one: Found) -> Iterable[Seen]:
    """Yield the fields by which a selector found the object."""
    if options.selector:
        yield seen(one.item, ("metadata", "labels"))
    for term in filter(None, options.field_selector.split(",")):
        field = re.split(r"!=|==?", term, maxsplit=1)[0]
        yield seen(one.item, tuple(field.split(".")))


COMMAND = Command(
    phrase="delete",
    summary="Delete resources by names, label selectors, or all of a type",
    usage="(-f FILENAME | TYPE NAME | TYPE/NAME | TYPE -l LABEL | TYPE --all) [flags]",
    effect=Effect.CHANGE,
    access=(
        Access("delete", "*"),
        Access("get", "*"),
        Access("list", "*", optional=True),
        Access("watch", "*", optional=True),
    ),
    options=Options,
    plan=plan,
    seconds=600,
    examples=(
        "delete configmap web-config -n shop --dry-run=server",
        "delete -f web.yaml -n shop --wait=false",
        "delete deploy/web service/web -n shop --dry-run=client",
        "delete pods -l app=cart -n shop --now",
        "delete pods --field-selector=status.phase=Succeeded -n shop --dry-run=server -o name",
    ),
)
