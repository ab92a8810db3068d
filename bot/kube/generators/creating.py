"""A generated object as a plan: what is sent, what is shown of it, and what is said then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import orjson

from bot.core.command import shared, switch, text
from bot.core.errors import RefusedError, UsageError
from bot.core.plan import Change, Create, Plan, Target
from bot.core.ports import Scope
from bot.core.request import Surface
from bot.kube.changes import DryRun, Made, Saying, gathered, place_of, read_dry_run
from bot.kube.documents import to_ordered_json
from bot.kube.generators.objects import DEPLOYMENT, Generated, placed
from bot.kube.masking import LAST_APPLIED, mask
from bot.kube.outputs import Jsonpath, read_plain

Validation = Literal["Strict", "Warn", "Ignore"]
_VALIDATIONS: dict[str, Validation] = {
    **dict.fromkeys(("strict", "1", "t", "T", "true", "TRUE", "True"), "Strict"),
    "warn": "Warn",
    **dict.fromkeys(("ignore", "0", "f", "F", "false", "FALSE", "False"), "Ignore"),
}


@dataclass(frozen=True, slots=True)
class Writing:
    """The flags that say how an object is sent and shown."""

    dry_run: str = text(default="none", alone="unchanged", help="none, client or server.")
    output: str = text("o", help="Show the object as name, yaml or json.")
    save_config: bool = switch(help="Keep the manifest in an annotation, for kubectl apply.")


@dataclass(frozen=True, slots=True)
class Creation:
    """The flags that all of `create` share."""

    writing: Writing = shared(Writing)
    field_manager: str = text(
        default="kubectl-create", help="The name under which the fields are owned."
    )
    validate: str = text(
        default="strict", alone="strict", help="Unknown fields: strict, warn or ignore."
    )


class Creating(Protocol):
    """What the options of `create`'s commands have in common."""

    @property
    def arguments(self) -> tuple[str, ...]:
        """The name, and a container's command behind it."""
        ...

    @property
    def after_dash(self) -> int:
        """How many words stood before `--`; -1 without one."""
        ...

    @property
    def creation(self) -> Creation:
        """What they all share."""
        ...


@dataclass(frozen=True, slots=True)
class Maker:
    """How one object is to be made, once it is known that the flags can be read."""

    saying: Saying
    save_config: bool
    manager: str
    validation: Validation = "Warn"
    operation: str = "created"

    def plan(
        self, scope: Scope, one: Generated, failing: str = "", asides: Sequence[str] = ()
    ) -> Plan:
        """Return the plan that creates the object.

        `failing` is what kubectl says before the server's words where it is refused.
        """
        one = placed(one, scope.namespace if scope.explicit_namespace else "")
        target = target_of(scope, one)
        document = saved(one) if self.save_config else one.document
        step = Create(
            target,
            orjson.dumps(document).decode(),
            manager=self.manager,
            validation=self.validation,
            dry_run=self.saying.dry_run is DryRun.SERVER,
            failing=failing,
        )
        change = Change(place_of(target), "object", "none", "new")
        shown = mask(orjson.loads(step.document))
        rolls = one.resource == DEPLOYMENT and not step.dry_run
        made = Made(target, self.operation, step, (change,), rolls=rolls, item=shown)
        return gathered((made,), self.saying, asides)


def begin(phrase: str, options: Creating) -> tuple[str, Maker]:
    """Return the one name that was typed, and how its object is to be made.

    Raises:
        UsageError: there is another number of names, or a flag cannot be read.
    """
    name = _name(phrase, options)
    creation = options.creation
    saying = read_saying(creation.writing)
    validation = read_validation(creation.validate)
    if not name:
        raise UsageError("error: name must be specified")
    save_config = creation.writing.save_config
    return name, Maker(saying, save_config, creation.field_manager, validation)


def command_of(options: Creating) -> tuple[str, ...]:
    """Return the words behind the name: a container's command."""
    return options.arguments[1:]


def read_saying(writing: Writing) -> Saying:
    """Return in which form it is said what was done.

    Raises:
        UsageError: a flag cannot be read; the text is kubectl's.
    """
    dry_run = read_dry_run(writing.dry_run)
    if isinstance(read_plain(writing.output), Jsonpath):
        raise UsageError(
            "error: -o jsonpath does not work for changes",
            next_step="Here these work: -o name, -o yaml, -o json",
        )
    return Saying(dry_run, writing.output)


def refuse_told(scope: Scope, typed: Mapping[str, object], instead: str) -> None:
    """Refuse a secret value that others can read where it was typed or attached.

    `typed` are the flags that hold a value themselves, with what they hold.

    Raises:
        RefusedError: with what to do in its place; the value is not repeated.
    """
    if scope.surface is Surface.TERMINAL:
        return
    if told := [flag for flag, value in typed.items() if value]:
        raise RefusedError(
            f"error: {told[0]} is refused here: the channel keeps what is typed, secrets included",
            next_step=f"Change that value now. Then type it as a slash command with {instead}: its"
            " form takes the file.",
        )
    if scope.files and scope.surface is not Surface.SLASH:
        raise RefusedError(
            "error: a secret's file is refused here: whoever reads the message can open it",
            next_step="Delete it and change the value. Then type it as a slash command: its form"
            " takes the file.",
        )


def target_of(scope: Scope, one: Generated) -> Target:
    """Return where the object is to be created."""
    resource = one.resource
    names = (resource.group, resource.version, resource.plural, resource.kind)
    namespace = scope.namespace if resource.namespaced else ""
    return Target(scope.context, *names, namespace, one.name, uid="")


def saved(one: Generated) -> dict[str, object]:
    """Return the object with itself in an annotation, as client-side `apply` looks for it."""
    itself = to_ordered_json(one.document) + "\n"
    about = one.document["metadata"]
    annotations = {**about.get("annotations", {}), LAST_APPLIED: itself}
    return one.document | {"metadata": about | {"annotations": annotations}}


def _name(phrase: str, options: Creating) -> str:
    count = len(options.arguments) if options.after_dash < 0 else options.after_dash
    if count != 1:
        raise UsageError(
            f"error: exactly one NAME is required, got {count}\n"
            f"See 'kubectl {phrase} -h' for help and examples",
            next_step=f"Such as `{phrase} web`, and the flags behind it.",
        )
    return options.arguments[0]


def read_validation(typed: str) -> Validation:
    """Return how the API server treats fields that it does not know.

    Raises:
        UsageError: kubectl knows no such way.
    """
    if typed not in _VALIDATIONS:
        raise UsageError(
            f'error: invalid - validate option "{typed}"; must be one of: strict (or true), warn,'
            " ignore (or false)"
        )
    return _VALIDATIONS[typed]
