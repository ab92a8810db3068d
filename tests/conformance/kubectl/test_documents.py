"""Documents are written byte for byte as the real kubectl writes them, hostile texts included.

`kubectl label --local` prints what it is given, so that no server is needed.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.core.ports import JsonObject
from bot.kube.documents import to_json, to_yaml

pytestmark = pytest.mark.peers

KUBECTL = Path(sys.executable).with_name("kubectl")
# What YAML has no plain letter for: see `yaml-characters` in docs/differences.md.
ODD = "\x85\u2028\u2029\ufeff\ufffe\uffff\x7f" + "".join(map(chr, range(0x80, 0xA0)))
LINES = """
~
null
Null
true
True
TRUE
tRuE
yes
Yes
y
Y
n
no
NO
on
Off
0
-0
00
007
08
0o7
0O7
0o8
0x1F
0xg
0b101
-0b101
0b102
1_000
_1
1__0
+1
-1
+-1
1.5
1.
.5
.
..
-.5
1e3
1E3
1e
12e4567
1e-400
1.5e+10
0x1p4
.inf
-.Inf
+.INF
.nan
.NaN
inf
NaN
9223372036854775807
9223372036854775808
18446744073709551615
18446744073709551616
-9223372036854775809
1:30
1:60
190:20:30
190:20:30.15
2026-11-24
2026-1-2
2026-13-01
2026-02-30
2026-11-24T01:02:03Z
2026-11-24t1:2:3.5+01:00
2026-11-24 01:02:03
2026-11-24T01:02:03
20261124
=
<<
<
>
|
-
- a
-a
?
? a
?a
:
a:
a: b
a:b
:a
#
# a
a #b
a#b
!
!tag
&anchor
*alias
%directive
@at
`tick`
'single'
"double"
it's
say "hi"
'"both"'
back\\slash
{}
{a: b}
[]
[a, b]
a, b
a]
,
---
--- a
...
${VAR}
$(cmd)
*.example.org
http://example.org:8080/path?q=1&r=<2>
key=value
registry.example.org/app:1.2.3
sha256:0123456789abcdef
100m
1Gi
a b
日本語
naïve café
ship 🚢 it
🚢
"""
TEXTS = (
    *LINES.strip("\n").split("\n"),
    *(
        "",
        " ",
        "  ",
        " a",
        "a ",
        "a  b",
        "\t",
        "a\tb",
        "\ta",
        "a\t",
        "\xa0",
        "a\rb",
        "\x00",
        "\x07",
    ),
    *("\n", "\n\n", "a\n", "a\n\n", "a\n\n\n", "\na", "a\nb", "a\n\nb", " a\nb", "a\n b\n", "a\n "),
    *("a \nb", "a\t\nb", "\ta\nb", "a\r\nb\r\n", "- a\n- b\n", "# a\nb", "a: b\nc: d\n", "...\n"),
    *("---\na\n", "🚢\n", "é\nü", "\x07\n", "a\x1b[31mred\n", "{\n}\n", '{"a":\n1}', "%a\n", "|\n"),
    " ".join(["plain"] * 40),
    " ".join(["it's"] * 40),
    " ".join(["a: b"] * 40),
    " ".join(["日本語"] * 60),
    " ".join(["🚢"] * 60),
    "unbroken" * 40,
    "  ".join(["wide"] * 40),
    "\t".join(["tabs"] * 40),
    " " + " ".join(["led"] * 40),
    " ".join(["trailed"] * 40) + " ",
    " ".join(["lines"] * 40) + "\n" + " ".join(["lines"] * 40),
    '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"annotations":{},"name":"web"}}\n',
)
NUMBERS = (
    *(
        0,
        -0.0,
        1,
        -1,
        1.0,
        0.1,
        -2.5,
        1.5e-5,
        1e-6,
        1e-7,
        1e-5,
        0.0001,
        5e-324,
        1.7976931348623157e308,
    ),
    *(123456.5, 1234567.5, 12345678.9, 999999.0, 1e6, 100000000.5, 1e15, 1e20, 1e21, 1e22, -1e21),
    *(2**31, 2**53 + 1, 2**63 - 1, 2**63, 2**64 - 1, 2**64, -(2**63), -(2**63) - 1, 10**25),
)
VALUES: tuple[object, ...] = (
    True,
    False,
    None,
    [],
    {},
    [[]],
    [{}],
    [[1, [2]], 3],
    {"a": {}},
    {"a": [], "b": [{"c": 1}]},
)
KEYS = (
    *("b", "a", "B", "A", "a.b", "a-b", "a/b", "a_b", "ab", "a1", "a2", "a10", "a01", "k", "k0"),
    *("10", "9", "09", "1.10", "1.9", "v1", "v10", "v2", "é", "e", "true", "null", "1.5", "", " "),
    *("app.kubernetes.io/name", "10-default.conf", "9-first.conf", "nginx.conf", ".hidden", "~"),
)


def _thing(spec: object) -> JsonObject:
    return {
        "apiVersion": "example.org/v1",
        "kind": "Thing",
        "metadata": {"labels": {"tried": "here"}, "name": "thing"},
        "spec": spec,
    }


def _kubectls(thing: JsonObject, form: str) -> str:
    done = subprocess.run(
        [KUBECTL, "label", "--local", "-f", "-", "tried=here", "-o", form],
        input=json.dumps(thing),
        env={"HOME": "/nonexistent", "PATH": "", "GOGC": "off", "GOMAXPROCS": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stdout + done.stderr


def _assert_same(spec: object) -> None:
    # As an answer of the API server is read.
    thing = orjson.loads(json.dumps(_thing(spec)))
    assert to_yaml(thing).split("\n") == _kubectls(thing, "yaml").split("\n")
    assert to_json(thing).split("\n") == _kubectls(thing, "json").split("\n")


def test_known_texts_are_written_as_kubectl_writes_them() -> None:
    # A name between two others and an item of a list are folded at different columns.
    _assert_same({"listed": TEXTS, "named": {f"name-{n:03}": t for n, t in enumerate(TEXTS)}})


def test_numbers_are_written_as_kubectl_writes_them() -> None:
    _assert_same({"listed": NUMBERS, "named": {f"n{n:03}": v for n, v in enumerate(NUMBERS)}})


def test_empty_and_nested_values_are_written_as_kubectl_writes_them() -> None:
    _assert_same({"listed": VALUES, "named": {f"n{n:03}": v for n, v in enumerate(VALUES)}})


def test_keys_stand_in_kubectls_order() -> None:
    # In pairs, since the library's order of some three keys runs in a circle.
    pairs = [{a: 1, b: 2} for a in KEYS for b in KEYS if a < b]
    _assert_same({"pairs": pairs, "names": {f"name{n}": n for n in range(25)}})


@pytest.mark.parametrize("last", ["a\n\n", "\n", "...\n", "", []])
def test_nothing_is_added_behind_the_last_value(last: object) -> None:
    _assert_same({"z": last})


@pytest.mark.parametrize("odd", ["a\x85b", "a\x7fb", "a\ufffeb"])
def test_a_character_that_kubectl_loses_is_written_so_that_it_comes_back(odd: str) -> None:
    thing = _thing({"odd": odd})
    assert to_yaml(thing) != _kubectls(thing, "yaml")
    assert f'odd: "a\\{_escape(odd[1])}b"' in to_yaml(thing)
    assert to_json(thing) == _kubectls(thing, "json")


def _escape(character: str) -> str:
    return {"\x85": "N", "\x7f": "x7F", "\ufffe": "uFFFE"}[character]


_CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters=ODD)
_MARKS = st.sampled_from([*"\n\t\r #:-'\"\\[]{},&*!|>%@`?~=<.0123456789eExXobnyNY_+", "  ", "🚢"])
_TEXT = st.lists(st.one_of(_MARKS, _CHARACTERS, st.sampled_from(TEXTS)), max_size=12).map("".join)
_VALUE: st.SearchStrategy[Any] = st.recursive(
    st.one_of(_TEXT, st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.none()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc", min_size=1), inner),
    max_leaves=8,
)


# Without shrinking: each step of it would be two more runs of kubectl, and the lines tell enough.
@settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(st.lists(_VALUE, min_size=30, max_size=120))
def test_any_values_are_written_as_kubectl_writes_them(values: list[object]) -> None:
    _assert_same({"listed": values, "named": {f"name-{n:03}": v for n, v in enumerate(values)}})
