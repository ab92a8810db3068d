"""`| grep` and its kin at work on a reply, while it comes."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import AbstractAsyncContextManager, aclosing, nullcontext

from bot.core.reply import Aside, Attached, Chart, Choices, Link, Part, Problem, Reply, Text
from bot.grammar.filters import Filter
from bot.grammar.sieve import Sieve
from bot.render.plain import PlainRenderer


def filtered(reply: Reply, filters: tuple[Filter, ...]) -> Reply:
    """Return what the filters leave of the reply's text; what stands beside it passes untouched."""
    return _sifted(reply, Sieve(filters)) if filters else reply


async def _sifted(reply: Reply, sieve: Sieve) -> AsyncIterator[Part]:
    renderer, rest = PlainRenderer(), ""
    async with finishing(reply):
        async for part in reply:
            if isinstance(part, Aside | Problem | Choices | Chart | Attached | Link):
                yield part
                continue
            *lines, rest = (rest + renderer.feed(part)[0]).split("\n")
            for text in _texts(sieve.push(lines)):
                yield text
            if sieve.full():
                break
    *last, rest = (rest + renderer.finish()).split("\n")
    for text in _texts([*sieve.push(last + [rest] * bool(rest)), *sieve.finish()]):
        yield text


def finishing(reply: Reply) -> AbstractAsyncContextManager[object]:
    """End the reply with the block: what it reads from is closed now, and not some time later."""
    return aclosing(reply) if isinstance(reply, AsyncGenerator) else nullcontext()


def _texts(lines: Iterable[str]) -> Iterable[Text]:
    joined = "".join(f"{line}\n" for line in lines)
    return (Text(joined),) if joined else ()
