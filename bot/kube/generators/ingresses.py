"""`create ingress`: rules as `host/path=service:port[,tls[=secret]]`.

Pure. kubectl reads a rule with a pattern first and by its separators then; so does this, since
both decide what a rule means.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.core.errors import UsageError
from bot.core.ports import JsonObject
from bot.kube.generators.objects import INGRESS, Generated, generated, metadata

# Go's `\w` is ASCII alone, and what follows the port is free.
_RULE = re.compile(r"[\w*.-]*/.*=[\w-]+:[\w-]+", re.ASCII)
_NEXT = "Such as --rule=shop.example.org/cart*=cart:80,tls=shop-cert"


@dataclass(frozen=True, slots=True)
class _Rule:
    """One rule, read."""

    host: str
    path: str
    backend: JsonObject
    tls: bool
    secret: str


def ingress(
    name: str,
    rules: Sequence[str],
    *,
    annotations: Sequence[str] = (),
    class_: str = "",
    default_backend: str = "",
) -> Generated:
    """Return an Ingress with those rules.

    Raises:
        UsageError: a rule, an annotation or the default backend cannot be read, or there is none.
    """
    _check(rules, annotations, default_backend)
    read = [_read(rule) for rule in rules]
    spec: JsonObject = {"ingressClassName": class_} if class_ else {}
    spec |= {"defaultBackend": _backend(default_backend)} if default_backend else {}
    spec |= {"tls": tls} if (tls := _tls(read)) else {}
    spec |= {"rules": _rules(read)} if read else {}
    pairs = (text.partition("=") for text in annotations)
    about = metadata(name, annotations={key: value for key, _, value in pairs})
    return generated(INGRESS, about, spec=spec, status={"loadBalancer": {}})


def _check(rules: Sequence[str], annotations: Sequence[str], default_backend: str) -> None:
    if not default_backend and not rules:
        raise UsageError(
            "error: not enough information provided: every ingress has to either specify a"
            " default-backend (which catches all traffic) or a list of rules"
            " (which catch specific paths)",
            next_step=_NEXT,
        )
    for rule in rules:
        if not _RULE.match(rule):
            raise _invalid(rule)
    for annotation in annotations:
        if "=" not in annotation:
            raise UsageError(
                f"error: annotation {annotation} is invalid and should be in format key=[value]"
            )
    if default_backend and default_backend.count(":") != 1:
        raise UsageError(
            "error: default-backend should be in format servicename:serviceport",
            next_step="Such as --default-backend=web:80",
        )


def _invalid(rule: str) -> UsageError:
    return UsageError(
        f"error: rule {rule} is invalid and should be in format"
        " host/path=svcname:svcport[,tls[=secret]]",
        next_step=_NEXT,
    )


def _read(rule: str) -> _Rule:
    parts = rule.split(",")
    host, _, rest = parts[0].partition("/")
    path, _, backend = rest.partition("=")
    if ":" not in backend.partition("=")[0]:
        raise _invalid(rule)  # kubectl itself would crash here
    # With two commas in it, a rule asks for no TLS at all.
    tls = parts[1] if len(parts) == 2 else ""
    secret = tls.split("=")[1] if "=" in tls else ""
    return _Rule(host, path, _backend(backend.partition("=")[0]), len(parts) == 2, secret)


def _backend(text: str) -> JsonObject:
    name, port = text.split(":")[:2]
    return {"service": {"name": name, "port": _port(port)}}


def _port(text: str) -> JsonObject:
    if re.fullmatch(r"[+-]?[0-9]+", text) and -(2**31) <= int(text) < 2**31:
        return {"number": int(text)} if int(text) else {}
    return {"name": text} if text else {}


def _rules(rules: Iterable[_Rule]) -> list[JsonObject]:
    """Return a rule for each host, in the order in which they were typed."""
    paths: dict[str, list[JsonObject]] = {}
    for rule in rules:
        paths.setdefault(rule.host, []).append(_path(rule))
    return [
        ({"host": host} if host else {}) | {"http": {"paths": found}}
        for host, found in paths.items()
    ]


def _path(rule: _Rule) -> JsonObject:
    path = f"/{rule.path}"
    prefix = path.endswith("*")
    return {
        "path": path[:-1] if prefix else path,
        "pathType": "Prefix" if prefix else "Exact",
        "backend": rule.backend,
    }


def _tls(rules: Iterable[_Rule]) -> list[JsonObject]:
    """Return the hosts of each certificate; the first rule of a host decides on its own."""
    found: list[JsonObject] = []
    seen: set[str] = set()
    for rule in rules:
        if not rule.tls or rule.host in seen:
            continue
        seen.add(rule.host)
        same = [entry for entry in found if entry.get("secretName", "") == rule.secret]
        if same:
            same[0]["hosts"] = [*same[0].get("hosts", ()), rule.host]
        elif rule.host or rule.secret:
            hosts = {"hosts": [rule.host]} if rule.host else {}
            found.append(hosts | ({"secretName": rule.secret} if rule.secret else {}))
    return found
