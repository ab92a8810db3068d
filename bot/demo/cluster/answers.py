"""In which form a request is answered: content negotiation, Tables, metadata alone, lists; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.demo.cluster.kinds import Kind
from bot.demo.cluster.options import Query
from bot.demo.cluster.refusals import ApiRefusalError, JsonObject
from bot.demo.cluster.tables import table

META = "meta.k8s.io/v1"
_ANY = ("application/json", "application/*", "*/*")
_FORMS = ("Table", "PartialObjectMetadata", "PartialObjectMetadataList")


@dataclass(frozen=True, slots=True)
class Form:
    """How objects of a kind are shown to one client."""

    kind: Kind
    name: str
    """Empty: as they are stored; otherwise one of `_FORMS`."""
    include: str

    def one(self, item: JsonObject, now: datetime) -> JsonObject:
        """Return one object."""
        if self.name == "Table":
            metadata = item["metadata"]
            version = {k: metadata[k] for k in ("resourceVersion",) if k in metadata}
            return table(self.kind, [item], now, self.include, version)
        return _metadata(item) if self.name else item

    def event(self, item: JsonObject, now: datetime, *, first: bool) -> JsonObject:
        """Return the object of a watch's event; only the first Table tells its columns."""
        if self.name != "Table":
            return self.one(item, now)
        headers = {} if first else {"columnDefinitions": None}
        if "uid" in item["metadata"]:
            return self.one(item, now) | headers
        # A bookmark is a version and no object: there is nothing to put into its cells.
        version = {"resourceVersion": item["metadata"]["resourceVersion"]}
        empty = table(self.kind, [], now, self.include, version)
        shown = None if self.include == "None" else _metadata(item)
        row = {"cells": [""] * len(empty["columnDefinitions"]), "object": shown}
        return empty | headers | {"rows": [row]}

    def many(self, items: Sequence[JsonObject], metadata: JsonObject, now: datetime) -> JsonObject:
        """Return a list of objects under its own metadata."""
        if self.name == "Table":
            return table(self.kind, items, now, self.include, metadata)
        kind, version = f"{self.kind.kind}List", self.kind.api_version
        if self.name:
            kind, version, items = "PartialObjectMetadataList", META, [*map(_metadata, items)]
        elif not self.kind.custom:
            # The items of a typed list do not say what they are.
            items = [{k: v for k, v in i.items() if k not in ("kind", "apiVersion")} for i in items]
        return {"kind": kind, "apiVersion": version, "metadata": metadata, "items": items}


def form(kind: Kind, accept: str, query: Query) -> Form:
    """Return the first form of an `Accept` header that there is.

    Raises:
        ApiRefusalError: 406, 400 `includeObject` is not one of its words.
    """
    for media in (accept or "*/*").split(","):
        name, *parameters = (part.strip() for part in media.split(";"))
        wanted = dict(each.split("=", 1) for each in parameters if "=" in each)
        shape = wanted.get("as", "")
        known = shape in _FORMS and (wanted.get("g"), wanted.get("v")) == ("meta.k8s.io", "v1")
        if name in _ANY and (known or not shape):
            return Form(kind, shape, _include(query) if shape == "Table" else "")
    message = "only the following media types are accepted: application/json"
    raise ApiRefusalError(406, "NotAcceptable", message)


def _include(query: Query) -> str:
    include = query.get("includeObject") or "Metadata"
    if include not in ("None", "Metadata", "Object"):
        why = (
            f'includeObject: Invalid value: "{include}": '
            "must be 'Metadata', 'Object', 'None', or empty"
        )
        message = f"Unable to convert to Table as requested: {why}"
        raise ApiRefusalError(400, "BadRequest", message)
    return include


def _metadata(item: JsonObject) -> JsonObject:
    return {"kind": "PartialObjectMetadata", "apiVersion": META, "metadata": item["metadata"]}
