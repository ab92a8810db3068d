"""What the commands that change objects have in common: which ones, how it is tried, what is said.

Rules and texts: kubectl 1.37 `pkg/cmd/util/helpers.go`, cli-runtime `pkg/resource/builder.go`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.core.errors import NotFoundError, QuarterdeckError, UsageError
from bot.core.plan import Change, JsonValue, Plan, Step, Target
from bot.core.ports import JsonObject, Query, Resource, Scope
from bot.kube.errors import together
from bot.kube.history import CHANGE_CAUSE
from bot.kube.outputs import Names, read_plain
from bot.kube.patches import Edit, at
from bot.kube.selection import Ask, select


class DryRun(StrEnum):
    """How far a change is tried."""

    NONE = "none"
    """For real."""
    CLIENT = "client"
    SERVER = "server"

    @property
    def suffix(self) -> str:
        """Return what kubectl adds to its lines."""
        return {"client": " (dry run)", "server": " (server dry run)"}.get(self, "")


# kubectl still reads what was typed before `client` and `server` had names.
_DRY_RUNS = {
    **{way.value: way for way in DryRun},
    **dict.fromkeys(("unchanged", "1", "t", "T", "true", "True", "TRUE"), DryRun.CLIENT),
    **dict.fromkeys(("0", "f", "F", "false", "False", "FALSE"), DryRun.NONE),
}


def read_dry_run(typed: str) -> DryRun:
    """Return what `--dry-run` asks for.

    Raises:
        UsageError: it is none of the three; the text is kubectl's.
    """
    if typed not in _DRY_RUNS:
        raise UsageError(
            f'error: Invalid dry-run value ({typed}). Must be "none", "server", or "client".'
        )
    return _DRY_RUNS[typed]


@dataclass(frozen=True, slots=True)
class Found:
    """One object that a change is about, as the API server sent it."""

    resource: Resource
    item: JsonObject
    source: str = ""
    """The file that named it, if one did."""

    @property
    def name(self) -> str:
        """Return its name."""
        return str(self.item["metadata"]["name"])

    @property
    def plural(self) -> str:
        """Return `deployments/web`, as some errors name it."""
        return f"{self.resource.plural}/{self.name}"

    @property
    def called(self) -> str:
        """Return `scale.autoscaling/web`: what kubectl calls what was read."""
        group = str(self.item["apiVersion"]).rpartition("/")[0]
        return f"{self.item['kind'].lower()}{f'.{group}' if group else ''}/{self.name}"

    @property
    def rolls(self) -> bool:
        """Tell whether a new pod template is rolled out."""
        return is_workload(self.resource) and at(self.item, ("spec", "paused")) is not True

    def target(self, scope: Scope) -> Target:
        """Return it by the names of the API server."""
        resource, metadata = self.resource, self.item["metadata"]
        namespace = metadata.get("namespace", scope.namespace) if resource.namespaced else ""
        names = (resource.group, resource.version, resource.plural, resource.kind)
        return Target(scope.context, *names, namespace, self.name, metadata["uid"])


def is_workload(resource: Resource) -> bool:
    """Tell whether objects of the type are rolled out, and keep the causes of their changes."""
    return resource.group == "apps" and resource.kind in ("Deployment", "StatefulSet", "DaemonSet")


def place_of(target: Target) -> str:
    """Return `deployment.apps/web in shop`, as a preview names an object."""
    return f"{target.qualified} in {target.namespace}" if target.namespace else target.qualified


@dataclass(frozen=True, slots=True)
class Which:
    """Which objects of a type are meant, and what of them."""

    selector: str = ""
    fields: str = ""
    everything: bool = False
    """Whether a type alone means all of its objects."""
    all_namespaces: bool = False
    subresource: str = ""
    """The part of each object that is read in its place."""


def check_named(arguments: Sequence[str], *, next_step: str = "", files: bool = False) -> None:
    """Refuse to change what nobody named; `files`: they could have named it.

    Raises:
        UsageError: there are no arguments; the text is kubectl's.
    """
    if not arguments:
        raise UsageError(
            f"error: You must provide one or more resources by argument{_OR_FILE * files}.\n"
            "Example resource specifications include:\n"
            f"{_FILES * files}"
            "   '<resource> <name>'\n"
            "   '<resource>'",
            next_step=next_step,
        )


_OR_FILE = " or filename"
_FILES = "   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n"


async def found(scope: Scope, arguments: Sequence[str], which: Which = Which()) -> list[Found]:
    """Return the objects that the words mean, in their order, each once.

    Raises:
        UsageError: the words contradict each other, or name nothing.
        NotFoundError: one of the objects, or the type, is not there.
    """
    check_named(arguments)
    narrowed = bool(which.selector or which.fields)
    selection = await select(
        scope.cluster, arguments, selector=narrowed, all_namespaces=which.all_namespaces
    )
    if not selection.named and not (which.everything or narrowed):
        raise UsageError("error: resource(s) were provided, but no name was specified")
    objects, failures = list[Found](), list[QuarterdeckError]()
    for ask in dict.fromkeys(selection.asks):
        try:
            items = await _items(scope, ask, which)
        except NotFoundError as error:
            failures.append(error)
        else:
            objects += [Found(ask.resource, item) for item in items]
    refuse(failures)
    return objects


async def _items(scope: Scope, ask: Ask, which: Which) -> list[JsonObject]:
    resource = ask.resource
    namespace = "" if which.all_namespaces or not resource.namespaced else scope.namespace
    query = Query(*(resource, namespace, ask.name, which.subresource, which.selector, which.fields))
    typed = {"apiVersion": resource.api_version, "kind": resource.kind}
    if ask.name:
        return [{**typed, **await scope.cluster.fetch(query)}]
    pages = scope.cluster.pages(query)
    return [{**typed, **item} async for page in pages for item in page["items"] or ()]


def refuse(failures: Sequence[QuarterdeckError], *, marked: bool = False) -> None:
    """Raise the failures as one, in kubectl's lines; a plan is made whole or not at all.

    `marked`: each of several lines keeps its `error:`.

    Raises:
        QuarterdeckError: there is a failure.
    """
    if len(failures) == 1:
        raise failures[0]
    if failures:
        lines = failures if marked else together(failures)
        steps = dict.fromkeys(each.next_step for each in failures if each.next_step)
        raise QuarterdeckError("\n".join(e.text for e in lines), next_step=" ".join(steps))


def caused(scope: Scope, one: Found) -> Iterator[Edit]:
    """Yield the note of why a pod template is changed: what was typed, and where.

    Nothing where no message asked for it, as kubectl writes none.
    """
    if scope.link and is_workload(one.resource):
        path = ("metadata", "annotations", CHANGE_CAUSE)
        yield Edit(path, f"{scope.text} {scope.link}")


@dataclass(frozen=True, slots=True)
class Made:
    """What is planned for one object, and what kubectl says of it."""

    target: Target
    operation: str
    """kubectl's word for it, such as `scaled`."""
    step: Step | None = None
    """None: there is nothing to do."""
    changes: tuple[Change, ...] = ()
    rolls: bool = False
    """Whether a rollout starts."""
    before: str = ""
    """A line that stands before its own."""
    item: JsonValue = None
    """The object as it is shown without the server's answer."""
    called: str = ""
    """What kubectl calls it, where that is not its own name."""


@dataclass(frozen=True, slots=True)
class Saying:
    """In which form it is said what was done."""

    dry_run: DryRun = DryRun.NONE
    output: str = ""
    read: bool = False
    """Whether `-o` shows the object as it was read, not as the API server returned it."""
    suffixed: bool = True
    """Whether a trial is marked as one."""

    @property
    def document(self) -> str:
        """Return the form of whole objects that was asked for; empty: none, or their names.

        Raises:
            UsageError: kubectl knows no such form, or it does not work here.
        """
        output = read_plain(self.output)
        return "" if output is None or isinstance(output, Names) else self.output

    def line(self, made: Made) -> str:
        """Return kubectl's line for one object."""
        if self.output.lower() == "name":
            return made.called or made.target.qualified
        suffix = self.dry_run.suffix if self.suffixed else ""
        return f"{made.called or made.target.qualified} {made.operation}{suffix}"


def gathered(made: Sequence[Made], saying: Saying, asides: Iterable[str] = ()) -> Plan:
    """Return the plan that does all of it, or with a client's dry run says what it would do."""
    real = [one for one in made if one.step is not None and saying.dry_run is not DryRun.CLIENT]
    plan = Plan(
        phrase="",
        steps=tuple(one.step for one in real if one.step is not None),
        changes=tuple(change for one in made for change in one.changes),
        done=(),
        asides=tuple(asides),
        rollouts=tuple(one.target for one in real if one.rolls),
        output=saying.document,
        shown=tuple(one.item for one in real or made) if saying.read or not real else (),
    )
    return _told(plan, made, saying)


def _told(plan: Plan, made: Sequence[Made], saying: Saying) -> Plan:
    """Return the plan with its lines: those of objects with nothing to do stand beside others'."""
    done, waiting = list[str](), list[str]()
    for one in made:
        waiting += [one.before] if one.before else []
        waiting.append(saying.line(one))
        if plan.steps and one.step is not None:
            done.append("\n".join(waiting))
            waiting = []
    if plan.steps:
        return replace(plan, done=tuple(done), ending=tuple(waiting))
    return replace(plan, done=tuple(waiting))
