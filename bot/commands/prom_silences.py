"""`prom silences`: what is silenced, by whom, why and until when."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from bot.core.alerting import Silence
from bot.core.command import Access, Command, Effect, Family, switch
from bot.core.errors import UsageError
from bot.core.monitoring import source_flag
from bot.core.ports import Scope
from bot.core.reply import Aside, Part, Row, Table, Text
from bot.grammar.matchers import written
from bot.render.alerts import line, nowhere, silence_state

COLUMNS = ("ID", "ENDS IN", "BY", "MATCHERS", "COMMENT")
_SHOWN, _MATCHERS = 200, 200


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `prom silences`."""

    arguments: tuple[str, ...] = ()
    all_namespaces: bool = switch("A", help="Silences about all namespaces, too.")
    source: str = source_flag()


async def run(scope: Scope, options: Options) -> AsyncIterator[Part]:
    """Yield a row for each, the next to end first."""
    if options.arguments:
        raise UsageError(
            "error: prom silences lists everything and takes no words",
            next_step=f"Type `prom silences | grep {options.arguments[0]}`.",
        )
    peer = await scope.monitoring.silences(everywhere=options.all_namespaces, source=options.source)
    silences = await peer.silences()
    if not silences:
        yield Text(f"Nothing is silenced {nowhere(peer.reach)}.\n")
        return
    rows = [_row(one, scope.now) for one in silences[:_SHOWN]]
    yield Table("silences", COLUMNS, rows)
    if len(silences) > _SHOWN:
        yield Aside(f"… and {len(silences) - _SHOWN} more silences.")


def _row(silence: Silence, now: datetime) -> Row:
    return (
        line(silence.id),
        silence_state(silence, now),
        line(silence.created_by),
        line(written(silence.matchers), _MATCHERS),
        line(silence.comment),
    )


COMMAND = Command(
    phrase="prom silences",
    summary="List what is silenced, by whom and why",
    usage="[-A]",
    family=Family.PROM,
    effect=Effect.READ,
    access=(Access("list", "pods"),),
    options=Options,
    run=run,
    examples=("prom silences", "prom silences -A"),
)
