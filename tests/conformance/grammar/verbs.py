"""kubectl's verbs with their flags, as the commands of the conformance tests.

They are declarations only. Most of them come to the product later: here it is the grammar that
is held to kubectl's reading, over more shapes of flags than the first commands have.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.core.command import Command, Effect, duration, number, switch, text, words
from bot.core.ports import Scope
from bot.core.reply import Reply


@dataclass(frozen=True, slots=True)
class Get:
    arguments: tuple[str, ...] = ()
    output: str = text("o")
    all_namespaces: bool = switch("A")
    selector: str = text("l")
    field_selector: str = text()
    sort_by: str = text()
    show_labels: bool = switch()
    show_kind: bool = switch()
    no_headers: bool = switch()
    ignore_not_found: bool = switch()
    show_managed_fields: bool = switch()
    label_columns: tuple[str, ...] = words("L")
    chunk_size: int = number(default=500)
    watch: bool = switch("w")
    subresource: str = text()


@dataclass(frozen=True, slots=True)
class Describe:
    arguments: tuple[str, ...] = ()
    all_namespaces: bool = switch("A")
    selector: str = text("l")
    show_events: bool = switch(default=True)
    chunk_size: int = number(default=500)


@dataclass(frozen=True, slots=True)
class Logs:
    arguments: tuple[str, ...] = ()
    follow: bool = switch("f")
    previous: bool = switch("p")
    container: str = text("c")
    selector: str = text("l")
    tail: int = number(default=-1)
    since: timedelta = duration()
    since_time: str = text()
    limit_bytes: int = number()
    timestamps: bool = switch()
    prefix: bool = switch()
    all_containers: bool = switch()
    ignore_errors: bool = switch()
    max_log_requests: int = number(default=5)
    pod_running_timeout: timedelta = duration(default=timedelta(seconds=20))
    given: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Exec:
    arguments: tuple[str, ...] = ()
    container: str = text("c")
    stdin: bool = switch("i")
    tty: bool = switch("t")
    quiet: bool = switch("q")
    after_dash: int = -1


@dataclass(frozen=True, slots=True)
class Delete:
    arguments: tuple[str, ...] = ()
    all: bool = switch()
    all_namespaces: bool = switch("A")
    selector: str = text("l")
    field_selector: str = text()
    cascade: str = text(default="background", alone="background")
    dry_run: str = text(default="none", alone="unchanged")
    force: bool = switch()
    now: bool = switch()
    grace_period: int = number(default=-1)
    ignore_not_found: bool = switch()
    wait: bool = switch(default=True)
    timeout: timedelta = duration()
    output: str = text("o")


@dataclass(frozen=True, slots=True)
class Label:
    arguments: tuple[str, ...] = ()
    all: bool = switch()
    all_namespaces: bool = switch("A")
    selector: str = text("l")
    overwrite: bool = switch()
    dry_run: str = text(default="none", alone="unchanged")
    field_manager: str = text(default="kubectl-label")
    resource_version: str = text()


@dataclass(frozen=True, slots=True)
class Annotate:
    arguments: tuple[str, ...] = ()
    all: bool = switch()
    selector: str = text("l")
    overwrite: bool = switch()
    dry_run: str = text(default="none", alone="unchanged")
    field_manager: str = text(default="kubectl-annotate")


@dataclass(frozen=True, slots=True)
class Scale:
    arguments: tuple[str, ...] = ()
    replicas: int = number(required=True)
    current_replicas: int = number(default=-1)
    dry_run: str = text(default="none", alone="unchanged")
    timeout: timedelta = duration()


@dataclass(frozen=True, slots=True)
class SetImage:
    arguments: tuple[str, ...] = ()
    all: bool = switch()
    selector: str = text("l")
    dry_run: str = text(default="none", alone="unchanged")
    field_manager: str = text(default="kubectl-set")


@dataclass(frozen=True, slots=True)
class RolloutStatus:
    arguments: tuple[str, ...] = ()
    watch: bool = switch("w", default=True)
    revision: int = number()
    timeout: timedelta = duration()
    selector: str = text("l")


@dataclass(frozen=True, slots=True)
class RolloutHistory:
    arguments: tuple[str, ...] = ()
    revision: int = number()
    output: str = text("o")


@dataclass(frozen=True, slots=True)
class RolloutUndo:
    arguments: tuple[str, ...] = ()
    to_revision: int = number()
    dry_run: str = text(default="none", alone="unchanged")


@dataclass(frozen=True, slots=True)
class RolloutRestart:
    arguments: tuple[str, ...] = ()
    selector: str = text("l")
    field_manager: str = text(default="kubectl-rollout")


@dataclass(frozen=True, slots=True)
class RolloutPause:
    arguments: tuple[str, ...] = ()
    field_manager: str = text(default="kubectl-rollout")


@dataclass(frozen=True, slots=True)
class Cordon:
    arguments: tuple[str, ...] = ()
    selector: str = text("l")
    dry_run: str = text(default="none", alone="unchanged")


@dataclass(frozen=True, slots=True)
class Drain:
    arguments: tuple[str, ...] = ()
    selector: str = text("l")
    pod_selector: str = text()
    ignore_daemonsets: bool = switch()
    delete_emptydir_data: bool = switch()
    force: bool = switch()
    grace_period: int = number(default=-1)
    timeout: timedelta = duration()
    chunk_size: int = number(default=500)
    dry_run: str = text(default="none", alone="unchanged")


@dataclass(frozen=True, slots=True)
class TopPod:
    arguments: tuple[str, ...] = ()
    all_namespaces: bool = switch("A")
    selector: str = text("l")
    containers: bool = switch()
    no_headers: bool = switch()
    sort_by: str = text()
    sum: bool = switch()


@dataclass(frozen=True, slots=True)
class TopNode:
    arguments: tuple[str, ...] = ()
    selector: str = text("l")
    no_headers: bool = switch()
    sort_by: str = text()


@dataclass(frozen=True, slots=True)
class AuthCanI:
    arguments: tuple[str, ...] = ()
    all_namespaces: bool = switch("A")
    quiet: bool = switch("q")
    subresource: str = text()
    no_headers: bool = switch()


@dataclass(frozen=True, slots=True)
class Events:
    arguments: tuple[str, ...] = ()
    all_namespaces: bool = switch("A")
    for_: str = text()
    types: tuple[str, ...] = words()
    no_headers: bool = switch()
    chunk_size: int = number(default=500)
    output: str = text("o")


@dataclass(frozen=True, slots=True)
class Wait:
    arguments: tuple[str, ...] = ()
    for_: tuple[str, ...] = words(split=False)
    timeout: timedelta = duration(default=timedelta(seconds=30))
    selector: str = text("l")
    all: bool = switch()
    all_namespaces: bool = switch("A")


@dataclass(frozen=True, slots=True)
class Apply:
    arguments: tuple[str, ...] = ()
    filename: tuple[str, ...] = words("f")
    server_side: bool = switch()
    force_conflicts: bool = switch()
    field_manager: str = text(default="kubectl-client-side-apply")
    dry_run: str = text(default="none", alone="unchanged")
    validate: str = text(default="strict", alone="strict")


@dataclass(frozen=True, slots=True)
class Version:
    arguments: tuple[str, ...] = ()
    client: bool = switch()
    output: str = text("o")


@dataclass(frozen=True, slots=True)
class Plain:
    """A verb without flags of its own."""

    arguments: tuple[str, ...] = ()


OPTIONS: dict[str, type[Any]] = {
    "annotate": Annotate,
    "apply": Apply,
    "auth can-i": AuthCanI,
    "cluster-info": Plain,
    "cordon": Cordon,
    "delete": Delete,
    "describe": Describe,
    "drain": Drain,
    "events": Events,
    "exec": Exec,
    "get": Get,
    "help": Plain,
    "label": Label,
    "logs": Logs,
    "rollout history": RolloutHistory,
    "rollout pause": RolloutPause,
    "rollout restart": RolloutRestart,
    "rollout status": RolloutStatus,
    "rollout undo": RolloutUndo,
    "scale": Scale,
    "set image": SetImage,
    "top node": TopNode,
    "top pod": TopPod,
    "uncordon": Cordon,
    "version": Version,
    "wait": Wait,
}


def _not_run(scope: Scope, options: Any) -> Reply:
    raise AssertionError("the conformance tests bind and never run")


class Verbs:
    """A catalogue of the declarations."""

    def __init__(self) -> None:
        self._commands: dict[str, Command[Any]] = {
            phrase: Command(phrase, phrase, Effect.READ, options, (), run=_not_run)
            for phrase, options in OPTIONS.items()
        }

    def phrases(self) -> Sequence[str]:
        return tuple(self._commands)

    def find(self, words: Sequence[str]) -> Command[Any] | None:
        return self._commands.get(" ".join(words))
