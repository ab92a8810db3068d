"""Which requests a bound command stands for, as far as they show how the words were read.

Pure. Each verb names the requests that decide (`among`) and says what they have to be.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from bot.grammar.bind import Bound
from tests.conformance.grammar import verbs
from tests.conformance.grammar.recorder import KINDS, Call, Kind

# The namespace of each context in the kubeconfig of the tests.
NAMESPACES = {"here": "team", "there": "their"}


@dataclass(frozen=True, slots=True)
class Target:
    """One object, or all of a type, that the arguments name."""

    kind: Kind
    name: str = ""


def expected(bound: Bound) -> list[Call]:
    """Return what kubectl has to ask for if it reads the words as we do."""
    _, calls = _VERBS[bound.command.phrase]
    return sorted(set_of(calls(bound, bound.options)), key=repr)


def decisive(calls: Iterable[Call], bound: Bound) -> list[Call]:
    """Return those of the requests that show how the words were read, each once."""
    among, _ = _VERBS[bound.command.phrase]
    bodies = bound.command.phrase not in ("apply", "rollout restart")
    kept = (replace(call, body=call.body if bodies else None) for call in calls if among(call))
    return sorted(set_of(map(_without_selector, kept)), key=repr)


def set_of(calls: Iterable[Call]) -> list[Call]:
    """Return each request once; bodies cannot be hashed."""
    return list({repr(call): call for call in calls}.values())


def _without_selector(call: Call) -> Call:
    # The events of an object are asked for by its uid, which no words name.
    selector = dict(call.query).get("fieldSelector", "")
    return replace(call, query=()) if "involvedObject.uid" in selector else call


def shown(bound: Bound) -> list[str]:
    """Return the words of the first line that `get` prints of the recorder's one row."""
    options = bound.options
    if options.output == "name":
        return [f"{kind_of(options.arguments[0]).kind.lower()}/web"]
    if options.output in ("json", "yaml"):
        return ["{"] if options.output == "json" else ["apiVersion:", "v1"]
    wide, labels = options.output == "wide", options.label_columns
    columns = ["NAME", "STATUS", *(["WIDE"] if wide else []), *(x.upper() for x in labels)]
    cells = ["web", "fine", *(["more"] if wide else []), *("web" for _ in labels)]
    if options.all_namespaces:
        columns, cells = ["NAMESPACE", *columns], ["team", *cells]
    if options.show_labels:
        columns, cells = [*columns, "LABELS"], [*cells, "app=web"]
    return cells if options.no_headers else columns


def kind_of(word: str) -> Kind:
    """Return the type that `po`, `deployments.apps` or `Deployment` names."""
    bare = word.split(".", maxsplit=1)[0].lower()
    return next(k for k in KINDS if bare in (k.plural, k.kind.lower(), *k.short))


def targets(arguments: Iterable[str]) -> list[Target]:
    """Return the objects of `TYPE[,TYPE] [NAME …]` and `TYPE/NAME …`."""
    first, *names = arguments
    if "/" in first:
        pairs = (argument.split("/") for argument in (first, *names))
        return [Target(kind_of(kind), name) for kind, name in pairs]
    return [Target(kind_of(kind), name) for kind in first.split(",") for name in names or [""]]


def _call(bound: Bound, path: str, *, method: str = "GET", **given: Any) -> Call:
    timeout = bound.common.request_timeout
    query = dict(given.pop("query", {}))
    if timeout != "0":
        query["timeout"] = "5s"
    pairs = tuple(sorted((name, value) for name, value in query.items() if value))
    return Call(method, path, pairs, context=bound.common.context or "here", **given)


def _namespace(bound: Bound) -> str:
    return bound.common.namespace or NAMESPACES[bound.common.context or "here"]


def _path(bound: Bound, target: Target, subresource: str = "", *, everywhere: bool = False) -> str:
    scope = f"/namespaces/{_namespace(bound)}" if target.kind.namespaced and not everywhere else ""
    parts = [target.kind.plural, target.name, subresource]
    return target.kind.root + scope + "".join(f"/{part}" for part in parts if part)


def _get(bound: Bound, options: verbs.Get) -> Iterable[Call]:
    if not any(options.arguments[:1]):
        return
    table = options.output in ("", "wide")
    for target in targets(options.arguments):
        query = {"labelSelector": options.selector, "fieldSelector": options.field_selector}
        if not target.name:
            query["limit"] = "" if options.sort_by else str(options.chunk_size or "")
        query["includeObject"] = "Object" if options.sort_by and table else ""
        path = _path(bound, target, options.subresource, everywhere=options.all_namespaces)
        yield _call(bound, path, query=query, table=table)


def _describe(bound: Bound, options: verbs.Describe) -> Iterable[Call]:
    for target in targets(options.arguments):
        query = {"labelSelector": options.selector}
        if not target.name:
            query["limit"] = str(options.chunk_size)
            # The recorder's list holds one object, which is then read by itself.
            yield _call(bound, _path(bound, Target(target.kind, "web")))
        yield _call(bound, _path(bound, target, everywhere=options.all_namespaces), query=query)
        if options.show_events:
            yield Call("GET", f"/api/v1/namespaces/{_namespace(bound)}/events")


def _logs(bound: Bound, options: verbs.Logs) -> Iterable[Call]:
    if not options.arguments and not options.selector:
        return
    pod, *container = options.arguments or ("web",)
    tail = 10 if options.selector and "tail" not in options.given else options.tail
    query = {
        "follow": _flag(options.follow),
        "previous": _flag(options.previous),
        "timestamps": _flag(options.timestamps),
        "tailLines": str(tail) if tail >= 0 else "",
        "sinceSeconds": str(round(options.since.total_seconds()) or ""),
        "sinceTime": options.since_time,
        "limitBytes": str(options.limit_bytes or ""),
    }
    target = Target(kind_of("pod"), pod.split("/")[-1])
    only = options.container or next(iter(container), "app")
    for name in ("app", "sidecar") if options.all_containers else (only,):
        path = _path(bound, target, "log")
        yield _call(bound, path, query={**query, "container": name})


def _flag(on: bool) -> str:
    return "true" if on else ""


def _exec(bound: Bound, options: verbs.Exec) -> Iterable[Call]:
    # kubectl wants the pod alone before the terminator, and a command behind it.
    if options.after_dash != 1 or len(options.arguments) < 2:
        return
    pod, *command = options.arguments
    query = [("command", word) for word in command] + [
        ("container", options.container or "app"),
        ("stderr", "true"),
    ]
    # There is no terminal in the tests: kubectl says so and goes on without one.
    query += [("stdin", "true")] if options.stdin else []
    query += [("stdout", "true")]
    path = _path(bound, Target(kind_of("pod"), pod.split("/")[-1]), "exec")
    yield Call("GET", path, tuple(query), context=bound.common.context or "here")


def _delete(bound: Bound, options: verbs.Delete) -> Iterable[Call]:
    if options.dry_run not in ("none", "server") or not options.arguments:
        return
    grace = 1 if options.now else options.grace_period
    body: dict[str, Any] = {"propagationPolicy": options.cascade.capitalize()}
    if grace >= 0:
        body["gracePeriodSeconds"] = 0 if options.force and grace == 0 else max(grace, 1)
    if options.dry_run == "server":
        body["dryRun"] = ["All"]
    for target in targets(options.arguments):
        named = Target(target.kind, target.name or "web")
        yield _call(bound, _path(bound, named), method="DELETE", body=body)


def _changed(
    bound: Bound, target: Target, body: Any, manager: str = "", subresource: str = ""
) -> Call:
    query = {"fieldManager": manager, "dryRun": _dry_run(bound.options)}
    path = _path(bound, Target(target.kind, target.name or "web"), subresource)
    return _call(bound, path, method="PATCH", query=query, body=body)


def _dry_run(options: Any) -> str:
    return "All" if getattr(options, "dry_run", "none") == "server" else ""


def _metadata(bound: Bound, options: verbs.Label | verbs.Annotate, field: str) -> Iterable[Call]:
    if options.dry_run not in ("none", "server"):
        return
    changes = [word for word in options.arguments if "=" in word or word.endswith("-")]
    named = [word for word in options.arguments if word not in changes]
    values = {
        word.rstrip("-").split("=")[0]: word.partition("=")[2] if "=" in word else None
        for word in changes
    }
    for target in targets(named):
        body = {"metadata": {field: values}}
        yield _changed(bound, target, body, options.field_manager)


def _label(bound: Bound, options: verbs.Label) -> Iterable[Call]:
    return _metadata(bound, options, "labels")


def _annotate(bound: Bound, options: verbs.Annotate) -> Iterable[Call]:
    return _metadata(bound, options, "annotations")


def _scale(bound: Bound, options: verbs.Scale) -> Iterable[Call]:
    if options.dry_run not in ("none", "server"):
        return
    for target in targets(options.arguments):
        body = {"spec": {"replicas": options.replicas}}
        yield _changed(bound, target, body, subresource="scale")


def _set_image(bound: Bound, options: verbs.SetImage) -> Iterable[Call]:
    images = dict(word.split("=", 1) for word in options.arguments if "=" in word)
    changed = [
        {"image": images.get(name, images.get("*")), "name": name}
        for name in ("app", "sidecar")
        if name in images or "*" in images
    ]
    order = [{"name": "app"}, {"name": "sidecar"}]
    spec = {"$setElementOrder/containers": order, "containers": changed}
    body = {"spec": {"template": {"spec": spec}}}
    for target in targets(word for word in options.arguments if "=" not in word):
        yield _changed(bound, target, body, options.field_manager)


def _first(bound: Bound, options: Any) -> Iterable[Call]:
    for target in targets(options.arguments):
        yield _call(bound, _path(bound, target))


def _restart(bound: Bound, options: verbs.RolloutRestart) -> Iterable[Call]:
    for target in targets(options.arguments):
        yield _changed(bound, target, None, options.field_manager)


def _pause(bound: Bound, options: verbs.RolloutPause) -> Iterable[Call]:
    for target in targets(options.arguments):
        yield _changed(bound, target, {"spec": {"paused": True}}, options.field_manager)


def _cordon(bound: Bound, options: verbs.Cordon) -> Iterable[Call]:
    for name in options.arguments or ("n1",):
        node = Target(kind_of("node"), name)
        yield _changed(bound, node, {"spec": {"unschedulable": True}})


def _drain(bound: Bound, options: verbs.Drain) -> Iterable[Call]:
    for name in options.arguments or ("n1",):
        query = {
            "fieldSelector": f"spec.nodeName={name}",
            "labelSelector": options.pod_selector,
            "limit": str(options.chunk_size),
        }
        yield _call(bound, "/api/v1/pods", query=query)


def _top(bound: Bound, options: verbs.TopPod | verbs.TopNode) -> Iterable[Call]:
    plural = "pods" if isinstance(options, verbs.TopPod) else "nodes"
    kind = next(k for k in KINDS if k.plural == plural and k.group == "metrics.k8s.io")
    everywhere = isinstance(options, verbs.TopPod) and options.all_namespaces
    target = Target(kind, next(iter(options.arguments), ""))
    query = {"labelSelector": options.selector}
    yield _call(bound, _path(bound, target, everywhere=everywhere), query=query)


def _can_i(bound: Bound, options: verbs.AuthCanI) -> Iterable[Call]:
    verb, resource, *names = options.arguments
    kind = kind_of(resource.split("/")[0])
    attributes = {
        "verb": verb,
        "resource": kind.plural,
        "group": kind.group,
        "name": "".join([*resource.split("/")[1:], *names]),
        "subresource": options.subresource,
        "namespace": "" if options.all_namespaces else _namespace(bound),
    }
    spec = {"resourceAttributes": {key: value for key, value in attributes.items() if value}}
    path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
    yield _call(bound, path, method="POST", body={"spec": spec})


def _events(bound: Bound, options: verbs.Events) -> Iterable[Call]:
    query = {"limit": str(options.chunk_size)}
    if options.for_:
        (target,) = targets([options.for_])
        terms = {
            "kind": target.kind.kind,
            "apiVersion": target.kind.api_version,
            "name": target.name,
        }
        query["fieldSelector"] = ",".join(
            f"involvedObject.{key}={value}" for key, value in sorted(terms.items())
        )
    path = _path(bound, Target(kind_of("event")), everywhere=options.all_namespaces)
    yield _call(bound, path, query=query)


def _apply(bound: Bound, options: verbs.Apply) -> Iterable[Call]:
    manager = options.field_manager
    query = {
        "fieldManager": "kubectl" if manager == "kubectl-client-side-apply" else manager,
        "force": "true" if options.force_conflicts else "false",
        "fieldValidation": {"strict": "Strict", "warn": "Warn", "false": "Ignore"}[
            options.validate
        ],
        "dryRun": _dry_run(options),
    }
    for _ in options.filename:
        path = _path(bound, Target(kind_of("cm"), "settings"))
        yield _call(bound, path, method="PATCH", query=query)


def _version(bound: Bound, options: verbs.Version) -> Iterable[Call]:
    if not options.client and not options.arguments:
        yield _call(bound, "/version", query={"timeout": "32s"})


def _cluster_info(bound: Bound, options: verbs.Plain) -> Iterable[Call]:
    query = {"labelSelector": "kubernetes.io/cluster-service=true"}
    namespace = bound.common.namespace or "kube-system"
    yield _call(bound, f"/api/v1/namespaces/{namespace}/services", query=query)


def _anything(call: Call) -> bool:
    return True


def _reads(call: Call) -> bool:
    """Keep what is read of an object or a list, without what is read to wait for a change."""
    return call.method == "GET" and "watch" not in dict(call.query)


def _whole(call: Call) -> bool:
    return _reads(call) and "fieldSelector" not in dict(call.query)


def _described(call: Call) -> bool:
    return not call.path.endswith("/replicasets")


def _writes(call: Call) -> bool:
    return call.method in ("PATCH", "DELETE", "PUT", "POST")


def _of(plural: str) -> Callable[[Call], bool]:
    return lambda call: f"/{plural}" in call.path


def _logs_read(call: Call) -> bool:
    return call.path.endswith("/log")


def _upgrade(call: Call) -> bool:
    return call.path.endswith("/exec") and call.method == "GET"


def _pods_of_node(call: Call) -> bool:
    return call.path == "/api/v1/pods"


_VERBS: dict[str, tuple[Callable[[Call], bool], Callable[[Bound, Any], Iterable[Call]]]] = {
    "annotate": (_writes, _annotate),
    "apply": (_writes, _apply),
    "auth can-i": (_writes, _can_i),
    "cluster-info": (_anything, _cluster_info),
    "cordon": (_writes, _cordon),
    "delete": (_writes, _delete),
    "describe": (_described, _describe),
    "drain": (_pods_of_node, _drain),
    "events": (_anything, _events),
    "exec": (_upgrade, _exec),
    "get": (_anything, _get),
    "label": (_writes, _label),
    "logs": (_logs_read, _logs),
    "rollout history": (_of("deployments"), _first),
    "rollout pause": (_writes, _pause),
    "rollout restart": (_writes, _restart),
    "rollout status": (_whole, _first),
    "rollout undo": (_of("deployments"), _first),
    "scale": (_writes, _scale),
    "set image": (_writes, _set_image),
    "top node": (_of("apis/metrics.k8s.io"), _top),
    "top pod": (_of("apis/metrics.k8s.io"), _top),
    "version": (_anything, _version),
    "wait": (_whole, _first),
}
