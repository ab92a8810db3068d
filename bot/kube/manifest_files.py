"""Which files `-f` means, and which object of the cluster each document in them is.

In chat a file is what somebody attached, and its name no more than a name: nothing is read from
the bot's own disk, and no address is fetched. A terminal reads its files before a request is
served, and says for which word of `-f` each stands.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.errors import NotFoundError, QuarterdeckError, RefusedError, UsageError, choose_from
from bot.core.plan import Target
from bot.core.ports import JsonObject, Reader, Resource, Scope
from bot.core.request import Attachment
from bot.kube.generators.creating import refuse_told
from bot.kube.generators.labels import label_matcher
from bot.kube.manifests import Document, read_manifests
from bot.kube.masking import is_secret

_OF_ACCOUNTS = "kubernetes.io/service-account-token"
_ATTACH = "Type `/kubectl apply -f web.yaml`, and a form asks for it; or attach it to a mention."


FILENAME = "The manifest: an attached file, or in a terminal a local one, a folder or -."
"""What `-f` means, for help."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A document, its type, and the namespace that it belongs into."""

    document: Document
    resource: Resource
    namespace: str
    """Empty for a cluster-scoped object."""


def check_files(
    verb: str,
    arguments: Sequence[str],
    filenames: Sequence[str],
    kustomize: str,
) -> None:
    """Do nothing where a manifest is named and nothing else.

    Raises:
        UsageError: in kubectl's words.
        RefusedError: a kustomization is named.
    """
    if kustomize:
        raise RefusedError(
            "error: -k is refused: a kustomization may fetch and run what it names",
            next_step="Build it with `kubectl kustomize DIR`, and attach what that prints.",
        )
    if arguments:
        listed = " ".join(arguments)
        raise UsageError(
            f"error: Unexpected args: [{listed}]\nSee 'kubectl {verb} -h' for help and examples",
            next_step=f"Such as `{verb} -f web.yaml`.",
        )
    if not any(filenames):
        raise UsageError(
            "error: must specify one of -f and -k",
            next_step=f"Such as `{verb} -f web.yaml`.",
        )


async def read_files(
    scope: Scope, words: Sequence[str], *, selector: str = "", bound: bool = False
) -> tuple[Placed, ...]:
    """Return the objects of the files that the words of `-f` name.

    `selector` leaves those with other labels out; `bound` holds all to the scope's namespace.

    Raises:
        UsageError: a file is not there or cannot be read.
        RefusedError: it holds a Secret, and came where others read along.
        QuarterdeckError: an object has no place in the cluster; the text is kubectl's.
    """
    files = chosen(scope.files, words)
    # A large file takes longer than the others' answers should wait.
    documents = await asyncio.to_thread(read_manifests, files)
    if any(is_secret(each.body) for each in documents):
        refuse_told(scope, {}, "")
    matches = label_matcher(selector)
    found = [await _placed(scope, each, bound) for each in documents if matches(each.labels)]
    _check_once(found)
    return tuple(found)


def target_of(scope: Scope, placed: Placed, live: JsonObject | None = None) -> Target:
    """Return the object that a document is, or will be where it is not there."""
    resource = placed.resource
    return Target(
        scope.context,
        resource.group,
        resource.version,
        resource.plural,
        resource.kind,
        placed.namespace,
        placed.document.name,
        live["metadata"]["uid"] if live else "",
    )


def refuse_tokens(scope: Scope, found: Sequence[Placed]) -> None:
    """Refuse Secrets that the cluster would fill with the token of a ServiceAccount.

    Raises:
        RefusedError: there is one, and it was asked for in chat.
    """
    for each in found:
        body = each.document.body
        if is_secret(body) and body.get("type") == _OF_ACCOUNTS and not scope.plain:
            raise RefusedError(
                f"error: {each.document.source}: tokens of ServiceAccounts are not made from here,"
                " whoever asks",
                next_step="Whoever has the right in the cluster does it with kubectl.",
            )


def applied(placed: Placed) -> JsonObject:
    """Return the object as an apply sends it: in its namespace, and bound to no moment.

    Raises:
        UsageError: it has no name of its own, or is one state of an object.
    """
    document, metadata = placed.document, placed.document.body["metadata"]
    if not document.name:
        raise UsageError(
            f"error: from {document.prefix}: cannot use generate name with apply",
            next_step="Give it a name, or use `create`.",
        )
    for field in ("uid", "resourceVersion"):
        if metadata.get(field):
            raise document.refused(
                f"its metadata.{field} belongs to one moment of the object",
                "Leave uid and resourceVersion out of what you apply.",
            )
    return in_namespace(placed)


def in_namespace(placed: Placed) -> JsonObject:
    """Return the object with the namespace that it belongs into."""
    metadata = dict(placed.document.body["metadata"])
    if placed.namespace:
        metadata["namespace"] = placed.namespace
    return placed.document.body | {"metadata": metadata}


def _check_once(found: Sequence[Placed]) -> None:
    first: dict[tuple[str, str, str, str], Document] = {}
    for each in found:
        document, resource = each.document, each.resource
        key = (resource.group, resource.plural, each.namespace, document.name)
        other = first.setdefault(key, document)
        if other is not document and document.name:
            where = f"{other.source}, line {other.line}"
            sentence = f"{resource.qualified} {document.name} stands in {where} already"
            raise document.refused(sentence, "Leave one of them out.")


def chosen(files: Sequence[Attachment], words: Sequence[str]) -> tuple[Attachment, ...]:
    """Return the files that the words of `-f` name, in the order of the words.

    `-` means all that are attached, and any name means the only one.

    Raises:
        UsageError: there is no such file, or one came along that no word names.
        RefusedError: a word is an address or a path.
    """
    found = [file for word in words for file in _of_word(files, word)]
    left = [file.name for file in files if file not in found]
    if left:
        raise UsageError(
            f"error: {', '.join(left)} came along, and no -f names it",
            next_step="Name each file with a -f of its own, or attach what is meant alone.",
        )
    return tuple(dict.fromkeys(found))


def _of_word(files: Sequence[Attachment], word: str) -> list[Attachment]:
    if read := [file for file in files if file.source == word and word]:
        return read
    attached = [file for file in files if not file.source]
    if word == "-" and attached:
        return attached
    if "://" in word:
        raise RefusedError(f"error: -f {word} is refused: no address is fetched", next_step=_ATTACH)
    if "/" in word or "\\" in word or word in (".", ".."):
        raise RefusedError(
            f"error: -f {word} is refused: the bot reads no files of its own disk",
            next_step=_ATTACH,
        )
    if named := [file for file in attached if file.name == word]:
        return named
    if len(attached) == 1:
        return attached
    if not attached:
        raise UsageError(f'error: no file came along for "-f {word}"', next_step=_ATTACH)
    raise UsageError(
        f'error: none of the attached files is called "{word}"',
        next_step=choose_from(file.name for file in attached),
    )


async def _placed(scope: Scope, document: Document, bound: bool) -> Placed:
    resource = await _resource(scope.cluster, document)
    if not resource.namespaced:
        return Placed(document, resource, "")
    theirs, ours = document.namespace, scope.namespace
    if theirs and theirs != ours and (bound or scope.explicit_namespace):
        raise QuarterdeckError(
            f'error: the namespace from the provided object "{theirs}" does not match the namespace'
            f" \"{ours}\". You must pass '--namespace={theirs}' to perform this operation."
        )
    return Placed(document, resource, theirs or ours)


async def _resource(cluster: Reader, document: Document) -> Resource:
    group, _, version = document.api_version.rpartition("/")
    typed = f"{document.kind}.{version}.{group}"
    try:
        found = await cluster.resource(typed)
    except NotFoundError as error:
        raise _unknown(document) from error
    if (found.kind, found.api_version) != (document.kind, document.api_version):
        raise _unknown(document)
    return found


def _unknown(document: Document) -> QuarterdeckError:
    return QuarterdeckError(
        f'error: resource mapping not found for name: "{document.name}"'
        f' namespace: "{document.namespace}" from "{document.source}":'
        f' no matches for kind "{document.kind}" in version "{document.api_version}"\n'
        "ensure CRDs are installed first",
        next_step=f"`api-resources` lists what there is; line {document.line} names the type.",
    )
