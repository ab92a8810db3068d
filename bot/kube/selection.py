"""What the words after a verb select: types, names, or both.

Rules and texts: cli-runtime 1.37 `pkg/resource/builder.go`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.errors import NotFoundError, UsageError
from bot.core.ports import Reader, Resource


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing to read: every object of a type, or the one of that name."""

    resource: Resource
    name: str = ""


@dataclass(frozen=True, slots=True)
class Selection:
    """What was selected, in the order in which it was typed."""

    asks: tuple[Ask, ...]
    single: bool
    """Whether exactly one object was named, which then stands alone and in no list."""

    @property
    def named(self) -> bool:
        """Return whether objects were named, rather than whole types."""
        return any(ask.name for ask in self.asks)


async def select(
    cluster: Reader,
    arguments: Sequence[str],
    *,
    selector: bool,
    all_namespaces: bool,
    subresource: bool = False,
) -> Selection:
    """Return what `TYPE[,TYPE] [NAME…]` or `TYPE/NAME…` selects.

    `selector` says whether a label or field selector was given, `subresource` whether a part of
    each object is wanted, which has to be named then.

    Raises:
        UsageError: the words contradict each other.
        NotFoundError: the cluster has no such type.
    """
    words = _multiplied(arguments)
    slashed = any("/" in word for word in words)
    if len(words) == 1 and not slashed:
        if subresource:
            raise UsageError("error: subresource cannot be used when bulk resources are specified")
        types = await _types(cluster, words[0])
        return Selection(tuple(Ask(resource) for resource in types), single=False)
    pairs = _pairs(words) if slashed else []
    if selector:
        raise UsageError(_SELECTED_PAIRS if slashed else _SELECTED_NAMES)
    if not slashed:
        pairs = await _under(cluster, _split(words[0])[0], words[1:])
    resources = {word: await cluster.resource(word) for word in dict.fromkeys(w for w, _ in pairs)}
    if all_namespaces and any(r.namespaced for r in resources.values()):
        raise UsageError("error: a resource cannot be retrieved by name across all namespaces")
    if not all(name for _, name in pairs):
        raise UsageError("error: resource name may not be empty")
    asks = tuple(Ask(resources[word], name) for word, name in pairs)
    return Selection(asks, single=len(asks) == 1)


async def mapped(cluster: Reader, word: str) -> Resource:
    """Return the type that a word alone means, where kubectl asks its table of types at once.

    Raises:
        UsageError: the cluster has no such type; kubectl says so without `error: ` here.
    """
    if not word:
        raise UsageError("error: a resource must be present, got: /, Resource=")
    try:
        return await cluster.resource(word)
    except NotFoundError as error:
        raise UsageError(error.text.removeprefix("error: "), next_step=error.next_step) from error


_SELECTED_PAIRS = (
    "error: selectors and the all flag cannot be used when passing resource/name arguments"
)
_SELECTED_NAMES = "error: name cannot be provided when a selector is specified"


def _multiplied(arguments: Sequence[str]) -> list[str]:
    # `a,b c d` means a/c a/d b/c b/d.
    types = _split(arguments[0]) if arguments else []
    if len(arguments) >= 2 and len(types) > 1:
        return [f"{word}/{name}" for word in types for name in arguments[1:]]
    return list(arguments)


async def _under(cluster: Reader, kind: str, names: Sequence[str]) -> list[tuple[str, str]]:
    members = await cluster.category(kind)
    if len(members) > 1:
        raise UsageError("error: you must specify only one resource")
    word = members[0].qualified if members else kind
    return [(word, name) for name in names]


def _pairs(words: Sequence[str]) -> list[tuple[str, str]]:
    if not all("/" in word for word in words):
        raise UsageError(
            "error: there is no need to specify a resource type as a separate argument when"
            " passing arguments in resource/name form (e.g. 'kubectl get"
            " resource/<resource_name>' instead of 'kubectl get resource"
            " resource/<resource_name>'"
        )
    return [_pair(word) for word in words]


def _pair(word: str) -> tuple[str, str]:
    parts = word.split("/")
    if len(parts) != 2:
        raise UsageError("error: arguments in resource/name form may not have more than one slash")
    if not all(parts) or len(_split(parts[0])) != 1:
        raise UsageError(
            "error: arguments in resource/name form must have a single resource and name"
        )
    return parts[0], parts[1]


def _split(word: str) -> list[str]:
    # An empty piece is kept out, as kubectl's SplitResourceArgument does through a set.
    return list(dict.fromkeys(word.split(",")))


async def _types(cluster: Reader, word: str) -> list[Resource]:
    found: dict[tuple[str, str], Resource] = {}
    for piece in _split(word):
        members = await cluster.category(piece)
        for resource in members or (await cluster.resource(piece),):
            found.setdefault((resource.group, resource.plural), resource)
    return list(found.values())
