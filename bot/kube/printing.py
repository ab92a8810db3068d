"""Objects as `-o` asks for them: documents, names, templates and columns of one's own.

Of a long list no more is held than what will be printed of it, or looked at for that.
"""

import asyncio
import zlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import TypeAlias, TypeVar, assert_never

import orjson

from bot.core.errors import UsageError
from bot.core.ports import JsonObject
from bot.core.reply import Part, Table, Text
from bot.kube import documents, sorting
from bot.kube.jsonpath.looking import of_items
from bot.kube.jsonpath.writing import checked, printed
from bot.kube.outputs import Columns, Documents, Jsonpath, Names

Written: TypeAlias = Documents | Names | Jsonpath | Columns
"""What is made of whole objects."""
KeptT = TypeVar("KeptT")
# Names that make one part: as many as the server sends at a time.
_NAMES = 500


@dataclass(frozen=True, slots=True)
class Manner:
    """How objects are printed."""

    output: Written
    sort_by: str = ""
    headers: bool = True
    ignore_nothing: bool = False
    """Whether an empty list is not worth a word."""
    managed_fields: bool = False
    missing_allowed: bool = True

    def filled(self, output: Jsonpath, data: JsonObject) -> str:
        """Return the template filled with an object or a `List`.

        Raises:
            UsageError: it does not fit.
        """
        return printed(
            output.template,
            data,
            as_json=output.as_json,
            missing_allowed=self.missing_allowed,
        )


Items: TypeAlias = AsyncIterator[JsonObject]


def listed(items: Items, manner: Manner, *, single: bool) -> AsyncIterator[Part]:
    """Yield the objects as one list, or the `single` one as itself."""
    match manner.output:
        case Names():
            return _names(items, manner)
        case Columns() as output:
            return _columns(items, manner, output)
        case Jsonpath() as output:
            return _filled(items, manner, output, single=single)
        case Documents(yaml):
            print_ = _document if single else _list
            return print_(items, manner, yaml=yaml)
        case _:
            assert_never(manner.output)


async def _kept(
    items: Items, manner: Manner, keep: Callable[[JsonObject], KeptT]
) -> AsyncIterator[KeptT]:
    """Yield what is kept of each object, in the order that was asked for."""
    if not manner.sort_by:
        async for item in items:
            yield keep(item)
        return
    first = await anext(items, None)
    if first is None:
        return  # nothing is in order, whatever was typed
    field = sorting.read_field(manner.sort_by)
    # The value alone is kept: the objects of a long list would fill the memory.
    valued = [(field.of(first), keep(first))]
    valued += [(field.of(item), keep(item)) async for item in items]
    # In a thread, because comparing 10,000 values takes longer than others should wait.
    for kept in await asyncio.to_thread(sorting.ordered, valued, field):
        yield kept


async def _names(items: Items, manner: Manner) -> AsyncIterator[Part]:
    names: list[str] = []
    async for name in _kept(items, manner, _name):
        names.append(name)
        if len(names) == _NAMES:
            yield Text("".join(names))
            names.clear()
    yield Text("".join(names))


def _name(item: JsonObject) -> str:
    group = item["apiVersion"].rpartition("/")[0]
    return f"{item['kind'].lower()}{'.' if group else ''}{group}/{item['metadata']['name']}\n"


async def _columns(items: Items, manner: Manner, output: Columns) -> AsyncIterator[Part]:
    _ = output.templates  # what is wrong with them is told of an empty list, too
    async for row in _kept(items, manner, output.row):
        yield Table("", output.headers, [row], manner.headers)
        await asyncio.sleep(0)


async def _filled(
    items: Items, manner: Manner, output: Jsonpath, *, single: bool
) -> AsyncIterator[Part]:
    template = checked(output.template)
    keep = (lambda item: item) if single else of_items(template).left_of
    kept = [each async for each in _kept(items, manner, keep)]
    if not kept and (single or manner.ignore_nothing):
        return
    data = kept[0] if single else documents.as_list(kept)
    # In a thread, because a template of 10,000 objects takes longer than others should wait.
    yield Text(await asyncio.to_thread(manner.filled, output, data))


async def _document(items: Items, manner: Manner, *, yaml: bool) -> AsyncIterator[Part]:
    async for item in items:
        yield _text(documents.prepared(item, managed_fields=manner.managed_fields), yaml=yaml)


async def _list(items: Items, manner: Manner, *, yaml: bool) -> AsyncIterator[Part]:
    empty, writer = True, documents.ListWriter(yaml=yaml)
    async for item in _sorted(items, manner) if manner.sort_by else items:
        shown, empty = documents.prepared(item, managed_fields=manner.managed_fields), False
        yield Text(writer.item(shown), "yaml" if yaml else "json")
        await asyncio.sleep(0)  # one object at a time: a big list holds nobody up
    if not (empty and manner.ignore_nothing):
        yield Text(writer.end(), "yaml" if yaml else "json")


async def _sorted(items: Items, manner: Manner) -> AsyncIterator[JsonObject]:
    """Yield whole objects in their order; until then they are packed, a tenth of their size."""
    async for packed in _kept(items, manner, _packed):
        item: JsonObject = orjson.loads(zlib.decompress(packed))
        yield item


def _packed(item: JsonObject) -> bytes:
    return zlib.compress(orjson.dumps(item), level=1)


def _text(value: object, *, yaml: bool) -> Text:
    if yaml:
        return Text(documents.to_yaml(value), "yaml")
    return Text(documents.to_json(value), "json")


@dataclass
class Live:
    """Prints one object after the other, for as long as somebody looks."""

    manner: Manner
    _begun: bool = False

    def part(self, item: JsonObject, event: str = "", *, more: bool = False) -> Part:
        """Return one more object, or the event of that type that it came with.

        `more` says that another one follows at once, whose columns are as wide.

        Raises:
            UsageError: a template does not fit.
        """
        shown = {"object": item, "type": event} if event else item
        match self.manner.output:
            case Names():
                return Text(_name(item))
            case Columns() as output:
                row = output.row(shown)
                return Table("", output.headers, [row], self.manner.headers, live=not more)
            case Jsonpath() as output:
                return Text(self._filled(output, shown))
            case Documents(yaml=True):
                begun, self._begun = self._begun, True
                return Text("---\n" * begun + documents.to_yaml(self._prepared(shown)), "yaml")
            case Documents():
                return Text(self._json(item, event), "json")
            case _:
                assert_never(self.manner.output)

    def _json(self, item: JsonObject, event: str) -> str:
        if event:
            return f'{{"type":"{event}","object":{documents.to_compact_json(item)}}}\n'
        return documents.to_json(self._prepared(item))

    def _prepared(self, item: JsonObject) -> JsonObject:
        # Of an event, kubectl prints the managed fields whether they are wanted or not.
        return documents.prepared(item, managed_fields=self.manner.managed_fields)

    def _filled(self, output: Jsonpath, data: JsonObject) -> str:
        try:
            return self.manner.filled(output, data)
        except UsageError as error:
            told = error.text.removeprefix("error: ")
            raise UsageError(f"error: unable to output the provided object: {told}") from None
