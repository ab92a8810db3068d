"""What a command is: a phrase, its flags, its effect, its access rule and its examples.

A command is declared once. Its help, its binding, its permission check and its tests follow
from the declaration.
"""

import keyword
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import Field, dataclass, field, fields, replace
from datetime import timedelta
from enum import IntEnum, StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

if TYPE_CHECKING:
    from bot.core.plan import Plan
    from bot.core.ports import Scope
    from bot.core.reply import Reply


class Effect(IntEnum):
    """How much a command can do, from nothing to loss."""

    READ = 0
    CHANGE = 1
    ENTER = 2
    """Code runs inside of a container."""
    DESTROY = 3


class Family(StrEnum):
    """The slash command that a phrase belongs to."""

    KUBECTL = "kubectl"
    PROM = "prom"
    """Every phrase of it begins with the word itself."""
    DECK = "deck"


@dataclass(frozen=True, slots=True)
class Access:
    """One right that a command uses, in the words of RBAC."""

    verb: str
    resource: str
    """The plural; `*` where the phrase itself names the type; a path, such as `/openapi/v3/*`,
    where it is not about resources."""
    group: str = ""
    subresource: str = ""
    optional: bool = False
    """Whether the answer only lacks something where the right is missing."""

    @property
    def whole(self) -> str:
        """Return the resource as a role names it, such as `deployments/scale`."""
        return f"{self.resource}/{self.subresource}" if self.subresource else self.resource


class FlagKind(StrEnum):
    """How pflag reads a flag's value."""

    BOOL = "bool"
    STRING = "string"
    INT = "int"
    INT32 = "int32"
    DURATION = "duration"
    STRING_SLICE = "stringSlice"
    """May be repeated, and each value is split at its commas."""
    STRING_ARRAY = "stringArray"
    """May be repeated; a value is never split."""


@dataclass(frozen=True, slots=True, eq=False)
class Flag:
    """One flag as pflag declares it; each declaration is a flag of its own."""

    name: str
    kind: FlagKind
    default: object
    short: str = ""
    alone: str | None = None
    """The value when the flag stands without one (pflag's NoOptDefVal); None: it needs one."""
    help: str = ""
    required: bool = False
    """Whether the command cannot do without it."""
    hidden: bool = False
    """Whether its values are secret: they are left out wherever the command is shown or kept."""

    @property
    def attribute(self) -> str:
        """Return the field of the options that receives the value."""
        name = self.name.replace("-", "_")
        return f"{name}_" if keyword.iskeyword(name) else name


_FLAG, _GROUP = "flag", "group"
GroupT = TypeVar("GroupT")


def switch(short: str = "", *, default: bool = False, help: str = "") -> bool:
    """Declare a flag that is on or off; standing alone it is on."""
    return cast(bool, _declare(FlagKind.BOOL, default, short, help, alone="true"))


def text(
    short: str = "",
    *,
    default: str = "",
    alone: str | None = None,
    required: bool = False,
    hidden: bool = False,
    help: str = "",
) -> str:
    """Declare a flag that takes a word."""
    more = {"alone": alone, "required": required, "hidden": hidden}
    return cast(str, _declare(FlagKind.STRING, default, short, help, **more))


def number(
    short: str = "",
    *,
    default: int = 0,
    required: bool = False,
    small: bool = False,
    help: str = "",
) -> int:
    """Declare a flag that takes a whole number; a `small` one fits into 32 bits."""
    kind = FlagKind.INT32 if small else FlagKind.INT
    return cast(int, _declare(kind, default, short, help, required=required))


def duration(short: str = "", *, default: timedelta = timedelta(0), help: str = "") -> timedelta:
    """Declare a flag that takes a duration as Go writes it, such as `1h30m`."""
    return cast(timedelta, _declare(FlagKind.DURATION, default, short, help))


def words(
    short: str = "",
    *,
    split: bool = True,
    required: bool = False,
    hidden: bool = False,
    help: str = "",
) -> tuple[str, ...]:
    """Declare a flag that may be repeated; with `split` its values are also cut at commas."""
    kind = FlagKind.STRING_SLICE if split else FlagKind.STRING_ARRAY
    declared = _declare(kind, (), short, help, required=required, hidden=hidden)
    return cast("tuple[str, ...]", declared)


def shared(options: type[GroupT]) -> GroupT:
    """Declare the flags of another options class, which the field holds as one value."""
    default: GroupT = field(default=options(), metadata={_GROUP: options})
    return default


def _declare(kind: FlagKind, default: object, short: str, explanation: str, **more: Any) -> object:
    # The name is filled in by `flags_of`: only the dataclass knows it.
    flag = Flag("", kind, default, short, help=explanation, **more)
    return field(default=default, metadata={_FLAG: flag})


def flags_of(options: type[Any]) -> tuple[Flag, ...]:
    """Return the flags that a command's options class declares, in order.

    A field `all_namespaces` is the flag `--all-namespaces`, and `for_` is `--for`; fields declared
    without one of the functions above are not flags.
    """
    return tuple(flag for item in fields(options) for flag in _flags_of(item))


def _flags_of(item: "Field[Any]") -> Iterator[Flag]:
    if (flag := item.metadata.get(_FLAG)) is not None:
        yield replace(flag, name=item.name.rstrip("_").replace("_", "-"))
    elif (options := item.metadata.get(_GROUP)) is not None:
        yield from flags_of(options)


def filled(options: type[GroupT], values: Mapping[str, Any]) -> GroupT:
    """Return the options with these values, by the names of their fields; groups included."""
    names, groups = _declared(cast(Any, options))
    own = {name: value for name, value in values.items() if name in names}
    return options(**own, **{name: filled(one, values) for name, one in groups.items()})


@lru_cache(maxsize=512)  # more classes than there are; each phrase asks for its own
def _declared(options: type[Any]) -> tuple[frozenset[str], Mapping[str, type[Any]]]:
    """Return the names of the fields, and of those that are groups the classes of these."""
    items = fields(options)
    groups = {item.name: item.metadata[_GROUP] for item in items if _GROUP in item.metadata}
    return frozenset(item.name for item in items), groups


OptionsT = TypeVar("OptionsT")


@dataclass(frozen=True, slots=True, eq=False)
class Command(Generic[OptionsT]):
    """One verb: what is typed, what it may do, and the function that does it.

    `options` is a frozen dataclass whose field `arguments: tuple[str, ...]` receives the words
    that are not flags; its other fields are flags, except for two that are filled if declared:
    `after_dash: int`, how many arguments stood before `--` (-1 without one), and
    `given: frozenset[str]`, the names of the flags that were typed. Exactly one of `run` and
    `plan` is given.
    """

    phrase: str
    summary: str
    effect: Effect
    options: type[OptionsT]
    examples: tuple[str, ...]
    access: tuple[Access, ...] = ()
    family: Family = Family.KUBECTL
    usage: str = ""
    """What follows the phrase in help, such as `TYPE NAME [flags]`."""
    personal: bool = False
    """Whether it is about the person's own settings: nobody else is shown its answer."""
    seconds: int = 30
    """How long it may take in chat; a command that waits or follows says how long."""
    raw: bool = False
    """Whether what follows its flags is one argument, exactly as it was typed: no shell's quotes,
    pipes or flags are looked for in it."""
    urgent: bool = False
    """Whether it goes on while nothing can be recorded, as far as it needs no approval."""
    run: Callable[["Scope", OptionsT], "Reply"] | None = None
    plan: Callable[["Scope", OptionsT], Awaitable["Plan"]] | None = None
    flags: tuple[Flag, ...] = field(init=False)
    """What `options` declares; read once, since every phrase asks for it several times."""
    by_name: Mapping[str, Flag] = field(init=False, repr=False)
    """The same by their names."""
    dashes: bool = field(init=False, repr=False)
    """Whether its options ask how many arguments stood before `--`."""

    def __post_init__(self) -> None:
        """Refuse a declaration that could do both or neither.

        Raises:
            ValueError: not exactly one of `run` and `plan` is given.
        """
        if (self.run is None) == (self.plan is None):
            raise ValueError(f"{self.phrase}: declare exactly one of run and plan")
        object.__setattr__(self, "flags", flags_of(self.options))
        object.__setattr__(self, "by_name", {flag.name: flag for flag in self.flags})
        object.__setattr__(self, "dashes", "after_dash" in _declared(cast(Any, self.options))[0])
