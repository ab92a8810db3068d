"""A helper process that does with a picture what its title says, and answers with what it knows."""

import json
import os
import sys
import threading

from bot.render import frames


def main() -> None:
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    while head := source.read(frames.LENGTH.size):
        first = source.read(frames.length_of(head))
        for _ in range(frames.lines_of(first)):
            source.read(frames.length_of(source.read(frames.LENGTH.size)))
        title = json.loads(first)["title"]
        sink.write(said(title))
        sink.flush()
        if title == "half":
            break


def said(title: str) -> bytes:
    """Return what is written for the picture of that title."""
    match title:
        case "die":
            sys.exit(3)
        case "hang":
            threading.Event().wait()
        case "garbage":
            return b"Segmentation fault (core dumped)\n"
        case "half":
            return frames.frame(b"\x00 a PNG that ends too early")[:9]
        case "fail":
            return frames.frame(frames.FAILED + b"ValueError: no such colour")
        case "complain":
            sys.stderr.write("no font is left\n")
            sys.stderr.flush()
        case "environment":
            title = json.dumps(dict(os.environ))
        case _:
            pass
    return frames.frame(frames.DRAWN + title.encode())


main()
