"""The checks that validation.yaml names: each looks at one place and yields what is wrong there.

Pure. `SIMPLE` are those that are one question and one sentence.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.core.units import parse_quantity
from bot.demo.cluster.formats import data, wrong
from bot.demo.cluster.mistakes import Causes, Place, internal
from bot.demo.cluster.paths import at
from bot.demo.cluster.refusals import JsonObject
from bot.demo.cluster.selectors import selector_matches

_PERCENT = "[0-9]+%"
# What must be true of a place's value, given the rule's words, and what is said where it is not.
SIMPLE: Mapping[str, tuple[Callable[..., object], str]] = {
    "least": (lambda p, n: p.value >= int(n), "must be greater than or equal to {0}"),
    "exactly": (lambda p, n: p.value == int(n), "must be {0}"),
    "port": (
        lambda p: not isinstance(p.value, int) or 0 < p.value < 65536,
        "must be between 1 and 65535, inclusive",
    ),
    "beyond": (lambda p, field: p.value > p.around.get(field, 0), "must be greater than {0}"),
    "as_many": (
        lambda p, field: p.value >= p.around.get(field, 0),
        "must be greater than or equal to `{0}`",
    ),
    "kept": (lambda p: p.before is None or p.value == p.before, "field is immutable"),
    "number": (
        lambda p: isinstance(p.value, str) or p.value >= 0,
        "must be greater than or equal to 0",
    ),
    "percent": (
        lambda p: isinstance(p.value, int) or re.fullmatch(_PERCENT, p.value),
        "a valid percent string must be a numeric string followed by an ending '%' "
        "(e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
    ),
    "at_most_all": (
        lambda p: not re.fullmatch(_PERCENT, str(p.value)) or int(p.value[:-1]) <= 100,
        "must not be greater than 100%",
    ),
    "grouped": (
        lambda p: "/" in (p.value or "") or p.value == "v1",
        "apiVersion must specify API group",
    ),
    "trimmed": (
        lambda p: p.value == p.value.strip(),
        "must not have leading or trailing whitespace",
    ),
    "port_name": (
        lambda p: re.fullmatch("[a-z0-9-]+", p.value),
        "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)",
    ),
    "variable": (
        lambda p: re.fullmatch("[ -<>-~]+", p.value),
        "a valid environment variable name must consist only of printable ASCII characters "
        "other than '='",
    ),
}
OF_NOTHING = {"grouped", "kept"}
"""Those that ask also where there is no value."""


def _simple(name: str) -> Callable[..., Causes]:
    holds, sentence = SIMPLE[name]

    def check(place: Place, *words: str) -> Causes:
        if not holds(place, *words):
            value = "" if place.value is None else place.value
            yield place.invalid(sentence.format(*words), value=value)

    return check


def _name(place: Place) -> Causes:
    name, form = place.value.get("name"), data("validation")["names"].get(place.kind, "subdomain")
    if not name:
        yield place.required("name or generateName is required", "name")
        return
    for problem in wrong(name, form) if form else ():
        # Names are still checked by the older of the API server's two libraries.
        yield place.invalid(problem.replace(" bytes", " characters"), "name", name)


def _labels(place: Place, shown: str = "metadata.labels") -> Causes:
    place = _shown_as(place, "metadata.labels", shown)
    yield from _keys(place)
    for value in place.value.values():
        yield from (place.invalid(problem, value=value) for problem in wrong(value, "label_value"))


def _keys(place: Place, shown: str = "metadata.annotations") -> Causes:
    place = _shown_as(place, "metadata.annotations", shown)
    for key in place.value:
        yield from (place.invalid(problem, value=key) for problem in wrong(key, "label_key"))


def _shown_as(place: Place, path: str, shown: str) -> Place:
    """Return the place by the path that the API server says: a template's leave out `metadata`."""
    return replace(place, path=place.path.removesuffix(path) + shown) if path != shown else place


def _form(place: Place, form: str) -> Causes:
    yield from (place.invalid(problem) for problem in wrong(place.value, form))


def _one_of(place: Place, *values: str) -> Causes:
    if place.value not in values:
        yield place.unsupported(values)


def _ends(place: Place, default: str, *values: str) -> Causes:
    """Check a policy whose default will not do, so that another one is required."""
    if place.value == default:
        yield place.required("valid values: " + ", ".join(f'"{each}"' for each in values))
    else:
        yield from _one_of(place, *values)


def _positive(place: Place) -> Causes:
    if place.value < 1:
        yield place.required()


def _unique(place: Place, field: str) -> Causes:
    seen: set[str] = set()
    for index, each in enumerate(place.value):
        value = each.get(field)
        if value in seen:
            yield place.duplicate(f"[{index}].{field}", value)
        seen |= {value} if value else set()


def _kept_whole(place: Place, name: str, *fields: str) -> Causes:
    value, before = place.value.get(name), (place.before or {}).get(name)
    if before is not None and value != before:
        shown = internal(value, *fields) if fields else value
        yield place.invalid("field is immutable", name, shown)


def _moves(place: Place) -> Causes:
    if {place.value.get("maxSurge"), place.value.get("maxUnavailable")} <= {0, "0%"}:
        value = place.value["maxUnavailable"]
        yield place.invalid("may not be 0 when `maxSurge` is 0", "maxUnavailable", value)


def _typed(place: Place, *values: str) -> Causes:
    if place.value["type"] not in values:
        yield place.unsupported(values, internal(place.value, "Type", "RollingUpdate"))
    if place.value["type"] == "Recreate" and "rollingUpdate" in place.value:
        detail = "may not be specified when strategy `type` is 'Recreate'"
        yield place.forbidden(detail, "rollingUpdate")


def _selector(place: Place, kind: str) -> Causes:
    if not any(place.value.get(part) for part in ("matchLabels", "matchExpressions")):
        yield place.invalid(f"empty selector is invalid for {kind}")
    yield from (problems := list(_unreadable(place)))
    if problems:
        yield place.invalid("invalid label selector")
    if place.before is not None and place.value != place.before:
        yield place.invalid("field is immutable")


def _unreadable(place: Place) -> Causes:
    for value in place.value.get("matchLabels", {}).values():
        for problem in wrong(value, "label_value"):
            yield place.invalid(problem, "matchLabels", value)
    for index, each in enumerate(place.value.get("matchExpressions", ())):
        operator, where = each.get("operator", ""), f"matchExpressions[{index}]"
        if operator not in ("In", "NotIn", "Exists", "DoesNotExist"):
            yield place.invalid("not a valid selector operator", f"{where}.operator", operator)
        elif operator in ("In", "NotIn") and not each.get("values"):
            detail = "must be specified when `operator` is 'In' or 'NotIn'"
            yield place.required(detail, f"{where}.values")


def _misread(place: Place) -> Causes:
    """Tell that the selector cannot be read: then the template is not looked at."""
    yield from _unreadable(replace(place, value=place.value.get("selector") or {}))


def _template(place: Place) -> Causes:
    selector, labels = place.value.get("selector"), at(place.value, "template.metadata.labels")
    if selector is None or not selector_matches(selector, labels or {}):
        where = replace(place, path=f"{place.path}.template.metadata.labels", value=labels)
        yield where.invalid("`selector` does not match template `labels`")


def _amounts(place: Place) -> Causes:
    for name, amount in place.value.items():
        if parse_quantity(amount).value < 0:
            yield place.invalid("must be greater than or equal to 0", f"[{name}]", amount)


def _requests(place: Place) -> Causes:
    for name, amount in place.value.get("requests", {}).items():
        limit = place.value.get("limits", {}).get(name)
        if limit and parse_quantity(limit) < parse_quantity(amount):
            detail = f"must be less than or equal to {name} limit of {limit}"
            yield place.invalid(detail, "requests", amount)


def _handler(place: Place) -> Causes:
    if not place.value.keys() & {"exec", "grpc", "httpGet", "tcpSocket"}:
        yield place.required("must specify a handler type")


def _mounts(place: Place) -> Causes:
    volumes = {each.get("name") for each in place.value.get("volumes", ())}
    for field in ("containers", "initContainers"):
        for index, container in enumerate(place.value.get(field, ())):
            for number, mount in enumerate(container.get("volumeMounts", ())):
                where, name = f"{field}[{index}].volumeMounts[{number}]", mount.get("name", "")
                if name not in volumes:
                    yield place.unknown(f"{where}.name", name)
                if not mount.get("mountPath"):
                    yield place.required(field=f"{where}.mountPath")


_MAY_CHANGE = (
    "`spec.containers[*].image`", "`spec.initContainers[*].image`", "`spec.activeDeadlineSeconds`",
    "`spec.tolerations` (only additions to existing tolerations)",
    "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)",
)  # fmt: skip


def _pod_update(place: Place) -> Causes:
    if place.before and _lasting(place.value) != _lasting(place.before):
        detail = "pod updates may not change fields other than " + ",".join(_MAY_CHANGE)
        yield place.forbidden(detail)


def _lasting(spec: JsonObject) -> JsonObject:
    changing = ("activeDeadlineSeconds", "tolerations", "schedulingGates")
    kept = {key: value for key, value in spec.items() if key not in changing}
    for field in ("containers", "initContainers"):
        kept[field] = [{k: v for k, v in c.items() if k != "image"} for c in spec.get(field, ())]
    return kept


def _service_ports(place: Place) -> Causes:
    ports = place.value.get("ports", [])
    headless = place.value.get("clusterIP") == "None" or place.value["type"] == "ExternalName"
    if not ports and not headless:
        yield place.required(field="ports")
    for index, each in enumerate(ports if len(ports) > 1 else ()):
        if not each.get("name"):
            yield place.required(field=f"ports[{index}].name")
    yield from _unique(replace(place, path=f"{place.path}.ports", value=ports), "name")
    pairs = [
        {"Protocol": each["protocol"], "AppProtocol": None, "Port": each["port"]} for each in ports
    ]
    for index, pair in enumerate(pairs):
        if pair in pairs[:index]:
            # The API server compares, and prints, ports of which only these two are set.
            yield place.duplicate(
                f"ports[{index}]", {"Name": ""} | pair | {"TargetPort": 0, "NodePort": 0}
            )


def _address(place: Place) -> Causes:
    if place.before and place.value != place.before:
        yield place.invalid("may not change once set", "[0]")


def _entries(place: Place) -> Causes:
    for field in ("data", "binaryData"):
        for key in place.value.get(field, ()):
            for problem in wrong(key, "config_key"):
                yield place.invalid(problem, f"{field}[{key}]", key)
            if field == "data" and key in place.value.get("binaryData", ()):
                yield place.invalid("duplicate of key present in binaryData", f"data[{key}]", key)


def _unchanged(place: Place) -> Causes:
    if place.before and place.before.get("immutable"):
        for field in ("immutable", "data", "binaryData"):
            if place.value.get(field) != place.before.get(field):
                yield place.forbidden("field is immutable when `immutable` is set", field)


def _schedule(place: Place) -> Causes:
    words = place.value.split()
    if len(words) != 5 and not place.value.startswith("@"):
        yield place.invalid(f"expected exactly 5 fields, found {len(words)}: [{' '.join(words)}]")


def _alone(place: Place) -> Causes:
    if "minAvailable" in place.value and "maxUnavailable" in place.value:
        fields = ("MinAvailable", "Selector", "MaxUnavailable", "UnhealthyPodEvictionPolicy")
        shown = internal(place.value, *fields)
        yield place.invalid("minAvailable and maxUnavailable cannot be both set", value=shown)


def _role_rule(place: Place) -> Causes:
    if not place.value.get("apiGroups") and not place.value.get("nonResourceURLs"):
        yield place.required("resource rules must supply at least one api group", "apiGroups")
    if not place.value.get("verbs"):
        yield place.required(field="verbs")


CHECKS: Mapping[str, Callable[..., Causes]] = {
    **{name: _simple(name) for name in SIMPLE},
    "name": _name, "labels": _labels, "keys": _keys, "form": _form, "one_of": _one_of,
    "ends": _ends, "positive": _positive, "unique": _unique, "kept_whole": _kept_whole,
    "moves": _moves, "typed": _typed, "selector": _selector, "unreadable": _unreadable,
    "misread": _misread, "template": _template, "amounts": _amounts, "requests": _requests,
    "handler": _handler, "mounts": _mounts, "pod_update": _pod_update,
    "service_ports": _service_ports, "address": _address,
    "entries": _entries, "unchanged": _unchanged, "schedule": _schedule, "alone": _alone,
    "role_rule": _role_rule,
}  # fmt: skip
