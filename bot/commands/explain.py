"""`explain`: what a type and its fields are for, from the cluster's own documentation."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from bot.core.command import Access, Command, Effect, number, switch, text
from bot.core.errors import UsageError
from bot.core.ports import Resource, Scope
from bot.core.reply import Part, Text
from bot.kube.explaining import Explainer, heading
from bot.kube.jsonpath.reading import Field, TemplateError, read_template
from bot.kube.selection import mapped


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `explain`."""

    arguments: tuple[str, ...] = ()
    recursive: bool = switch("R", help="The fields of fields, too, without their descriptions.")
    max_depth: int = number(help="With --recursive: no deeper than this; 0: no limit.")
    api_version: str = text(help="Of this version, such as apps/v1.")
    output: str = text("o", default="plaintext", help="plaintext.")


async def run(scope: Scope, options: Options) -> AsyncIterator[Part]:
    """Yield the documentation of a type or field."""
    _validate(options)
    resource, path = await _resource(scope, options.arguments[0])
    if options.api_version:
        resource = await _versioned(scope, resource, options.api_version)
    document = await scope.cluster.schema(resource)
    yield Text(heading(resource))
    yield Text(Explainer(document, options.recursive, options.max_depth).explain(resource, path))


def _validate(options: Options) -> None:
    if not options.arguments:
        raise UsageError(
            'error: You must specify the type of resource to explain. Use "kubectl api-resources"'
            " for a complete list of supported resources.",
            next_step="Such as `explain deployment.spec.strategy`.",
        )
    if len(options.arguments) > 1:
        raise UsageError("error: We accept only this format: explain RESOURCE")
    if options.max_depth > 0 and not options.recursive:
        raise UsageError("error: --max-depth requires --recursive")
    if options.max_depth < 0:
        raise UsageError("error: --max-depth must be non-negative")
    if options.output != "plaintext":
        raise UsageError(f"error: unrecognized format: {options.output}", next_step="Leave -o out.")


async def _resource(scope: Scope, typed: str) -> tuple[Resource, list[str]]:
    """Return the type that the words begin with, and the path behind it."""
    names = _path(typed) or [""]
    resource = await mapped(scope.cluster, names[0])
    for candidate in await scope.cluster.resources():
        # `deployments.apps.spec`: the group belongs to the type.
        if candidate.plural == resource.plural and candidate.group:
            prefix = candidate.qualified
            if typed == prefix or typed.startswith(f"{prefix}."):
                return candidate, _path(typed[len(prefix) :].lstrip("."))
    return resource, names[1:]


def _path(typed: str) -> list[str]:
    body = typed.removesuffix(".")
    if not body:
        return []
    try:
        [nodes] = read_template(f"{{.{body}}}")
    except TemplateError as error:
        raise UsageError(f"error: {error}") from None
    names = [node.name for node in nodes if isinstance(node, Field)]
    if len(names) != len(nodes):
        raise UsageError("error: invalid jsonpath syntax, first node must be field node")
    return names


async def _versioned(scope: Scope, resource: Resource, typed: str) -> Resource:
    group, _, version = typed.rpartition("/")
    if "/" in group:
        raise UsageError(f"error: unexpected GroupVersion string: {typed}")
    there = [
        each
        for each in await scope.cluster.resources()
        if (each.group, each.version) == (group, version)
    ]
    for candidate in there:
        if candidate.plural == resource.plural:
            return candidate
    shown = f"{group}/{version}, Resource={resource.plural}"
    if there:
        raise UsageError(f"error: GVR ({shown}) not found in OpenAPI schema")
    raise UsageError(f'error: couldn\'t find resource for "{shown}"')


COMMAND = Command(
    phrase="explain",
    summary="Show what a type and its fields are for",
    usage="TYPE[.FIELD...] [flags]",
    effect=Effect.READ,
    access=(Access("get", "/openapi/v3/*"),),
    options=Options,
    run=run,
    examples=(
        "explain configmap",
        "explain deployment.spec.strategy",
        "explain pod.spec.containers --recursive --max-depth=2",
    ),
)
