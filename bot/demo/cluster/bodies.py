"""What a request's body says, and whether it is of the object that the path names; pure."""

from collections.abc import Callable
from typing import Any

import orjson
import yaml

from bot.demo.cluster import protobuf
from bot.demo.cluster.kinds import Kind, Kinds
from bot.demo.cluster.rbac import Attributes
from bot.demo.cluster.refusals import ApiRefusalError, JsonObject


class _Loader(yaml.CSafeLoader):
    """Reads YAML as JSON has it: a time is a text."""


_Loader.yaml_implicit_resolvers = {
    first: [each for each in found if each[0] != "tag:yaml.org,2002:timestamp"]
    for first, found in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def _yaml(body: bytes) -> Any:
    return yaml.load(body, _Loader)  # noqa: S506 (it is a safe one)


_READERS: dict[str, Callable[[bytes], Any]] = {
    "application/json": orjson.loads,
    "application/octet-stream": orjson.loads,  # what aiohttp calls a body without a type
    **dict.fromkeys(("application/yaml", "application/apply-patch+yaml"), _yaml),
    protobuf.MEDIA_TYPE: protobuf.loads,
}
_ACCEPTED = f"application/json, application/yaml, {protobuf.MEDIA_TYPE}"


def decoded(content_type: str, body: bytes) -> JsonObject:
    """Return the object that a body holds. Raises ApiRefusalError: 415, 400."""
    reader = _READERS.get(content_type)
    if reader is None:
        message = (
            "the body of the request was in an unknown format - accepted media types include: "
        )
        raise ApiRefusalError(415, "UnsupportedMediaType", message + _ACCEPTED)
    try:
        found = reader(body)
    except (ValueError, yaml.YAMLError) as error:
        raise bad(f"the object provided is unrecognized: {error}") from error
    if not isinstance(found, dict):
        raise bad("the object provided is unrecognized: it is no object")
    return found


def check(item: JsonObject, kind: Kind, kinds: Kinds, asked: Attributes) -> None:
    """Refuse an object that is not of the kind, namespace and name of its path.

    Raises:
        ApiRefusalError: 400.
    """
    version, name = item.get("apiVersion", kind.api_version), item.get("kind", kind.kind)
    if (version, name) != (kind.api_version, kind.kind):
        raise bad(_other_kind(kind, kinds, version, name))
    metadata = item.get("metadata") or {}
    if kind.namespaced and metadata.get("namespace", asked.namespace) != asked.namespace:
        raise bad(
            "the namespace of the provided object does not match the namespace sent on the request"
        )
    if asked.verb == "create":
        return
    if not metadata.get("name"):
        why = "was undeterminable: name must be provided"
        raise bad(f"the name of the object ({asked.name} based on URL) {why}")
    if metadata["name"] != asked.name:
        raise bad(
            f"the name of the object ({metadata['name']}) does not match "
            f"the name on the URL ({asked.name})"
        )


def bad(message: str) -> ApiRefusalError:
    """Return the refusal of what cannot be understood."""
    return ApiRefusalError(400, "BadRequest", message)


def _other_kind(kind: Kind, kinds: Kinds, version: str, name: str) -> str:
    number = version.rpartition("/")[2]
    if kinds.of(version, name):
        why = f"converting ({number}.{name}) to ({kind.group or 'core'}.{kind.kind})"
        why += ": unknown conversion"
    else:
        why = f'no kind "{name}" is registered for version "{version}"'
        why += ' in scheme "pkg/runtime/scheme.go:111"'
    return f'{name} in version "{number}" cannot be handled as a {kind.kind}: {why}'
