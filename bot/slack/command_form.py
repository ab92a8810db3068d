"""The guided form: a command put together from menus, and the same command as it is typed.

Pure. What it asks for follows from each command's own declaration: `TYPE` in its usage asks for
a type and a name, an access rule for one resource asks for a name of that resource, a flag that
the usage names gets a field, and every switch a box.
"""

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from bot.core.command import Command, Family, Flag, FlagKind
from bot.slack import blocks, forms
from bot.slack.blocks import Block
from bot.slack.payloads import Payload

CALLBACK = "form:command"
CLUSTER, NAMESPACE, VERB = "form:cluster", "form:namespace", "form:verb"
TYPE, NAME, SWITCHES, MORE = "form:type", "form:name", "form:switches", "form:more"
_FLAG = "form:flag:"
_PREVIEW = "form:preview"
_TITLE = "Run a command"
_BOXES = 10
_PREVIEW_CHARACTERS = 1_000
# A type's place in a usage, as kubectl writes it: `(TYPE NAME | TYPE/NAME)`, `TYPE[.VERSION]`.
_TYPE_ASKED = re.compile(r"\bTYPE\b")
_NAME_ASKED = re.compile(r"\b(?:NAME|POD)\b")
_WORDS = frozenset({FlagKind.STRING, FlagKind.INT, FlagKind.INT32, FlagKind.DURATION})
_LONGEST_NAME = 253


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the form was opened, and what is meant there when nothing is chosen."""

    channel: str
    context: str
    namespace: str

    def metadata(self) -> str:
        """Return it as the form's private metadata."""
        return orjson.dumps([self.channel, self.context, self.namespace]).decode()


@dataclass(frozen=True, slots=True)
class Draft:
    """What was chosen so far."""

    origin: Origin
    phrase: str = "get"
    context: str = ""
    namespace: str = ""
    type: str = ""
    name: str = ""
    switches: frozenset[str] = frozenset()
    flags: tuple[tuple[str, str], ...] = ()
    more: str = ""

    @property
    def cluster(self) -> str:
        """Return the cluster that is meant."""
        return self.context or self.origin.context


def loading(title: str = _TITLE) -> Payload:
    """Return what is shown at once, since a trigger lives for three seconds only."""
    return forms.modal("form:loading", title, "", [blocks.sentence("One moment…")])


def form(
    draft: Draft, commands: Sequence[Command[Any]], contexts: Sequence[str], hidden: int = 0
) -> Payload:
    """Return the form as it stands with these choices; `hidden` commands are not offered."""
    command = chosen_command(draft, commands)
    asked = [*_place(draft, contexts), _verb(draft, commands, hidden)]
    asked += _arguments(draft, command)
    asked += [_field(draft, flag) for flag in _fields(command)]
    asked += _boxes(draft, command)
    asked.append(_more(command))
    preview = blocks.preformatted(typed(draft, command)[:_PREVIEW_CHARACTERS], _PREVIEW)
    words = blocks.sentence("The same, typed:")
    metadata = draft.origin.metadata()
    return forms.modal(CALLBACK, _TITLE, "Run", [*asked, words, preview], metadata=metadata)


def read_origin(view: Payload) -> Origin | None:
    """Return where a form was opened; None: it is none of ours."""
    try:
        channel, context, namespace = orjson.loads(str(view.get("private_metadata", "")))
    except ValueError:
        return None
    return Origin(str(channel), str(context), str(namespace))


def read_draft(view: Payload, commands: Sequence[Command[Any]]) -> Draft | None:
    """Return what was chosen; None: this is no such form."""
    origin = read_origin(view)
    if origin is None:
        return None
    draft = Draft(
        origin,
        phrase=forms.picked(view, VERB) or "get",
        context=forms.picked(view, CLUSTER),
        namespace=forms.picked(view, NAMESPACE),
        type=forms.picked(view, TYPE),
        name=forms.picked(view, NAME) or forms.typed(view, NAME).strip(),
        switches=forms.chosen(view, SWITCHES),
        more=forms.typed(view, MORE).strip(),
    )
    fields = _fields(chosen_command(draft, commands))
    typed_in = ((flag.name, forms.typed(view, _FLAG + flag.name).strip()) for flag in fields)
    return replace(draft, flags=tuple((name, value) for name, value in typed_in if value))


def typed(draft: Draft, command: Command[Any]) -> str:
    """Return the command as somebody would type it after the slash command."""
    asks_type, asks_name = takes_type(command), takes_name(command)
    words = [*command.phrase.split(" ")]
    words += [draft.type] if asks_type and draft.type else []
    words += [draft.name] if asks_name and draft.name and (draft.type or not asks_type) else []
    words += [f"--{name}={value}" for name, value in draft.flags]
    known = [flag.name for flag in _switches(command)]
    words += [f"--{name}" for name in known if name in draft.switches]
    if draft.namespace and (draft.namespace != draft.origin.namespace or _elsewhere(draft)):
        words += ["-n", draft.namespace]
    if _elsewhere(draft):
        words.append(f"--context={draft.cluster}")
    return f"{shlex.join(words)} {draft.more}".rstrip()


def chosen_command(draft: Draft, commands: Sequence[Command[Any]]) -> Command[Any]:
    """Return the command of the chosen verb; the first one for a verb that is gone."""
    offered = typeable(commands)
    return next((one for one in offered if one.phrase == draft.phrase), offered[0])


def typeable(commands: Sequence[Command[Any]]) -> list[Command[Any]]:
    """Return the commands that the form offers."""
    return [command for command in commands if command.family is Family.KUBECTL]


def hidden(commands: Sequence[Command[Any]], offered: Sequence[Command[Any]]) -> int:
    """Return how many of the commands the form leaves out when it offers only these."""
    return len(typeable(commands)) - len(typeable(offered))


def takes_type(command: Command[Any]) -> bool:
    """Tell whether the phrase itself names a type."""
    return bool(_TYPE_ASKED.search(command.usage)) and not _fixed_type(command)


def takes_name(command: Command[Any]) -> bool:
    """Tell whether the phrase names an object."""
    return bool(_NAME_ASKED.search(command.usage))


def makes(command: Command[Any]) -> bool:
    """Tell whether the name is that of something new."""
    return command.phrase.startswith("create ")


def elsewhere(draft: Draft) -> tuple[str, str]:
    """Return the cluster and the namespace, each empty where it is the place's own."""
    context = draft.context if _elsewhere(draft) else ""
    own = draft.namespace == draft.origin.namespace and not context
    return context, "" if own else draft.namespace


def type_of(draft: Draft, command: Command[Any]) -> str:
    """Return the type whose names are offered; empty: none is chosen yet."""
    return draft.type if takes_type(command) else _fixed_type(command)


def _fixed_type(command: Command[Any]) -> str:
    """Return the one type whose bare name the usage takes, as `logs POD` does."""
    if not re.search(r"\bPOD\b", command.usage) or not command.access:
        return ""
    return command.access[0].resource


def _elsewhere(draft: Draft) -> bool:
    return bool(draft.context) and draft.context != draft.origin.context


def _place(draft: Draft, contexts: Sequence[str]) -> list[Block]:
    namespace = draft.namespace or (draft.origin.namespace if not _elsewhere(draft) else "")
    current = forms.choice(namespace) if namespace else None
    found = []
    if len(contexts) > 1:
        menu = forms.menu(CLUSTER, [(one, one) for one in contexts], draft.cluster)
        found.append(forms.asked(CLUSTER, "Cluster", menu, heard=True))
    search = forms.search(NAMESPACE, current, "Namespace")
    return [
        *found,
        forms.asked(NAMESPACE, "Namespace", search, optional=True, heard=True),
    ]


def _verb(draft: Draft, commands: Sequence[Command[Any]], hidden: int) -> Block:
    hint = f"{hidden} more are not for you here: help --all lists them." if hidden else ""
    options = [(one.phrase, f"{one.phrase}: {one.summary}") for one in typeable(commands)]
    menu = forms.menu(VERB, options, chosen_command(draft, commands).phrase)
    return forms.asked(VERB, "What to do", menu, heard=True, hint=hint)


def _arguments(draft: Draft, command: Command[Any]) -> list[Block]:
    found = []
    if takes_type(command):
        current = forms.choice(draft.type) if draft.type else None
        search = forms.search(TYPE, current, "pods, deployments, …")
        found.append(forms.asked(TYPE, "Type", search, heard=True, optional=True))
    if takes_name(command) and makes(command):
        line = forms.line(NAME, draft.name, longest=_LONGEST_NAME)
        found.append(forms.asked(NAME, "Name of what is new", line, optional=True))
    elif takes_name(command):
        current = forms.choice(draft.name) if draft.name else None
        search = forms.search(NAME, current, "Type to search")
        label = f"Name ({type_of(draft, command)})" if type_of(draft, command) else "Name"
        found.append(forms.asked(NAME, label, search, heard=True, optional=True))
    return found


def _field(draft: Draft, flag: Flag) -> Block:
    initial = dict(draft.flags).get(flag.name, "")
    element = forms.line(_FLAG + flag.name, initial, longest=200)
    return forms.asked(
        _FLAG + flag.name, f"--{flag.name}", element, hint=flag.help, optional=not flag.required
    )


def _boxes(draft: Draft, command: Command[Any]) -> list[Block]:
    options = [(flag.name, f"--{flag.name}: {flag.help}") for flag in _switches(command)]
    if not options:
        return []
    boxes = forms.boxes(SWITCHES, options, draft.switches)
    return [forms.asked(SWITCHES, "Options", boxes, optional=True, heard=True)]


def _more(command: Command[Any]) -> Block:
    shown = {flag.name for flag in (*_fields(command), *_switches(command))}
    named = (flag.name for flag in command.flags if not flag.hidden and flag.name not in shown)
    left = ", ".join(f"--{name}" for name in named)
    hint = f"Also: {left}" if left else "As in a terminal."
    field = forms.line(MORE, longest=500, placeholder=command.examples[0])
    return forms.asked(MORE, "More", field, hint=hint, optional=True)


def _fields(command: Command[Any]) -> list[Flag]:
    """Return the flags with a value that the usage names, or that cannot be left out."""
    return [
        flag
        for flag in command.flags
        if flag.kind in _WORDS and (flag.required or f"--{flag.name}=" in command.usage)
    ]


def _switches(command: Command[Any]) -> list[Flag]:
    # A switch that is on already would need `=false`: it is left to the field below.
    found = [f for f in command.flags if f.kind is FlagKind.BOOL and f.default is not True]
    return found[:_BOXES]
