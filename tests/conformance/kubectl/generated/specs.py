"""Generated pod specs: every part of one that a description shows."""

from hypothesis import strategies as st

from tests.conformance.kubectl.generated.atoms import (
    LABEL_KEY,
    LABEL_VALUE,
    LABELS,
    MEMORY,
    PORT,
    PROTOCOL,
    QUANTITY,
    REFERENCE,
    TEXT,
    TRUTH,
    WORD,
    Json,
    Some,
    several,
    some,
)

_FIELD_PATHS = (
    *("metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "status.podIP"),
    *("spec.serviceAccountName", "status.hostIP", "metadata.labels['app']", "status.hostIPs"),
    *("metadata.annotations['example.org/note']", "status.podIPs"),
)
_RESOURCES = (
    *("limits.cpu", "requests.memory", "limits.memory", "requests.cpu"),
    *("limits.ephemeral-storage", "requests.ephemeral-storage"),
)
_KEY = some({"name": WORD, "key": WORD}, {"optional": TRUTH})
_DIVISOR = st.sampled_from(["0", "1m", "1", "1Mi", "1Ki"])
_PRINTED = st.text(st.sampled_from("abc/.XY-_ $()é\n\t\"'"), max_size=25)
_PATH = st.lists(WORD, min_size=1, max_size=3).map(lambda parts: "/" + "/".join(parts))
_FIELD = some({"fieldPath": st.sampled_from(_FIELD_PATHS)})


def _divided(found: Json) -> Json:
    memory_only = "cpu" not in found["resource"] and found.get("divisor") == "1m"
    cpu_only = "cpu" in found["resource"] and found.get("divisor") in ("1Mi", "1Ki")
    return {"resource": found["resource"]} if memory_only or cpu_only else found


_RESOURCE = some({"resource": st.sampled_from(_RESOURCES)}, {"divisor": _DIVISOR}).map(_divided)
_SOURCE = st.one_of(
    some({"fieldRef": _FIELD}),
    some({"resourceFieldRef": _RESOURCE}),
    some({"secretKeyRef": _KEY}),
    some({"configMapKeyRef": _KEY}),
)
_VARIABLE = st.one_of(
    some({"name": WORD}, {"value": TEXT}), some({"name": WORD, "valueFrom": _SOURCE})
)
_SHARED = some({"name": WORD}, {"optional": TRUTH})
_FROM = st.one_of(
    some({"configMapRef": _SHARED}, {"prefix": WORD}), some({"secretRef": _SHARED}, {"prefix": WORD})
)
_NAMED_PORT = st.one_of(PORT, st.sampled_from(["http", "metrics"]))
_HANDLER = st.one_of(
    some({"exec": some({"command": st.lists(_PRINTED, min_size=1, max_size=3)})}),
    some(
        {
            "httpGet": some(
                {"port": _NAMED_PORT},
                {
                    "path": st.sampled_from(["", "/", "/live", "live", "/a b?c=d", "/é#x", "/%41"]),
                    "host": st.sampled_from(["127.0.0.1", "example.org", "::1"]),
                    "scheme": st.sampled_from(["HTTP", "HTTPS"]),
                },
            )
        }
    ),
    some({"tcpSocket": some({"port": _NAMED_PORT}, {"host": st.just("db.example.org")})}),
    some({"grpc": some({"port": PORT}, {"service": WORD})}),
)
_TIMES = {
    name: st.integers(1, 300)
    for name in ("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "failureThreshold")
}
_PROBE = st.tuples(_HANDLER, some({}, _TIMES)).map(lambda parts: {**parts[0], **parts[1]})
_HARDENED = some(
    {
        "seccompProfile": st.one_of(
            some({"type": st.sampled_from(["RuntimeDefault", "Unconfined"])}),
            some({"type": st.just("Localhost"), "localhostProfile": st.just("profiles/a.json")}),
        )
    }
)
_AMOUNTS: dict[str, Some] = {"cpu": QUANTITY, "memory": MEMORY, "ephemeral-storage": MEMORY}


@st.composite
def _amounts(draw: st.DrawFn) -> Json:
    requests = draw(some({}, _AMOUNTS))
    whole = draw(some({}, {"example.org/gpu": st.integers(1, 8).map(str)}))
    limits = {name: requests[name] for name in draw(st.sets(st.sampled_from([*requests, ""])))} if (
        requests
    ) and "" not in requests and False else {}
    if draw(TRUTH):
        limits = {**requests}
    elif draw(TRUTH):
        requests, limits = {}, draw(some({}, _AMOUNTS))
    return {"requests": {**requests, **whole}, "limits": {**limits, **whole}}
