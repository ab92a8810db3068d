"""Manifests that are too much in one way or another, made when they are needed."""

from collections.abc import Mapping

from bot.core.request import MANIFEST_BYTES

OBJECT = b"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n"
_ALMOST = MANIFEST_BYTES - 1_000
"""As much as is read at all."""


def _full(piece: bytes, before: bytes = b"", behind: bytes = b"") -> bytes:
    """Return a file of the largest size that is read, of one piece again and again."""
    return before + piece * ((_ALMOST - len(before) - len(behind)) // len(piece)) + behind


HOSTILE: Mapping[str, tuple[bytes, str]] = {
    "five-megabytes": (b"a: 1\n" * 1_000_000, ": it has 4883 kB of at most 256 kB"),
    "five-megabytes-of-zeros": (bytes(5_000_000), ": it has 4883 kB of at most 256 kB"),
    "a-byte-too-much": (bytes(MANIFEST_BYTES + 1), ": it has 257 kB of at most 256 kB"),
    "brackets": (_full(b"["), ", document 1, line 1: it is nested deeper than 64 levels"),
    "braces": (_full(b"{"), ", document 1, line 1: it is nested deeper than 64 levels"),
    "json-deep": (_full(b'{"a":'), ", document 1, line 1: it is nested deeper than 64 levels"),
    "json-arrays": (
        _full(b"[", b'{"a":'),
        ", document 1, line 1: it is nested deeper than 64 levels",
    ),
    "json-65": (
        b'{"a":' + b"[" * 64 + b"]" * 64 + b"}",
        ", document 1, line 1: it is nested deeper than 64 levels",
    ),
    "yaml-65": (
        b"".join(b" " * level + b"a:\n" for level in range(70)),
        ", document 1, line 65: it is nested deeper than 64 levels",
    ),
    "dashes": (_full(b"- "), ", document 1, line 1: it is nested deeper than 64 levels"),
    "question-marks": (_full(b"? "), ", document 1, line 1: it has a key that is no text"),
    "flow-keys": (_full(b"{a: "), ", document 1, line 1: it is nested deeper than 64 levels"),
    "stars": (_full(b"*a "), ", document 1, line 1: it repeats another place (*a)"),
    "anchors": (_full(b"&a "), ", document 1, line 1: it names a place to be repeated (&a)"),
    "exclamations": (_full(b"!"), ", document 1, line 1: it carries the tag !!!!"),
    "values": (
        _full(b"1,", OBJECT + b"x: [", b"]"),
        ", document 1, line 5: it has more than 50000 values",
    ),
    "documents": (_full(b"a\n---\n"), ", document 1, line 1: it is a single value where an object"),
    "objects": ((OBJECT + b"---\n") * 51, ": there are more than 50 objects"),
    "json-objects": (
        b'{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "web"}}\n' * 51,
        ": there are more than 50 objects",
    ),
    "items": (
        b"apiVersion: v1\nkind: ConfigMapList\nitems: [" + b"{metadata: {name: web}}," * 51 + b"]",
        ": there are more than 50 objects",
    ),
    "quotes": (
        _full(b'\\"', b'{"a":"'),
        ", document 1, line 1: it is no JSON: Unterminated string starting at",
    ),
    "json-digits": (
        _full(b"9", b'{"a":', b"}"),
        ", document 1, line 1: it holds a number that JSON does not have",
    ),
    "long-key": (
        _full(b"k", OBJECT + b"? ", b"\n: 1\n" + b"a: 1\n" * 2),
        ', document 1, line 8: the key "a" stands there twice',
    ),
    "open-quote": (_full(b"a\n", b'"'), ", document 1, line "),
}
"""Bytes, and how what is said of them begins behind the file's name."""
