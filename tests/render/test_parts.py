"""The small parts in a terminal: on the stream where they belong."""

from bot.core.reply import (
    Attached,
    Chart,
    Choice,
    Choices,
    Diff,
    Fields,
    Link,
    Part,
    Progress,
    Table,
)
from bot.render.plain import PlainRenderer
from tests.every import every

CASES: list[tuple[str, Part, str, str]] = [
    ("diff", Diff("-a\n+b\n"), "-a\n+b\n", ""),
    ("fields", Fields((("Name", "web"), ("Image", "x"))), "Name:   web\nImage:  x\n", ""),
    ("progress", Progress("k", "web", 3, 5), "web: 3/5\n", ""),
    ("unknown-total", Progress("k", "pods", 3, 0), "pods: 3\n", ""),
    ("choices", Choices("Which?", (Choice("a", "get a"),)), "", "Which?\n\ta: get a\n"),
    ("form", Choices("Fill in", (Choice("…", "run a", incomplete=True),)), "", ""),
    ("chart", Chart("CPU", b"png", "max 3"), "CPU\nmax 3\n", ""),
    ("text-file", Attached("a.yaml", b"kind: A\n", "yaml"), "kind: A\n", ""),
    ("other-file", Attached("a.png", b"\x89\xff"), "", "a.png: 2 bytes that are no text\n"),
    ("link", Link("Prometheus", "https://p/graph"), "", "Prometheus: https://p/graph\n"),
]


@every(("part", "out", "err"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_part_has_its_lines(part: Part, out: str, err: str) -> None:
    assert PlainRenderer().feed(part) == (out, err)


def test_rows_that_wait_come_before_what_follows_them() -> None:
    renderer = PlainRenderer()
    renderer.feed(Table("pods", ("NAME",), (("web",),)))
    assert renderer.feed(Diff("-a\n")) == ("NAME\nweb\n-a\n", "")
