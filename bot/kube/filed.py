"""Which objects a change is about: named by words, or by the files in which they stand.

Of a file only the names count here: what is changed is the object as it is in the cluster. Rules
and texts: cli-runtime 1.37 `pkg/resource/builder.go`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.command import switch, text, words
from bot.core.errors import NotFoundError, QuarterdeckError, UsageError
from bot.core.ports import JsonObject, Query, Scope
from bot.kube.changes import Found, Which, check_named, found, refuse
from bot.kube.generators.labels import label_matcher
from bot.kube.manifest_files import FILENAME, Placed, check_files, read_files

_NAMED = Which()


@dataclass(frozen=True, slots=True)
class Filed:
    """The flags of a command that finds the names of its objects in files, too."""

    filename: tuple[str, ...] = words("f", help=FILENAME)
    recursive: bool = switch("R", help="In a terminal: what is in a folder's folders, too.")
    kustomize: str = text("k", help="Refused: attach what `kubectl kustomize` prints.")

    @property
    def given(self) -> bool:
        """Tell whether files name the objects."""
        return bool(self.filename or self.kustomize)


async def aimed(
    scope: Scope, arguments: Sequence[str], files: Filed, which: Which = _NAMED
) -> list[Found]:
    """Return the objects that the words, or the files, mean.

    Raises:
        UsageError: words and files contradict each other, or name nothing.
        NotFoundError: one of the objects, or the type, is not there.
    """
    if not files.given:
        check_named(arguments, files=True)
        return await found(scope, arguments, which)
    matches = label_matcher(which.selector)
    objects, failures = list[Found](), list[QuarterdeckError]()
    for placed in await filed(scope, arguments, files):
        try:
            item = await _live(scope, placed, which.subresource)
        except NotFoundError as error:
            failures.append(error)
        else:
            if matches(item["metadata"].get("labels") or {}):
                objects.append(Found(placed.resource, item, placed.document.source))
    refuse(failures)
    return objects


async def filed(
    scope: Scope, arguments: Sequence[str], files: Filed, selector: str = ""
) -> tuple[Placed, ...]:
    """Return the documents of the files, each with its type and namespace.

    Raises:
        UsageError: objects are named beside them, or one has no name.
        RefusedError: a kustomization is named.
    """
    if arguments:
        raise UsageError(
            "error: when paths, URLs, or stdin is provided as input, you may not specify resource"
            " arguments as well"
        )
    check_files("", (), files.filename, files.kustomize)
    documents = await read_files(scope, files.filename, selector=selector)
    for each in documents:
        if not each.document.name:
            raise UsageError("error: resource name may not be empty")
    return documents


async def _live(scope: Scope, placed: Placed, subresource: str) -> JsonObject:
    resource = placed.resource
    query = Query(resource, placed.namespace, placed.document.name, subresource)
    typed = {"apiVersion": resource.api_version, "kind": resource.kind}
    return {**typed, **await scope.cluster.fetch(query)}
