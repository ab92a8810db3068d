"""NetworkPolicies, PodDisruptionBudgets, and the classes of priority and of storage."""

from collections.abc import Sequence

from bot.core.ports import JsonObject
from bot.kube.describe import blocks
from bot.kube.describe.lines import Lines
from bot.kube.describe.pods import selector_text
from bot.kube.describe.subject import Description, Subject

_DEFAULTS = (
    "storageclass.kubernetes.io/is-default-class",
    "storageclass.beta.kubernetes.io/is-default-class",
)


def _network_policy(w: Lines, subject: Subject) -> None:
    spec = subject.spec
    blocks.head(w, subject.item)
    created = blocks.moment(subject.metadata.get("creationTimestamp"))
    w.line(0, "Created on:", f"{created:%Y-%m-%d %H:%M:%S} +0000 UTC" if created else "<nil>")
    blocks.labels(w, "Labels", subject.metadata.get("labels"))
    blocks.annotations(w, "Annotations", subject.metadata.get("annotations"))
    w.put(0, "Spec:\n")
    chosen = selector_text(spec.get("podSelector"))
    everyone = " (Allowing the specific traffic to all pods in this namespace)"
    # The level of the second piece stands in the middle of the line.
    w.put(1, f"PodSelector:     {chosen}{everyone if chosen == blocks.NONE else ''}\n")
    types = spec.get("policyTypes") or ()
    for way, field, peers in (("Ingress", "ingress", "from"), ("Egress", "egress", "to")):
        if way in types:
            w.put(1, f"Allowing {field} traffic:\n")
            _rules(w, spec.get(field) or (), field, peers)
        else:
            w.put(1, f"Not affecting {field} traffic\n")
    w.put(1, f"Policy Types: {', '.join(types) or blocks.NONE}\n")


def _rules(w: Lines, rules: Sequence[JsonObject], way: str, peers: str) -> None:
    if not rules:
        w.put(2, f"<none> (Selected pods are isolated for {way} connectivity)\n")
    title = peers.capitalize()
    end = "source" if peers == "from" else "destination"
    for at, rule in enumerate(rules):
        if at:
            w.put(2, "----------\n")
        for port in rule.get("ports") or ():
            w.put(2, f"{_port(port)}\n")
        if not rule.get("ports"):
            w.put(2, "To Port: <any> (traffic allowed to all ports)\n")
        for peer in rule.get(peers) or ():
            w.put(2, f"{title}:\n")
            _peer(w, peer)
        if not rule.get(peers):
            w.put(2, f"{title}: <any> (traffic not restricted by {end})\n")


def _port(port: JsonObject) -> str:
    number, protocol = port.get("port", "<nil>"), port.get("protocol", "TCP")
    if port.get("endPort") is None:
        return f"To Port: {number}/{protocol}"
    return f"To Port Range: {number}-{port['endPort']}/{protocol}"


def _peer(w: Lines, peer: JsonObject) -> None:
    selectors = [f for f in ("namespaceSelector", "podSelector") if peer.get(f) is not None]
    for field in selectors:
        w.put(3, f"{field[0].upper()}{field[1:]}: {selector_text(peer[field])}\n")
    block = peer.get("ipBlock")
    if block is not None and not selectors:
        w.put(3, "IPBlock:\n")
        w.put(4, f"CIDR: {block.get('cidr', '')}\n")
        w.put(4, f"Except: {', '.join(block.get('except') or ())}\n")


def _budget(w: Lines, subject: Subject) -> None:
    spec, status = subject.spec, subject.status
    blocks.head(w, subject.item)
    for title, field in (("Min available", "minAvailable"), ("Max unavailable", "maxUnavailable")):
        if spec.get(field) is not None:
            w.line(0, f"{title}:", spec[field])
            break
    selector = spec.get("selector")
    w.line(0, "Selector:", "<unset>" if selector is None else selector_text(selector))
    w.put(0, "Status:\n")
    for title, field in (
        ("Allowed disruptions", "disruptionsAllowed"),
        ("Current", "currentHealthy"),
        ("Desired", "desiredHealthy"),
        ("Total", "expectedPods"),
    ):
        w.line(2, f"{title}:", status.get(field, 0))
    blocks.events(w, subject.events, subject.now)


def _priority_class(w: Lines, subject: Subject) -> None:
    item = subject.item
    w.line(0, "Name:", blocks.name(item))
    w.line(0, "Value:", item.get("value", 0))
    w.line(0, "GlobalDefault:", blocks.on(item.get("globalDefault")))
    w.line(0, "PreemptionPolicy:", item.get("preemptionPolicy", ""))
    w.line(0, "Description:", item.get("description", ""))
    w.line(0, "Annotations:", blocks.joined(subject.metadata.get("annotations")))
    blocks.events(w, subject.events, subject.now)


def _storage_class(w: Lines, subject: Subject) -> None:
    item, marks = subject.item, subject.metadata.get("annotations") or {}
    w.line(0, "Name:", blocks.name(item))
    default = any(marks.get(each) == "true" for each in _DEFAULTS)
    w.line(0, "IsDefaultClass:", "Yes" if default else "No")
    w.line(0, "Annotations:", blocks.joined(marks))
    w.line(0, "Provisioner:", item.get("provisioner", ""))
    w.line(0, "Parameters:", blocks.joined(item.get("parameters")))
    grows = item.get("allowVolumeExpansion")
    w.line(0, "AllowVolumeExpansion:", "<unset>" if grows is None else blocks.yes(grows))
    options = item.get("mountOptions") or ()
    w.put(0, "MountOptions:\n" if options else f"MountOptions:\t{blocks.NONE}\n")
    for option in options:
        w.put(1, f"{option}\n")
    for title, field in (
        ("ReclaimPolicy", "reclaimPolicy"),
        ("VolumeBindingMode", "volumeBindingMode"),
    ):
        if item.get(field) is not None:
            w.line(0, f"{title}:", item[field])
    _topologies(w, item.get("allowedTopologies"))
    blocks.events(w, subject.events, subject.now)


def _topologies(w: Lines, found: Sequence[JsonObject] | None) -> None:
    if found is None:
        return
    w.put(0, f"AllowedTopologies:\t{'' if found else blocks.NONE}\n")
    for at, term in enumerate(found):
        w.put(1, f"Term {at}:\t")
        needs = term.get("matchLabelExpressions") or ()
        texts = [f"{one['key']} in [{', '.join(one.get('values') or ())}]" for one in needs]
        for place, text in enumerate(texts or [blocks.NONE]):
            if place:
                w.put(1, "\t")
            w.put(0, f"{text}\n")


def _attributes_class(w: Lines, subject: Subject) -> None:
    item = subject.item
    w.line(0, "Name:", blocks.name(item))
    w.line(0, "Annotations:", blocks.joined(subject.metadata.get("annotations")))
    w.line(0, "DriverName:", item.get("driverName", ""))
    w.line(0, "Parameters:", blocks.joined(item.get("parameters")))
    blocks.events(w, subject.events, subject.now)


NETWORK_POLICY = Description(_network_policy, events=None)
BUDGET = Description(_budget)
PRIORITY_CLASS = Description(_priority_class)
STORAGE_CLASS = Description(_storage_class)
ATTRIBUTES_CLASS = Description(_attributes_class)
