"""Containers, as a pod or a pod template has them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from bot.core import quoting
from bot.core.ports import JsonObject
from bot.core.units import parse_quantity
from bot.kube.describe import blocks
from bot.kube.describe.lines import Lines
from bot.kube.describe.resources import container_resource
from bot.kube.jsonpath.values import general

Resolve = Callable[[str], str]
"""From a field path of the pod, as `metadata.name`, to its value."""


def containers(
    w: Lines,
    title: str,
    found: Sequence[JsonObject],
    statuses: Sequence[JsonObject] | None = None,
    resolve: Resolve | None = None,
    space: str = "",
) -> None:
    """Write containers with their states; `space` stands before the lines of a pod template."""
    by_name = {status["name"]: status for status in statuses or ()}
    w.put(0, f"{space}{title}:{'' if found else ' <none>'}\n")
    for container in found:
        status = by_name.get(container["name"])
        w.put(1, f"{' ' if space else ''}{container['name']}:\n")
        _basics(w, container, status)
        _words(w, "Command", container.get("command"))
        _words(w, "Args", container.get("args"))
        if status is not None:
            _state(w, status)
        resources(w, 2, container.get("resources"))
        for name in ("liveness", "readiness", "startup"):
            if (probe := container.get(f"{name}Probe")) is not None:
                w.line(2, f"{name.capitalize()}:", _probe(probe))
        if container.get("envFrom"):
            _environment_from(w, container["envFrom"])
        _environment(w, container, resolve)
        _mounts(w, container)


def _basics(w: Lines, container: JsonObject, status: JsonObject | None) -> None:
    if status is not None:
        w.line(2, "Container ID:", status.get("containerID", ""))
    w.line(2, "Image:", container.get("image", ""))
    if status is not None:
        w.line(2, "Image ID:", status.get("imageID", ""))
    ports = container.get("ports") or ()
    for title, field in (("Port", "containerPort"), ("Host Port", "hostPort")):
        text = ", ".join(_port(port, field) for port in ports)
        w.line(2, f"{title}s:" if "," in text else f"{title}:", text or blocks.NONE)
    profile = (container.get("securityContext") or {}).get("seccompProfile")
    if profile is not None:
        seccomp(w, 2, profile)


def seccomp(w: Lines, level: int, profile: JsonObject) -> None:
    """Write a seccomp profile."""
    w.line(level, "SeccompProfile:", profile.get("type", ""))
    if profile.get("type") == "Localhost":
        nested = level + 1 if level else 0
        w.line(nested, "LocalhostProfile:", profile.get("localhostProfile", ""))


def _port(port: JsonObject, field: str) -> str:
    text = f"{port.get(field, 0)}/{port.get('protocol', 'TCP')}"
    return f"{text} ({port['name']})" if port.get("name") else text


def _words(w: Lines, title: str, words: Sequence[str] | None) -> None:
    if not words:
        return
    w.put(2, f"{title}:\n")
    for word in words:
        for line in word.split("\n"):
            w.put(3, f"{line}\n")


def _state(w: Lines, status: JsonObject) -> None:
    _one_state(w, "State", status.get("state") or {})
    last = status.get("lastState") or {}
    if "terminated" in last:
        _one_state(w, "Last State", last)
    w.line(2, "Ready:", blocks.yes(status.get("ready")))
    w.line(2, "Restart Count:", status.get("restartCount", 0))


def _one_state(w: Lines, title: str, state: JsonObject) -> None:
    if (running := state.get("running")) is not None:
        w.line(2, f"{title}:", "Running")
        w.line(3, "Started:", blocks.when(running.get("startedAt")))
    elif (ended := state.get("terminated")) is not None and "waiting" not in state:
        w.line(2, f"{title}:", "Terminated")
        for label, field in (("Reason", "reason"), ("Message", "message")):
            if ended.get(field):
                w.line(3, f"{label}:", ended[field])
        w.line(3, "Exit Code:", ended.get("exitCode", 0))
        if ended.get("signal", 0) > 0:
            w.line(3, "Signal:", ended["signal"])
        w.line(3, "Started:", blocks.when(ended.get("startedAt")))
        w.line(3, "Finished:", blocks.when(ended.get("finishedAt")))
    else:
        w.line(2, f"{title}:", "Waiting")
        if reason := (state.get("waiting") or {}).get("reason"):
            w.line(3, "Reason:", reason)


def resources(w: Lines, level: int, found: JsonObject | None) -> None:
    """Write limits and requests, sorted by resource."""
    for title in ("Limits", "Requests"):
        amounts: Mapping[str, Any] = (found or {}).get(title.lower()) or {}
        if amounts:
            w.put(level, f"{title}:\n")
        for name, amount in sorted(amounts.items()):
            w.line(level + 1, f"{name}:", parse_quantity(str(amount)))


def _probe(probe: JsonObject) -> str:
    numbers = (
        ("delay={}s", "initialDelaySeconds"),
        ("timeout={}s", "timeoutSeconds"),
        ("period={}s", "periodSeconds"),
        ("successThreshold={}", "successThreshold"),
        ("failureThreshold={}", "failureThreshold"),
    )
    attributes = " ".join(form.format(probe.get(field, 0)) for form, field in numbers)
    return f"{_handler(probe)} {attributes}"


def _handler(probe: JsonObject) -> str:
    if (command := probe.get("exec")) is not None:
        return f"exec {general(command.get('command') or [])}"
    if (http := probe.get("httpGet")) is not None:
        return f"http-get {_url(http)}"
    if (tcp := probe.get("tcpSocket")) is not None:
        return f"tcp-socket {tcp.get('host', '')}:{tcp['port']}"
    if (grpc := probe.get("grpc")) is not None:
        return f"grpc <pod>:{grpc['port']} {grpc.get('service', '')}"
    return "unknown"


def _url(http: JsonObject) -> str:
    """Return what a probe asks for, encoded as Go's `url.String()` does."""
    host, path = http.get("host", ""), http.get("path", "")
    host = f"[{host}]" if ":" in host or "%" in host else host
    place = quote(f"{host}:{http['port']}", safe="!$&'()*+,;=:[]<>\"")
    path = path if path == "*" else quote(path, safe="/$&+,:;=@")
    slash = "" if path.startswith("/") or not path else "/"
    return f"{http.get('scheme', '').lower()}://{place}{slash}{path}"


def _environment_from(w: Lines, found: Sequence[JsonObject]) -> None:
    w.put(2, "Environment Variables from:\n")
    for source in found:
        kind = (
            "ConfigMap" if "configMapRef" in source else "Secret" if "secretRef" in source else ""
        )
        reference = source.get("configMapRef") or source.get("secretRef") or {}
        prefix = f" with prefix '{source['prefix']}'" if source.get("prefix") else ""
        optional = f"Optional: {blocks.on(reference.get('optional'))}"
        w.line(3, reference.get("name", ""), f"{kind}{prefix}", optional)


def _environment(w: Lines, container: JsonObject, resolve: Resolve | None) -> None:
    found = container.get("env") or ()
    w.put(2, "Environment:\n" if found else f"Environment:\t{blocks.NONE}\n")
    for variable in found:
        source = variable.get("valueFrom")
        if source is None:
            first, *rest = str(variable.get("value", "")).split("\n")
            w.line(3, f"{variable['name']}:", first)
            for line in rest:
                w.put(3, f"\t{line}\n")
        elif cells := _sourced(source, container, resolve):
            w.line(3, f"{variable['name']}:", *cells)


def _sourced(source: JsonObject, container: JsonObject, resolve: Resolve | None) -> Sequence[str]:
    if (field := source.get("fieldRef")) is not None:
        value = resolve(field["fieldPath"]) if resolve else ""
        return (f"{value} ({field.get('apiVersion', 'v1')}:{field['fieldPath']})",)
    if (resource := source.get("resourceFieldRef")) is not None:
        name = resource["resource"]
        value = container_resource(resource, container)
        if value == "0" and name in ("limits.cpu", "limits.memory"):
            value = "node allocatable"
        return (f"{value} ({name})",)
    if (key := source.get("secretKeyRef")) is not None:
        words = f"<set to the key '{key['key']}' in secret '{key.get('name', '')}'>"
        return words, f"Optional: {blocks.on(key.get('optional'))}"
    if (key := source.get("configMapKeyRef")) is not None:
        words = f"<set to the key '{key['key']}' of config map '{key.get('name', '')}'>"
        return words, f"Optional: {blocks.on(key.get('optional'))}"
    return ()


def _mounts(w: Lines, container: JsonObject) -> None:
    mounts = container.get("volumeMounts") or ()
    none = "" if mounts else f"\t{blocks.NONE}"
    w.put(2, f"Mounts:{none}\n")
    for mount in sorted(mounts, key=lambda each: each["mountPath"]):
        flags = "ro" if mount.get("readOnly") else "rw"
        flags += f",path={quoting.quote(mount['subPath'])}" if mount.get("subPath") else ""
        w.put(3, f"{mount['mountPath']} from {mount['name']} ({flags})\n")
    devices = container.get("volumeDevices") or ()
    if devices:
        w.put(2, f"Devices:{none}\n")
        for device in sorted(devices, key=lambda each: each["devicePath"]):
            w.put(3, f"{device['devicePath']} from {device['name']}\n")
