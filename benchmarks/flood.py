"""A Prometheus that answers with far too much, or with as much as is read.

`python -m benchmarks.flood` prints its port, and serves until it is ended. What comes is chosen by
the expression: a name of `BODIES`.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import parse_qs

_HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"
    b'{"status":"success","data":{"resultType":"%s","result":['
)
_TAIL = b"]}}"
_POD = b'"namespace":"shop","pod":"web-6d4cf56db6-%07d","instance":"10.0.0.1:8080","job":"web"'


def _large() -> Iterator[bytes]:
    """Yield 200 MB in few series."""
    yield from _joined(b'{"metric":{"note":"%s"},"value":[1700000000,"1"]}' % (b"x" * 2**16), 3200)


def _many() -> Iterator[bytes]:
    """Yield a million series."""
    each = b'{"metric":{"__name__":"up",' + _POD + b'},"value":[1700000000.123,"1"]}'
    yield from _joined(each, 1_000_000)


def _series() -> Iterator[bytes]:
    """Yield as many series as are read."""
    each = b'{"metric":{"__name__":"up",' + _POD + b'},"value":[1700000000.123,"1"]}'
    yield from _joined(each, 5000)


def _points() -> Iterator[bytes]:
    """Yield as many points as are read, of 400 series."""
    points = b",".join(b'[%d,"0.%d"]' % (1_700_000_000 + n, n) for n in range(250))
    each = b'{"metric":{"__name__":"up",' + _POD + b'},"values":[' + points + b"]}"
    yield from _joined(each, 400)


def _joined(each: bytes, count: int) -> Iterator[bytes]:
    for start in range(0, count, 100):
        numbers = range(start, min(start + 100, count))
        block = b",".join(each % n if b"%07d" in each else each for n in numbers)
        yield block if start == 0 else b"," + block


def _warm() -> Iterator[bytes]:
    """Yield one series."""
    yield b'{"metric":{},"value":[1700000000,"1"]}'


BODIES: Mapping[str, tuple[bytes, Callable[[], Iterator[bytes]]]] = {
    "warm": (b"vector", _warm),
    "large": (b"vector", _large),
    "many": (b"vector", _many),
    "series": (b"vector", _series),
    "points": (b"matrix", _points),
}


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.partition("content-length:")[2].partition("\r\n")[0])
        form = parse_qs((await reader.readexactly(length)).decode())
        shape, body = BODIES[form["query"][0]]
        writer.write(_HEAD % shape)
        for block in body():
            writer.write(block)
            await writer.drain()
        writer.write(_TAIL)
        await writer.drain()
    except ConnectionError:
        return  # the bot has read enough
    finally:
        writer.close()


async def _serve() -> None:
    async with await asyncio.start_server(_answer, "127.0.0.1", 0) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve())
