"""An object as the API server takes it in: decoded into Go's types, filled in, admitted, checked.

The types are types.yaml's, the defaults those of the trees of defaults.yaml; what is wrong with an
object is told in the API server's own sentences, by the tree of validation.yaml, where a value that
is not there is wrong only where it is required. Pure, but for the ServiceAccounts and Services that
admission looks at.
"""

import base64
import copy
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from bot.core.units import parse_quantity
from bot.demo.cluster.kinds import Kind
from bot.demo.cluster.refusals import Cause, invalid, refusal
from bot.demo.cluster.selectors import selector_matches
from bot.demo.cluster.store import Key, Store
from bot.demo.cluster.values import Json, at, data, digest, found, holds, wrong

_TYPES = data("types")
_MAPS, _QUANTITIES, _UNSET = (frozenset(_TYPES[x]) for x in ("maps", "quantities", "unset"))


def filled(kind: Kind, item: Json) -> Json:
    """Return a canonical copy with its defaults; a custom resource as it is. Raises: 400."""
    if kind.custom:
        return item
    try:
        _check_fields("ObjectMeta", item.get("metadata") or {}, "metadata.")
        _check_fields(kind.kind, item, "")
        whole: Json = _kept("", item)
    except ValueError as error:
        raise refusal("undecodable", kind=kind.kind, version=kind.version, why=error) from None
    for name, text in whole.pop("stringData", {}).items() if kind.kind == "Secret" else ():
        whole.setdefault("data", {})[name] = base64.b64encode(text.encode()).decode()
    _fill(whole, data("defaults")["kinds"].get(kind.kind, {}), whole)
    if kind.kind == "Pod":
        whole["status"].setdefault("qosClass", _class(whole["spec"]))
    return whole


def _fill(node: Json, rules: Json, root: Json) -> None:
    """Fill in, in place, what a tree of defaults.yaml has for a part of an object."""
    for key, rule in rules.items():
        name = key.rstrip("[]?+")
        if key.startswith("when "):
            _fill(node, rule if holds(node, key.removeprefix("when ")) else {}, root)
        elif key.endswith("[]"):
            for each in node.get(name) or ():
                _fill(each, rule, root)
        elif isinstance(rule, dict):
            if name in node or name == key:
                _fill(node.setdefault(name, {}), rule, root)
        else:
            _set(node, key, rule, root)


def _set(node: Json, key: str, rule: Any, root: Json) -> None:
    value = rule
    if isinstance(rule, str) and rule.startswith("="):
        value = at(root, rule[2:]) if rule.startswith("==") else node.get(rule[1:])
    if key.endswith("+"):
        whole = {**(value or {}), **node.get(key[:-1], {})}
        node |= {key[:-1]: whole} if whole else {}
    elif key not in node and (value is not None or rule is None):
        node[key] = copy.deepcopy(value)


def _class(spec: Json) -> str:
    """Return a pod's quality of service, from what its containers ask for."""
    every = *spec.get("containers", ()), *spec.get("initContainers", ())
    told = [(at(x, "resources.limits", {}), at(x, "resources.requests", {})) for x in every]
    asked = [(most.get(n), least.get(n)) for most, least in told for n in ("cpu", "memory")]
    if all(limit and limit == request for limit, request in asked):
        return "Guaranteed"
    return "Burstable" if any(limit or request for limit, request in asked) else "BestEffort"


def _check_fields(struct: str, value: Json, path: str) -> None:
    for field, type_ in _TYPES["structs"].get(struct, {}).items():
        if value.get(field) is not None:
            _check(type_, value[field], struct, f"{path}{field}")


def _check(type_: str, value: Any, struct: str, path: str) -> None:
    form = type_[:2] if type_[:2] in ("[]", "{}") else type_
    python = type(value).__name__
    if type_ == "int32" and python == "int" and not -(2**31) <= value < 2**31:
        python = "too long"
    if python not in _TYPES["types"].get(form, ["dict"]):
        word, called = _TYPES["words"].get(python, f"number {value}"), _TYPES["called"]
        field = f"Go struct field {struct}.{path} of type {called.get(form, type_)}"
        raise ValueError(f"json: cannot unmarshal {word} into {field}")
    if form != type_:
        for each in [*(value.values() if form == "{}" else value)]:
            _check(type_[2:], each, struct, path)
    elif type_ not in _TYPES["types"]:
        _check_fields(type_.rpartition(".")[2], value, f"{path}.")
    elif type_ == "base64" and (odd := re.search("[^A-Za-z0-9+/=\r\n]", value)):
        raise ValueError(f"illegal base64 data at input byte {odd.start()}")


def _kept(key: str, value: Any) -> Any:
    if key in _QUANTITIES:
        return _canonical(value)
    if isinstance(value, dict) and key not in _MAPS:
        return {k: _kept(k, v) for k, v in value.items() if not _is_empty(k, v)}
    if isinstance(value, list):
        return [_kept("", each) for each in value]
    return dict(value) if isinstance(value, dict) else value


def _canonical(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _canonical(each) for key, each in value.items()}
    try:
        return str(parse_quantity(str(value)))
    except ValueError:
        raise ValueError(_TYPES["no_quantity"]) from None


def _is_empty(key: str, value: Any) -> bool:
    if isinstance(value, dict):
        return not value and key in _MAPS
    return value is None or value in ("", []) or (value is False and key in _UNSET)


def admitted(kind: Kind, item: Json, store: Store) -> Json:
    """Return the new object with what admission adds to it. Raises: 403, without an account."""
    _fill(item, data("defaults")["added"].get(kind.resource, {}), item)
    if kind.resource == "pods":
        metadata, name = item["metadata"], item["spec"]["serviceAccountName"]
        account = store.get(Key("serviceaccounts", metadata["namespace"], name))
        if account is None:
            # The real server generates names after admission.
            pod, where = metadata.get("generateName") or metadata["name"], metadata["namespace"]
            raise refusal("unaccounted", "pods", pod, where=where, account=name)
        _equip(item, account)
    return allocated(kind, item, {}, store)


def _equip(pod: Json, account: Json) -> None:
    """Give a pod, in place, its account's token and secrets, and patience with lost nodes."""
    spec, rules = pod["spec"], data("defaults")["admission"]
    if spec.get("automountServiceAccountToken", account.get("automountServiceAccountToken", True)):
        volume = {"name": f"kube-api-access-{digest(pod['metadata']['uid'])[:5]}"}
        volumes = spec.get("volumes", ())
        for each in (*spec.get("containers", ()), *spec.get("initContainers", ())):
            if rules["mount"]["mountPath"] not in found(each, "volumeMounts[*].mountPath"):
                each["volumeMounts"] = [*each.get("volumeMounts", ()), volume | rules["mount"]]
                spec["volumes"] = [*volumes, volume | rules["volume"]]
    if "imagePullSecrets" in account:
        spec.setdefault("imagePullSecrets", account["imagePullSecrets"])
    own = spec.get("tolerations", [])
    # Those that say neither key nor effect bear everything.
    borne = [{k: each[k] for k in ("key", "effect") if k in each} for each in own]
    new = (t for t in rules["tolerations"] if not any(x.items() <= t.items() for x in borne))
    spec["tolerations"] = [*own, *new]


def allocated(kind: Kind, item: Json, before: Json, store: Store) -> Json:
    """Return a Service with an address and ports of its own: its old ones, or the first free."""
    if kind.resource != "services":
        return item
    type_, only = item["spec"]["type"], data("defaults")["only_of"]
    old, others = before.get("spec", {}), [each["spec"] for each in store.list("services")]
    spec = {name: value for name, value in item["spec"].items() if type_ in only.get(name, type_)}
    if type_ != "ExternalName":
        taken = {each.get("clusterIP") for each in others}
        free = (f"10.96.{n // 256}.{n % 256}" for n in range(1, 2**16 - 1))
        changed = spec.get("clusterIPs", old.get("clusterIPs")) != old.get("clusterIPs")
        wanted = spec["clusterIPs"][0] if changed else spec.get("clusterIP") or old.get("clusterIP")
        address = wanted or next(each for each in free if each not in taken)
        spec |= {"clusterIP": address, "clusterIPs": [address]}
    had = {port["port"]: port.get("nodePort") for port in old.get("ports", ())}
    used = {port.get("nodePort") for each in (*others, spec) for port in each.get("ports", ())}
    numbers = (number for number in range(30000, 32768) if number not in used)
    for port in spec.get("ports", ()):
        if type_ not in only["nodePort"]:
            port.pop("nodePort", None)
        elif type_ == "NodePort" or spec.get("allocateLoadBalancerNodePorts"):
            port["nodePort"] = port.get("nodePort") or had.get(port["port"]) or next(numbers)
    return {**item, "spec": spec}


@dataclass(frozen=True, slots=True)
class _Place:
    """A value, the object that it stands in, and what it was before (None: nothing is changed)."""

    path: str
    value: Any
    around: Json
    before: Any


def mistakes(kind: Kind, item: Json, previous: Json | None) -> list[Cause]:
    """Return what is wrong with a new object, or with one that is to replace the previous one."""
    rules = data("validation")
    own = rules["custom"] if kind.custom else rules["kinds"].get(kind.kind, {})
    stored = {"metadata": rules["metadata"]} if "get" in kind.verbs else {}
    return list(_walk(stored | own, _Place("", item, item, previous)))


def understood(kind: Kind, item: Json, title: str, name: str = "") -> Json:
    """Return what is asked with an object that is never stored, filled in. Raises: 400, 422."""
    whole = filled(kind, item)
    if causes := mistakes(kind, whole, None):
        raise invalid(title, name, causes)
    return whole


def _walk(rules: Json, place: _Place) -> Iterator[Cause]:
    for key, rule in rules.items():
        if key.startswith("when "):
            yield from _walk(rule if holds(place.value, key.removeprefix("when ")) else {}, place)
            continue
        name, _, shown = key.partition(">")
        name, inner = name.rstrip("?[]"), place
        if name != ".":
            path = f"{place.path}.{shown or name}".strip(".")
            before = at(place.before or {}, name)
            inner = _Place(path, at(place.value, name), place.value, before)
        if isinstance(rule, list):
            yield from _checked(rule, inner)
        elif key.endswith("[]"):
            for index, each in enumerate(inner.value or ()):
                yield from _walk(rule, _Place(f"{inner.path}[{index}]", each, {}, None))
        elif inner.value is not None or not key.endswith("?"):
            yield from _walk(rule, _Place(inner.path, inner.value or {}, {}, inner.before))


def _checked(checks: Iterable[str | Mapping[str, Any]], place: _Place) -> Iterator[Cause]:
    for check in checks:
        name, words = (check, "") if isinstance(check, str) else next(iter(check.items()))
        if name == "required" and place.value in (None, "", [], 0):
            yield _cause(place, name, "", "", words)
            return
        known = _EVEN_UNSET if place.value is None else _HOLDS
        if name in known and not _HOLDS[name](place, words):
            yield _cause(place, name, "", place.value, words)
        if name in _FINDS and place.value is not None:
            for field, value, detail in _FINDS[name](place, words):
                yield _cause(place, name, field, value, detail)


def _cause(place: _Place, check: str, field: str, value: Any, words: Any) -> Cause:
    reason, sentence = data("validation")["sentences"][check]
    shown = json.dumps(value, separators=(",", ":"))
    parts = data("validation")["reasons"][reason].format(shown), sentence.format(words)
    path = f"{place.path}{field}".strip(".")
    return Cause(path, f"FieldValue{reason}", ": ".join(filter(None, parts)))


def _lasting(spec: Json, changing: list[str]) -> Json:
    kept = {key: value for key, value in spec.items() if key not in changing}
    for field in ("containers", "initContainers"):
        kept[field] = [each | {"image": ""} for each in spec.get(field, ())]
    return kept


_Found: TypeAlias = Iterable[tuple[str, Any, str]]
"""Below a place: the fields that are wrong, their values, and what is said of them."""


def _misspelt(values: Iterable[str], form: str, field: str = "") -> _Found:
    return [(field.format(each), each, told) for each in values for told in wrong(each, form)]


def _unfit(place: _Place, _: str) -> _Found:
    selector, labels = place.value.get("selector"), at(place.value, "template.metadata.labels")
    if selector is None or not selector_matches(selector, labels or {}):
        yield ".template.metadata.labels", labels, ""


def _changed(place: _Place, fields: list[str]) -> _Found:
    before = place.before or {}
    changed = (each for each in fields if place.value.get(each) != before.get(each))
    return [(f".{each}", None, "") for each in changed if before.get("immutable")]


def _unlike(place: _Place, paths: list[str]) -> _Found:
    one, other = (at(place.value, path, "") for path in paths)
    return [] if one == other else [(f".{paths[0]}", one, f"must match {paths[1]}")]


def _over(place: _Place, _: str) -> _Found:
    limits, sentence = place.value.get("limits", {}), "must be less than or equal to {} limit of {}"
    for name, amount in place.value.get("requests", {}).items():
        if name in limits and parse_quantity(amount).value > parse_quantity(limits[name]).value:
            yield ".requests", amount, sentence.format(name, limits[name])


def _twice(place: _Place, field: str) -> _Found:
    values = [each.get(field) for each in place.value]
    return [(f"[{i}].{field}", v, "") for i, v in enumerate(values) if v and v in values[:i]]


_HOLDS: Mapping[str, Callable[[_Place, Any], object]] = {
    "least": lambda p, n: isinstance(p.value, str) or p.value >= n,
    "port": lambda p, _: isinstance(p.value, str) or 0 < p.value < 65536,
    "exactly": lambda p, n: p.value == n,
    "beyond": lambda p, field: p.value > p.around.get(field, 0),
    "as_many": lambda p, field: p.value >= p.around.get(field, 0),
    "kept": lambda p, _: p.before is None or p.value == p.before,
    "kept_but": lambda p, c: p.before is None or _lasting(p.value, c) == _lasting(p.before, c),
    "filled": lambda p, _: p.value,
    "any": lambda p, fields: p.value.keys() & set(fields),
    **dict.fromkeys(("never", "absent", "otherwise"), lambda p, _: False),
}
# What is wrong where there is nothing, too.
_EVEN_UNSET = ("kept", "never")
_FINDS: Mapping[str, Callable[[_Place, Any], _Found]] = {
    "in": lambda p, names: [] if p.value in names else [("", p.value, json.dumps(names)[1:-1])],
    "form": lambda p, form: _misspelt([p.value] if isinstance(p.value, str) else [], form),
    "keys": lambda p, form: _misspelt(p.value, form, "" if form == "label_key" else "[{}]"),
    "values": lambda p, form: _misspelt(p.value.values(), form),
    "unique": _twice, "template": _unfit, "frozen": _changed, "alike": _unlike,
    "within": _over,
}  # fmt: skip
CHECKS = _HOLDS.keys() | _FINDS.keys()
"""What validation.yaml may ask for, beside `required`."""
