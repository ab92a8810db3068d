"""Roles, their bindings, and ServiceAccounts."""

from collections.abc import Iterable, Sequence
from itertools import product
from typing import TypeAlias

from bot.core.ports import JsonObject
from bot.kube.describe import blocks
from bot.kube.describe.lines import Lines
from bot.kube.describe.subject import Description, Subject
from bot.kube.jsonpath.values import general

Rule: TypeAlias = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[str, ...]]
"""What a rule is about: API groups, resources, resource names and other URLs; one each at most."""


def _role(w: Lines, subject: Subject) -> None:
    _head(w, subject)
    w.put(0, "PolicyRule:\n")
    w.line(1, "Resources", "Non-Resource URLs", "Resource Names", "Verbs")
    w.line(1, "---------", "-----------------", "--------------", "-----")
    for (groups, resources, names, urls), verbs in compacted(subject.item.get("rules") or ()):
        cells = (general(list(cell)) for cell in (urls, names, verbs))
        w.line(1, qualified(resources, groups), *cells)


def compacted(rules: Iterable[JsonObject]) -> list[tuple[Rule, Sequence[str]]]:
    """Return rules of one resource and one name each with all of their verbs, in Go's order."""
    verbs: dict[Rule, dict[str, None]] = {}
    urls: list[tuple[Rule, Sequence[str]]] = []
    for rule in rules:
        asked = rule.get("verbs") or ()
        for group, resource in product(rule.get("apiGroups") or (), rule.get("resources") or ()):
            for name in rule.get("resourceNames") or ("",):
                about: Rule = ((group,), (resource,), (name,) if name else (), ())
                verbs.setdefault(about, {}).update(dict.fromkeys(asked))
        urls += [
            (((), (), (), (url,)), (verb,))
            for url in rule.get("nonResourceURLs") or ()
            for verb in asked
        ]
    found = [*urls, *((about, tuple(known)) for about, known in verbs.items() if known)]
    return sorted(found, key=_as_go_writes_it)


def _as_go_writes_it(entry: tuple[Rule, Sequence[str]]) -> str:
    (groups, resources, names, urls), verbs = entry
    fields = zip(
        ("Verbs", "APIGroups", "Resources", "ResourceNames", "NonResourceURLs"),
        (verbs, groups, resources, names, urls),
        strict=True,
    )
    return "".join(f"{title}:[{' '.join(values)}]," for title, values in fields)


def qualified(resources: Sequence[str], groups: Sequence[str]) -> str:
    """Return a rule's resource with its group, as `deployments.apps/scale`."""
    if not resources:
        return ""
    resource, slash, part = resources[0].partition("/")
    group = f".{groups[0]}" if groups and groups[0] else ""
    return f"{resource}{group}{slash}{part}"


def _binding(w: Lines, subject: Subject) -> None:
    _head(w, subject)
    role = subject.item.get("roleRef") or {}
    w.put(0, "Role:\n")
    w.line(1, "Kind:", role.get("kind", ""))
    w.line(1, "Name:", role.get("name", ""))
    w.put(0, "Subjects:\n")
    w.line(1, "Kind", "Name", "Namespace")
    w.line(1, "----", "----", "---------")
    for each in subject.item.get("subjects") or ():
        w.line(1, each["kind"], each["name"], each.get("namespace", ""))


def _service_account(w: Lines, subject: Subject) -> None:
    w.line(0, "Name:", blocks.name(subject.item))
    w.line(0, "Namespace:", subject.metadata.get("namespace", ""))
    blocks.labels(w, "Labels", subject.metadata.get("labels"))
    blocks.annotations(w, "Annotations", subject.metadata.get("annotations"))
    title = "Image pull secrets:"
    for secret in subject.item.get("imagePullSecrets") or ({"name": blocks.NONE},):
        w.line(0, title, secret.get("name", ""))
        title = " " * len(title)
    blocks.events(w, subject.events, subject.now)


def _head(w: Lines, subject: Subject) -> None:
    blocks.head(w, subject.item, namespaced=False)
    blocks.labels(w, "Labels", subject.metadata.get("labels"))
    blocks.annotations(w, "Annotations", subject.metadata.get("annotations"))


ROLE = Description(_role, events=None)
BINDING = Description(_binding, events=None)
SERVICE_ACCOUNT = Description(_service_account)
