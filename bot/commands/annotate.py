"""`annotate`: annotations of objects are set, removed or listed."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from bot.core.command import Access, Command, Effect, shared, switch, text
from bot.core.errors import UsageError
from bot.core.plan import Plan
from bot.core.ports import Scope
from bot.kube.changing.marking import Kind, Pairs, Typed, marked
from bot.kube.filed import Filed
from bot.kube.history import CHANGE_CAUSE


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `annotate`."""

    arguments: tuple[str, ...] = ()
    overwrite: bool = switch(help="Annotations that are there may get another value.")
    list: bool = switch(help="Show the annotations, and change nothing.")
    all: bool = switch(help="Every object of the type in the namespace.")
    all_namespaces: bool = switch("A", help="In every namespace.")
    selector: str = text("l", help="Label selector.")
    field_selector: str = text(help="Field selector.")
    files: Filed = shared(Filed)
    resource_version: str = text(help="Only if the object has this resource version.")
    dry_run: str = text(default="none", alone="unchanged", help="none, client or server.")
    output: str = text("o", help="name, yaml, json or jsonpath=TEMPLATE.")
    field_manager: str = text(default="kubectl-annotate", help="Whose the changed fields are.")


async def plan(scope: Scope, options: Options) -> Plan:
    """Return what annotating would change; only these annotations are its precondition."""
    return await marked(scope, Typed(**asdict(options) | {"files": options.files}), _ANNOTATIONS)


def _pairs(words: Sequence[str]) -> Pairs:
    # What holds `=` behind its first letter is a pair, whatever it ends with.
    new = {key: value for key, _, value in (word.partition("=") for word in words if "=" in word)}
    gone = [word[:-1] for word in words if "=" not in word]
    both = ", ".join(key for key in gone if key in new)
    if both:
        raise UsageError(
            "error: can not both modify and remove the following annotation(s) in the same"
            f" command: {both}"
        )
    return Pairs(new, gone)


def _clashes(taken: Sequence[tuple[str, str]]) -> list[str]:
    # The cause of a change can always be overwritten.
    told = [f"'{key}' already has a value ({value})" for key, value in taken if key != CHANGE_CAUSE]
    head = "--overwrite is false but found the following declared annotation(s): "
    return [head + "; ".join(told)] if told else []


def _operation(_added: Sequence[str], _removed: Sequence[str]) -> str:
    return "annotated"


_ANNOTATIONS = Kind(
    "annotation", "annotations", _pairs, _clashes, _operation, idle=True, read=False
)
COMMAND = Command(
    phrase="annotate",
    summary="Update the annotations on a resource",
    usage="(-f FILENAME | TYPE NAME | TYPE/NAME) KEY=VALUE ... KEY- ... [flags]",
    effect=Effect.CHANGE,
    access=(Access("get", "*"), Access("list", "*", optional=True), Access("patch", "*")),
    options=Options,
    plan=plan,
    examples=(
        "annotate deploy/web owner=shop-team -n shop",
        "annotate pods -l app=web checked=yes -n shop --dry-run=server",
    ),
)
