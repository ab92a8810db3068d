"""What mutating admission adds to an object, and the addresses and ports of Services."""

from bot.demo.cluster.defaults import fill
from bot.demo.cluster.formats import data
from bot.demo.cluster.kinds import Kind
from bot.demo.cluster.paths import found
from bot.demo.cluster.refusals import ApiRefusalError, JsonObject
from bot.demo.cluster.store import Key, Store

# Without vowels and what looks like another: apimachinery's `pkg/util/rand`.
_LETTERS = "bcdfghjklmnpqrstvwxz2456789"


def admitted(kind: Kind, item: JsonObject, store: Store) -> JsonObject:
    """Return the new object, filled in and with its uid, with what is added to it.

    Raises:
        ApiRefusalError: 403, the pod's ServiceAccount does not exist.
    """
    fill(item, data("defaults")["added"].get(kind.resource, {}), item)
    if kind.resource == "pods":
        _equip(item, _account(item, store))
    return _allocated(item, {}, store) if kind.resource == "services" else item


def reallocated(kind: Kind, item: JsonObject, before: JsonObject, store: Store) -> JsonObject:
    """Return the changed object with what is allocated to it: as before, anew, or given back."""
    return _allocated(item, before["spec"], store) if kind.resource == "services" else item


def _account(pod: JsonObject, store: Store) -> JsonObject:
    metadata, name = pod["metadata"], pod["spec"]["serviceAccountName"]
    account = store.get(Key("serviceaccounts", metadata["namespace"], name))
    if account is None:
        # The real server generates names after admission.
        one = metadata.get("generateName") or metadata["name"]
        why = f'service account {metadata["namespace"]}/{name}: serviceaccount "{name}" not found'
        message = f'pods "{one}" is forbidden: error looking up {why}'
        raise ApiRefusalError(403, "Forbidden", message, {"name": one, "kind": "pods"})
    return account


def _equip(pod: JsonObject, account: JsonObject) -> None:
    """Give a pod, in place, its account's token and secrets, and patience with lost nodes."""
    spec, rules = pod["spec"], data("defaults")["admission"]
    if spec.get("automountServiceAccountToken", account.get("automountServiceAccountToken", True)):
        letters = "".join(_LETTERS[byte % 27] for byte in pod["metadata"]["uid"].encode()[:5])
        volume = {"name": f"kube-api-access-{letters}"}
        path, every = rules["mount"]["mountPath"], ("containers[*]", "initContainers[*]")
        bare = [
            c
            for each in every
            for c in found(spec, each)
            if path not in found(c, "volumeMounts[*].mountPath")
        ]
        for each in bare:
            each["volumeMounts"] = [*each.get("volumeMounts", ()), volume | rules["mount"]]
        if bare:
            spec["volumes"] = [*spec.get("volumes", ()), volume | rules["volume"]]
    if "imagePullSecrets" in account:
        spec.setdefault("imagePullSecrets", account["imagePullSecrets"])
    own = spec.get("tolerations", [])
    spec["tolerations"] = [*own, *(t for t in rules["tolerations"] if not _tolerated(t, own))]


def _tolerated(taint: JsonObject, tolerations: list[JsonObject]) -> bool:
    return any(
        all(each.get(field, taint[field]) == taint[field] for field in ("key", "effect"))
        for each in tolerations
    )


def _allocated(item: JsonObject, old: JsonObject, store: Store) -> JsonObject:
    """Return a Service with an address and ports of its own: its old ones, or the first free."""
    type_, only = item["spec"]["type"], data("defaults")["only_of"]
    others = [each["spec"] for each in store.list("services")]
    spec = {name: value for name, value in item["spec"].items() if type_ in only.get(name, type_)}
    if type_ != "ExternalName":
        taken = {each.get("clusterIP") for each in others}
        free = (f"10.96.{n // 256}.{n % 256}" for n in range(1, 2**16 - 1))
        wanted = spec.get("clusterIP") or old.get("clusterIP")
        address = wanted or next(each for each in free if each not in taken)
        spec = {"clusterIP": address, "clusterIPs": [address]} | spec
    had = {port["port"]: port.get("nodePort") for port in old.get("ports", ())}
    used = {port.get("nodePort") for each in (*others, spec) for port in each.get("ports", ())}
    numbers = (number for number in range(30000, 32768) if number not in used)
    for port in spec.get("ports", ()):
        if type_ not in only["nodePort"]:
            port.pop("nodePort", None)
        elif type_ == "NodePort" or spec.get("allocateLoadBalancerNodePorts"):
            port["nodePort"] = port.get("nodePort") or had.get(port["port"]) or next(numbers)
    return {**item, "spec": spec}
