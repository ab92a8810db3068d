"""What is read of a manifest is what kubectl reads of it."""

import pytest

from bot.core.request import Attachment
from bot.kube.manifests import Document, read_manifests
from bot.kube.scalars import read_scalar
from tests.every import every
from tests.kube.manifests.hostile import OBJECT

# What kubectl 1.37.1 prints of each (`create --dry-run=client -o json`); the proof on the real one
# is in tests/conformance/kubectl/test_manifests.py.
SCALARS = {
    "on": True,
    "Off": False,
    "y": True,
    "NO": False,
    "yEs": "yEs",
    "~": None,
    "": None,
    "null": None,
    "1e3": 1000,
    "1.0": 1,
    "1.": 1,
    ".5": 0.5,
    ".5e3": 500,
    "1e21": 1e21,
    "1e400": "1e400",
    "0777": 511,
    "0o17": 15,
    "-0777": -511,
    "08": 8,
    "0x1F": 31,
    "0b11": 3,
    "-0b11": -3,
    "1_000": 1000,
    "_1": "_1",
    "+1": 1,
    "-0": 0,
    "-": "-",
    ".": ".",
    "1:30": "1:30",
    "2001-01-01": "2001-01-01",
    "2001-01-01T00:00:00Z": "2001-01-01T00:00:00Z",
    "9223372036854775807": 9223372036854775807,
    "9223372036854775808": 9.223372036854776e18,
    "18446744073709551615": 1.8446744073709552e19,
    "12345678901234567890123": 1.2345678901234568e22,
    "1.2.3": "1.2.3",
    "=": "=",
    "500m": "500m",
}


def read(*contents: bytes) -> tuple[Document, ...]:
    return read_manifests([Attachment(f"{i}.yaml", one) for i, one in enumerate(contents)])


def names(*contents: bytes) -> list[str]:
    return [document.name for document in read(*contents)]


@every("text", SCALARS)
def test_a_plain_word_means_what_it_means_to_kubectl(text: str) -> None:
    value = read_scalar(text)
    assert value == SCALARS[text]
    assert type(value) is type(SCALARS[text])


@pytest.mark.parametrize("style", ['"on"', "'on'", "|-\n  on", ">-\n  on"])
def test_what_is_quoted_or_a_block_is_a_text(style: str) -> None:
    [document] = read(OBJECT + f"data:\n  a: {style}\n".encode().replace(b"\n  on", b"\n    on"))
    assert document.body["data"] == {"a": "on"}


def test_several_documents_of_several_files_keep_their_order_and_their_lines() -> None:
    first = b"# nothing\n---\n" + OBJECT + b"--- # and\n\n" + OBJECT.replace(b"web", b"db")
    found = read(first, OBJECT)
    assert [(d.source, d.number, d.line, d.name) for d in found] == [
        ("0.yaml", 1, 3, "web"),
        ("0.yaml", 2, 9, "db"),
        ("1.yaml", 1, 1, "web"),
    ]


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"# nothing\n", b"---\n---\n", b"null\n", b"--- # a\n# b\n", b"~"]
)
def test_what_holds_nothing_is_no_document(content: bytes) -> None:
    assert read(content) == ()


def test_windows_line_ends_and_a_mark_at_the_beginning_change_nothing() -> None:
    twice = OBJECT + b"---\n" + OBJECT
    plain = read(twice)
    windows = read(b"\xef\xbb\xbf" + twice.replace(b"\n", b"\r\n"))
    assert windows == plain


def test_json_values_may_stand_one_after_the_other_and_beside_yaml() -> None:
    one = b'{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "x": 1.0}'
    two = one.replace(b'"a"', b'"b"')
    assert names(one + b"\n" + two + b"\n---\n" + OBJECT) == ["a", "b", "web"]
    assert [d.line for d in read(one + b"\n\n" + two)] == [1, 3]
    assert type(read(one)[0].body["x"]) is int


def test_the_short_form_of_a_mapping_is_no_json() -> None:
    assert names(b"{apiVersion: v1, kind: ConfigMap, metadata: {name: web}}") == ["web"]


def test_json_has_characters_that_yaml_has_not() -> None:
    head = b'{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"},\n\t"data": '
    [document] = read(head + b'{"a": "\\ud83d\\ude80\\/"}}')
    assert document.body["data"] == {"a": "\N{ROCKET}/"}


def test_a_list_is_taken_apart_and_its_items_know_their_lines() -> None:
    listed = b"apiVersion: v1\nkind: List\nitems:\n" + b"".join(
        b"- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: c%d}\n" % i for i in range(3)
    )
    assert [(d.name, d.line) for d in read(listed)] == [("c0", 4), ("c1", 7), ("c2", 10)]


def test_the_items_of_a_typed_list_are_of_its_type() -> None:
    [document] = read(b"apiVersion: apps/v1\nkind: DeploymentList\nitems: [{metadata: {name: a}}]")
    assert (document.api_version, document.kind) == ("apps/v1", "Deployment")


def test_a_beginning_of_a_name_is_enough() -> None:
    [document] = read(OBJECT.replace(b"name:", b"generateName:"))
    assert (document.name, document.prefix) == ("", "web")


def test_a_document_does_not_show_what_it_holds() -> None:
    [document] = read(OBJECT + b"data: {password: hunter2}\n")
    assert "hunter2" not in repr(document)
