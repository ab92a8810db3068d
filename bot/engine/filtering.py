"""`| grep` and its kin at work on a reply, while it comes."""

from collections.abc import AsyncIterator, Iterable

from bot.core.reply import Aside, Part, Problem, Reply, Text
from bot.grammar.filters import Filter
from bot.grammar.sieve import Sieve
from bot.render.plain import PlainRenderer


async def filtered(reply: Reply, filters: tuple[Filter, ...]) -> AsyncIterator[Part]:
    """Yield what the filters leave of the reply's text; asides and problems pass untouched."""
    if not filters:
        async for part in reply:
            yield part
        return
    sieve, renderer, rest = Sieve(filters), PlainRenderer(), ""
    async for part in reply:
        if isinstance(part, Aside | Problem):
            yield part
            continue
        *lines, rest = (rest + renderer.feed(part)[0]).split("\n")
        for text in _texts(sieve.push(lines)):
            yield text
        if sieve.full():
            break
    last = (rest + renderer.finish()).splitlines()
    for text in _texts([*sieve.push(last), *sieve.finish()]):
        yield text


def _texts(lines: Iterable[str]) -> Iterable[Text]:
    joined = "".join(f"{line}\n" for line in lines)
    return (Text(joined),) if joined else ()
