"""`label`: labels of objects are set, removed or listed."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from bot.core.command import Access, Command, Effect, shared, switch, text
from bot.core.errors import UsageError
from bot.core.plan import Plan
from bot.core.ports import Scope
from bot.kube.changing.marking import Kind, Pairs, Typed, marked
from bot.kube.filed import Filed

# apimachinery `pkg/util/validation`, IsValidLabelValue.
_VALUE = re.compile(r"(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?")
_LONGEST = 63


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `label`."""

    arguments: tuple[str, ...] = ()
    overwrite: bool = switch(help="Labels that are there may get another value.")
    list: bool = switch(help="Show the labels, and change nothing.")
    all: bool = switch(help="Every object of the type in the namespace.")
    all_namespaces: bool = switch("A", help="In every namespace.")
    selector: str = text("l", help="Label selector.")
    field_selector: str = text(help="Field selector.")
    files: Filed = shared(Filed)
    resource_version: str = text(help="Only if the object has this resource version.")
    dry_run: str = text(default="none", alone="unchanged", help="none, client or server.")
    output: str = text("o", help="name, yaml, json or jsonpath=TEMPLATE.")
    field_manager: str = text(default="kubectl-label", help="Whose the changed fields are.")


async def plan(scope: Scope, options: Options) -> Plan:
    """Return what labelling would change; only these labels are its precondition."""
    return await marked(scope, Typed(**asdict(options) | {"files": options.files}), _LABELS)


def _pairs(words: Sequence[str]) -> Pairs:
    new = dict(_pair(word) for word in words if "=" in word)
    gone = [word[:-1] for word in words if "=" not in word]
    if new.keys() & set(gone):
        raise UsageError("error: can not both modify and remove a label in the same command")
    return Pairs(new, gone)


def _pair(word: str) -> tuple[str, str]:
    key, _, value = word.partition("=")
    if "=" in value:
        raise UsageError(f"error: invalid label spec: {word}")
    faults = [f"must be no more than {_LONGEST} bytes"] if len(value.encode()) > _LONGEST else []
    if not _VALUE.fullmatch(value):
        faults.append(
            "a valid label must be an empty string or consist of alphanumeric characters, '-', '_'"
            " or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or"
            f" 'my_value',  or '12345', regex used for validation is '{_VALUE.pattern}')"
        )
    if faults:
        raise UsageError(f'error: invalid label value: "{word}": {";".join(faults)}')
    return key, value


def _clashes(taken: Sequence[tuple[str, str]]) -> list[str]:
    return [
        f"'{key}' already has a value ({value}), and --overwrite is false" for key, value in taken
    ]


def _operation(added: Sequence[str], removed: Sequence[str]) -> str:
    if added and removed:
        return "modified"
    if added:
        return "labeled"
    return "unlabeled" if removed else "not labeled"


_LABELS = Kind("label", "labels", _pairs, _clashes, _operation, idle=False, read=True)
COMMAND = Command(
    phrase="label",
    summary="Update the labels on a resource",
    usage="(-f FILENAME | TYPE NAME | TYPE/NAME) KEY=VALUE ... KEY- ... [flags]",
    effect=Effect.CHANGE,
    access=(Access("get", "*"), Access("list", "*", optional=True), Access("patch", "*")),
    options=Options,
    plan=plan,
    examples=(
        "label deploy/web team=shop -n shop",
        "label pods -l app=web checked=yes -n shop --dry-run=server",
        "label deploy/web team- -n shop",
    ),
)
