import pytest

from bot.demo.cluster.refusals import ApiRefusalError
from bot.demo.cluster.wire import PROTOBUF, decoded


def field(number: int, value: bytes | int) -> bytes:
    if isinstance(value, int):
        return bytes([number << 3, value])
    return bytes([number << 3 | 2, len(value)]) + value


def sent(version: str, kind: str, raw: bytes) -> bytes:
    type_ = field(1, version.encode()) + field(2, kind.encode())
    return b"k8s\x00" + field(1, type_) + field(2, raw) + field(3, b"") + field(4, b"")


def test_a_request_for_a_token_is_read_as_kubectl_sends_it() -> None:
    # ObjectMeta writes every text, and the time of its creation, even when they are empty.
    metadata = field(1, b"bot") + field(2, b"") + field(3, b"shop") + field(8, b"")
    spec = field(1, b"one") + field(1, b"two") + field(3, field(3, b"web")) + field(4, 60)
    body = sent("v1", "TokenRequest", field(1, metadata) + field(2, spec) + field(3, b""))
    assert decoded(PROTOBUF, body) == {
        "apiVersion": "v1",
        "kind": "TokenRequest",
        "metadata": {"name": "bot", "namespace": "shop"},
        "spec": {
            "audiences": ["one", "two"],
            "boundObjectRef": {"name": "web"},
            "expirationSeconds": 60,
        },
    }


def test_a_map_is_of_texts() -> None:
    entry = field(1, b"key") + field(2, b"value")
    assert decoded(PROTOBUF, sent("v1", "ConfigMap", field(2, entry)))["data"] == {"key": "value"}


def test_what_go_writes_of_what_is_not_set_is_left_out() -> None:
    port = field(1, b"") + field(2, 0) + field(3, 80)
    container = field(1, b"app") + field(6, port)
    spec = field(1, 0) + field(3, field(2, field(2, container) + field(11, 0))) + field(7, 0)
    assert decoded(PROTOBUF, sent("apps/v1", "Deployment", field(2, spec)))["spec"] == {
        "replicas": 0,
        "template": {"spec": {"containers": [{"name": "app", "ports": [{"containerPort": 80}]}]}},
    }


def test_numbers_texts_and_bytes_are_as_they_stand_in_json() -> None:
    one, all_ = field(1, 0) + field(2, 2) + field(3, b""), field(1, 1) + field(2, 0)
    spec = field(1, one) + field(3, all_ + field(3, b"25%"))
    body = sent("policy/v1", "PodDisruptionBudget", field(2, spec))
    assert decoded(PROTOBUF, body)["spec"] == {"minAvailable": 2, "maxUnavailable": "25%"}
    secret = sent("v1", "Secret", field(2, field(1, b"key") + field(2, b"value")))
    assert decoded(PROTOBUF, secret)["data"] == {"key": "dmFsdWU="}
    limits = field(1, field(1, b"cpu") + field(2, field(1, b"500m")))
    pods = field(3, field(2, field(2, field(8, limits))))
    [container] = decoded(PROTOBUF, sent("apps/v1", "Deployment", field(2, pods)))["spec"][
        "template"
    ]["spec"]["containers"]
    assert container == {"resources": {"limits": {"cpu": "500m"}}}


def test_a_long_field_has_a_long_length() -> None:
    value = "x" * 300
    entry = field(1, b"key") + b"\x12\xac\x02" + value.encode()
    raw = b"\x12" + bytes([len(entry) & 0x7F | 0x80, len(entry) >> 7]) + entry
    body = sent("v1", "ConfigMap", b"")[:-6] + b"\x12" + bytes([len(raw) & 0x7F | 0x80,
        len(raw) >> 7]) + raw  # fmt: skip
    assert decoded(PROTOBUF, body)["data"] == {"key": value}


@pytest.mark.parametrize(
    ("body", "code", "why"),
    [
        (b"{}", 400, "no protobuf"),
        (b"k8s\x00\x80", 400, "no protobuf"),
        (b"k8s\x00", 400, "no protobuf"),
        (
            sent("v1", "Endpoints", field(1, b"")),
            501,
            r"Endpoints \(field 1\) in protobuf is out of scope",
        ),
        (sent("v1", "ConfigMap", field(9, b"?")), 501, r"ConfigMap \(field 9\) in protobuf"),
    ],
    ids=["json", "cut in a number", "nothing", "other kind", "other field"],
)
def test_what_is_not_understood_is_refused(body: bytes, code: int, why: str) -> None:
    with pytest.raises(ApiRefusalError, match=why) as refusal:
        decoded(PROTOBUF, body)
    assert refusal.value.code == code
