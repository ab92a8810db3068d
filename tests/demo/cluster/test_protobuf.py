import pytest

from bot.demo.cluster.bodies import decoded
from bot.demo.cluster.protobuf import MEDIA_TYPE, loads
from bot.demo.cluster.refusals import ApiRefusalError


def field(number: int, value: bytes | int) -> bytes:
    if isinstance(value, int):
        return bytes([number << 3, value])
    return bytes([number << 3 | 2, len(value)]) + value


def sent(version: str, kind: str, raw: bytes) -> bytes:
    type_ = field(1, version.encode()) + field(2, kind.encode())
    return b"k8s\x00" + field(1, type_) + field(2, raw) + field(3, b"") + field(4, b"")


def test_an_eviction_is_read_as_kubectl_drain_sends_it() -> None:
    # ObjectMeta writes every text, and the time of its creation, even when they are empty.
    metadata = field(1, b"web-1") + field(2, b"") + field(3, b"shop") + field(8, b"")
    options = field(1, 0) + field(2, field(1, b"some-uid")) + field(5, b"All")
    body = sent("policy/v1", "Eviction", field(1, metadata) + field(2, options))
    assert loads(body) == {
        "apiVersion": "policy/v1",
        "kind": "Eviction",
        "metadata": {"name": "web-1", "namespace": "shop"},
        "deleteOptions": {
            "gracePeriodSeconds": 0,
            "preconditions": {"uid": "some-uid"},
            "dryRun": ["All"],
        },
    }


def test_maps_are_of_texts_or_of_bytes() -> None:
    entry = field(1, b"key") + field(2, b"value")
    assert loads(sent("v1", "ConfigMap", field(2, entry)))["data"] == {"key": "value"}
    assert loads(sent("v1", "Secret", field(2, entry)))["data"] == {"key": "dmFsdWU="}


def test_a_long_field_has_a_long_length() -> None:
    value = "x" * 300
    entry = field(1, b"key") + b"\x12\xac\x02" + value.encode()
    raw = b"\x12" + bytes([len(entry) & 0x7F | 0x80, len(entry) >> 7]) + entry
    body = sent("v1", "ConfigMap", b"")[:-6] + b"\x12" + bytes([len(raw) & 0x7F | 0x80,
        len(raw) >> 7]) + raw  # fmt: skip
    assert loads(body)["data"] == {"key": value}


@pytest.mark.parametrize(
    ("body", "code", "why"),
    [
        (b"{}", 400, "no protobuf"),
        (sent("v1", "ConfigMap", b"\x12\x7f"), 400, "no protobuf"),
        (b"k8s\x00\x80", 400, "no protobuf"),
        (b"k8s\x00" + bytes([1 << 3 | 5, 0]), 400, "no protobuf"),
        (sent("apps/v1", "Deployment", b""), 501, "a Deployment in protobuf is out of scope"),
        (sent("v1", "ConfigMap", field(9, b"?")), 501, "field 9 of ConfigMap in protobuf"),
    ],
    ids=["json", "cut short", "cut in a number", "other wire type", "other kind", "other field"],
)
def test_what_is_not_understood_is_refused(body: bytes, code: int, why: str) -> None:
    with pytest.raises(ApiRefusalError, match=why) as refusal:
        decoded(MEDIA_TYPE, body)
    assert refusal.value.code == code
