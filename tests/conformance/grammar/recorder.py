"""An API server that answers just enough for kubectl to go on, and remembers what it was asked.

Each run of kubectl has a path prefix of its own, so that runs side by side do not mix.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """One resource type that the recorder serves."""

    group: str
    version: str
    plural: str
    kind: str
    namespaced: bool = True
    short: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    subresources: tuple[str, ...] = ()

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def root(self) -> str:
        return f"/apis/{self.api_version}" if self.group else f"/api/{self.version}"


KINDS = (
    Kind("", "v1", "pods", "Pod", True, ("po",), ("all",), ("log", "exec", "eviction")),
    Kind("", "v1", "services", "Service", True, ("svc",), ("all",)),
    Kind("", "v1", "configmaps", "ConfigMap", True, ("cm",)),
    Kind("", "v1", "secrets", "Secret"),
    Kind("", "v1", "events", "Event", True, ("ev",)),
    Kind("", "v1", "nodes", "Node", False, ("no",)),
    Kind("", "v1", "namespaces", "Namespace", False, ("ns",)),
    Kind("apps", "v1", "deployments", "Deployment", True, ("deploy",), ("all",), ("scale",)),
    Kind("apps", "v1", "replicasets", "ReplicaSet", True, ("rs",), ("all",), ("scale",)),
    Kind("apps", "v1", "statefulsets", "StatefulSet", True, ("sts",), ("all",), ("scale",)),
    Kind("metrics.k8s.io", "v1beta1", "nodes", "NodeMetrics", False),
    Kind("metrics.k8s.io", "v1beta1", "pods", "PodMetrics"),
)
_OBJECT = re.compile(
    r"(?P<root>/api/v1|/apis/[^/]+/[^/]+)(?:/namespaces/(?P<namespace>[^/]+)(?=/))?"
    r"/(?P<plural>[^/]+)(?:/(?P<name>[^/]+))?(?:/(?P<subresource>[^/]+))?"
)
_LABELS = {"app": "web"}


@dataclass(frozen=True, slots=True)
class Call:
    """One request: what kubectl made of the words."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: Any = None
    table: bool = False
    context: str = "here"


@dataclass(slots=True)
class Recorder:
    """What was asked so far, by run."""

    address: str
    calls: dict[str, list[Call]] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)

    def add(self, run: str, call: Call) -> None:
        self.calls.setdefault(run, []).append(call)

    def asked(self, run: str) -> list[Call]:
        """Return the run's requests, without discovery and OpenAPI."""
        return [
            call
            for call in self.calls.get(run, [])
            if call.path not in ("/api", "/apis") and not call.path.startswith("/openapi")
        ]


@contextmanager
def recording() -> Iterator[Recorder]:
    """Serve on a free port of 127.0.0.1 until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    host, port = server.server_address[:2]
    recorder = server.recorder = Recorder(f"http://{host!s}:{port}")  # type: ignore[attr-defined]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield recorder
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # headers and body are two writes

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def _serve(self) -> None:
        recorder: Recorder = self.server.recorder  # type: ignore[attr-defined]
        _, run, context, rest = self.path.split("/", 3)
        url = urlsplit("/" + rest)
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        query = parse_query(url.query)
        table = "as=Table" in self.headers.get("Accept", "")
        body = _read_body(content)
        call = Call(self.command, unquote(url.path), query, body, table, context)
        recorder.add(run, call)
        status, answer = _answer(call, f"/{run}/{context}", recorder.deleted)
        self._send(status, answer, discovery=call.path in ("/api", "/apis"))

    # The names are http.server's.
    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _serve  # noqa: N815

    def _send(self, status: int, answer: Json | str, *, discovery: bool) -> None:
        data = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
        kind = "text/plain" if isinstance(answer, str) else "application/json"
        if discovery:
            kind += ";g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def parse_query(text: str) -> tuple[tuple[str, str], ...]:
    """Return the pairs by name; kubectl writes the terms of an event's selector in any order."""
    pairs = sorted(parse_qsl(text, keep_blank_values=True), key=lambda pair: pair[0])
    return tuple(
        (name, ",".join(sorted(value.split(","))) if "involvedObject." in value else value)
        for name, value in pairs
    )


def _read_body(content: bytes) -> Any:
    """Return the JSON, or an access review out of its protobuf."""
    if not content.startswith(b"k8s\0"):
        return json.loads(content) if content else None
    names = ("", "namespace", "verb", "group", "version", "resource", "subresource", "name")
    review = _fields(_fields(content[4:])[2])
    attributes = _fields(_fields(review[2])[1])
    told = {names[n]: value.decode() for n, value in attributes.items() if n < len(names) and value}
    return {"spec": {"resourceAttributes": told}}


def _fields(message: bytes) -> dict[int, bytes]:
    """Return the length-delimited fields of a protobuf message, none longer than 127 bytes."""
    fields, position = {}, 0
    while position < len(message):
        key, size = message[position], message[position + 1]
        assert (key & 7, size >> 7) == (2, 0), "only short strings and messages are read here"
        fields[key >> 3] = message[position + 2 : position + 2 + size]
        position += 2 + size
    return fields


def _answer(call: Call, prefix: str, deleted: set[str]) -> tuple[int, Json | str]:
    if (beside := _beside_resources(call, prefix)) is not None:
        return beside
    match = _OBJECT.fullmatch(call.path)
    kind = match and _kind(match["root"], match["plural"])
    if match is None or kind is None:
        return 404, _status(404, "NotFound", "the server could not find the requested resource")
    if call.method == "DELETE":
        deleted.add(prefix + call.path)
        return 200, {"kind": "Status", "apiVersion": "v1", "status": "Success"}
    if prefix + call.path in deleted:
        return 404, _status(404, "NotFound", f'{kind.plural} "{match["name"]}" not found')
    if match["subresource"] == "exec":
        return 400, _status(400, "BadRequest", "recorded")
    return 200, _resource(call, kind, match)


def _beside_resources(call: Call, prefix: str) -> tuple[int, Json] | None:
    if call.path in ("/api", "/apis"):
        return 200, _discovery(legacy=call.path == "/api")
    if call.path == "/version":
        return 200, {"major": "1", "minor": "37", "gitVersion": "v1.37.2"}
    if call.path.startswith("/openapi/v3"):
        return 200, _openapi(prefix, call.path)
    if call.path.endswith("selfsubjectaccessreviews"):
        return 201, {**call.body, "status": {"allowed": True}}
    return None


def _resource(call: Call, kind: Kind, match: re.Match[str]) -> Json | str:
    if match["subresource"] == "log" or ("watch", "true") in call.query:
        return ""
    namespace = match["namespace"] or ("team" if kind.namespaced else "")
    item = _object(kind, namespace, match["name"] or ("n1" if kind.kind == "Node" else "web"))
    if call.table:
        return _table(item)
    if match["name"]:
        return _scale(item) if match["subresource"] == "scale" else item
    # Nothing has happened, and nothing runs on a node that is drained.
    draining = any(value.startswith("spec.nodeName") for _, value in call.query)
    return {
        "kind": f"{kind.kind}List",
        "apiVersion": kind.api_version,
        "metadata": {"resourceVersion": "7"},
        "items": [] if kind.kind == "Event" or draining else [item],
    }


def _kind(root: str, plural: str) -> Kind | None:
    return next((kind for kind in KINDS if (kind.root, kind.plural) == (root, plural)), None)


def _object(kind: Kind, namespace: str, name: str) -> Json:
    metadata = {
        "name": name,
        "uid": f"uid-{name}",
        "resourceVersion": "5",
        "generation": 1,
        "labels": _LABELS,
        "creationTimestamp": "2026-01-01T00:00:00Z",
    }
    if namespace:
        metadata["namespace"] = namespace
    return {
        "kind": kind.kind,
        "apiVersion": kind.api_version,
        "metadata": metadata,
        **_CONTENT.get(kind.kind, {}),
    }


_CONTAINERS = [{"name": "app", "image": "nginx:1"}, {"name": "sidecar", "image": "envoy:1"}]
_WORKLOAD: Json = {
    "spec": {
        "replicas": 1,
        "selector": {"matchLabels": _LABELS},
        "template": {"metadata": {"labels": _LABELS}, "spec": {"containers": _CONTAINERS}},
    },
    "status": {
        "observedGeneration": 1,
        "replicas": 1,
        "updatedReplicas": 1,
        "readyReplicas": 1,
        "availableReplicas": 1,
    },
}
_CONTENT: dict[str, Json] = {
    "Pod": {
        "spec": {"nodeName": "n1", "containers": _CONTAINERS},
        "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]},
    },
    "Deployment": _WORKLOAD,
    "StatefulSet": _WORKLOAD,
    "ReplicaSet": _WORKLOAD,
    "Node": {"spec": {}, "status": {"capacity": {"cpu": "4"}, "allocatable": {"cpu": "4"}}},
    "PodMetrics": {
        "timestamp": "2026-01-01T00:00:00Z",
        "window": "10s",
        "containers": [{"name": "app", "usage": {"cpu": "1m", "memory": "1Mi"}}],
    },
    "NodeMetrics": {
        "timestamp": "2026-01-01T00:00:00Z",
        "window": "10s",
        "usage": {"cpu": "1m", "memory": "1Mi"},
    },
}


def _scale(item: Json) -> Json:
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": item["metadata"],
        "spec": {"replicas": 1},
        "status": {"replicas": 1},
    }


def _table(item: Json) -> Json:
    names = (("Name", 0), ("Status", 0), ("Wide", 1))
    return {
        "kind": "Table",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": {"resourceVersion": "7"},
        "columnDefinitions": [
            {"name": name, "type": "string", "format": "", "description": "", "priority": priority}
            for name, priority in names
        ],
        "rows": [{"cells": [item["metadata"]["name"], "fine", "more"], "object": item}],
    }


def _status(code: int, reason: str, message: str) -> Json:
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "status": "Failure",
        "reason": reason,
        "message": message,
        "code": code,
    }


def _openapi(prefix: str, path: str) -> Json:
    """Return just enough for kubectl to see that the server validates fields itself."""
    if path == "/openapi/v3":
        return {"paths": {"api/v1": {"serverRelativeURL": f"{prefix}/openapi/v3/api/v1?hash=1"}}}
    operation = {
        "x-kubernetes-group-version-kind": {"group": "", "version": "v1", "kind": "ConfigMap"},
        "parameters": [{"name": "fieldValidation", "in": "query"}],
    }
    object_path = "/api/v1/namespaces/{namespace}/configmaps/{name}"
    return {"openapi": "3.0.0", "paths": {object_path: {"patch": operation}}}


def _discovery(*, legacy: bool) -> Json:
    groups: dict[str, list[Kind]] = {}
    for kind in KINDS:
        if (kind.group == "") is legacy:
            groups.setdefault(kind.group, []).append(kind)
    return {
        "kind": "APIGroupDiscoveryList",
        "apiVersion": "apidiscovery.k8s.io/v2",
        "metadata": {},
        "items": [
            {
                "metadata": {"name": group},
                "versions": [
                    {
                        "version": kinds[0].version,
                        "freshness": "Current",
                        "resources": [_discovered(kind) for kind in kinds],
                    }
                ],
            }
            for group, kinds in groups.items()
        ],
    }


def _discovered(kind: Kind) -> Json:
    described = {"group": kind.group, "version": kind.version, "kind": kind.kind}
    return {
        "resource": kind.plural,
        "responseKind": described,
        "scope": "Namespaced" if kind.namespaced else "Cluster",
        "singularResource": kind.kind.lower(),
        "verbs": ["get", "list", "watch", "create", "delete", "patch", "update"],
        "shortNames": list(kind.short),
        "categories": list(kind.categories),
        "subresources": [
            {"subresource": name, "responseKind": described, "verbs": ["get", "create", "patch"]}
            for name in kind.subresources
        ],
    }
