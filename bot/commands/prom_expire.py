"""`prom expire`: a silence ends now; somebody else's is shown first."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from bot.core.alerting import Silence
from bot.core.command import Access, Command, Effect, Family, switch, text
from bot.core.errors import UsageError
from bot.core.monitoring import source_flag
from bot.core.ports import Scope
from bot.core.reply import Aside, Choice, Choices, Fields, Part, Text
from bot.grammar import silencing
from bot.grammar.matchers import written
from bot.render.alerts import count, line, nowhere

# So much of an id names one silence among all that a place ever has.
_LEAST = 4


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `prom expire`."""

    arguments: tuple[str, ...] = ()
    all_namespaces: bool = switch("A", help="A silence about all namespaces.")
    source: str = source_flag()
    confirm: str = text(help="What the button of the preview carries; nobody types it.")


async def run(scope: Scope, options: Options) -> AsyncIterator[Part]:
    """Yield that it has ended, or what would."""
    if len(options.arguments) != 1 or "--all-contexts" in scope.text.split():
        raise UsageError(
            "error: prom expire takes the id of one silence",
            next_step="`prom silences` lists them.",
        )
    peer = await scope.monitoring.silences(everywhere=options.all_namespaces, source=options.source)
    silence = _found(await peer.silences(), options.arguments[0], nowhere(peer.reach))
    about = (
        scope.context,
        options.source,
        silence.id,
        written(silence.matchers),
        str(silence.ends_at),
    )
    if options.confirm:
        silencing.check_press(options.confirm, scope.now, *about)
    elif not peer.own(silence):
        await peer.admitted(silence.matchers)
        press = silencing.press_of(scope.now, *about)
        found = count(len(await peer.notices(silence.matchers)), "alert")
        yield Text(f"This silence is somebody else's; it holds {found} now.\n")
        yield _described(silence)
        phrase = silencing.again(scope.text, f"--confirm={press}")
        if silencing.typable(phrase):
            yield Choices("End it? Nothing is changed yet.", (Choice("End the silence", phrase),))
        return
    done = await peer.expire(silence)
    yield Text(f"silence/{line(silence.id)} expired\n")
    if done.warning:
        yield Aside(done.warning)


def _found(silences: Sequence[Silence], id: str, where: str) -> Silence:
    """Return the one silence whose id is this, or begins so.

    Raises:
        UsageError: there is none, or more than one.
    """
    found = [one for one in silences if one.id.startswith(id)] if len(id) >= _LEAST else []
    exact = [one for one in found if one.id == id]
    if len(exact or found) == 1:
        return (exact or found)[0]
    many = f"{len(found)} silences begin so" if found else "there is none"
    raise UsageError(
        f'error: "{line(id)}" names no silence {where}: {many}',
        next_step="`prom silences` lists them with their ids; -A those about all namespaces.",
    )


def _described(silence: Silence) -> Fields:
    return Fields(
        (
            ("Matchers", line(written(silence.matchers))),
            ("By", line(silence.created_by)),
            ("Why", line(silence.comment)),
            ("Ends", f"{silence.ends_at:%Y-%m-%d %H:%M} UTC"),
        )
    )


COMMAND = Command(
    phrase="prom expire",
    summary="End a silence now",
    usage="ID [-A]",
    family=Family.PROM,
    effect=Effect.READ,
    access=(Access("list", "pods"),),
    options=Options,
    run=run,
    examples=("prom expire 0b1e6c2a-5f0e-4c59-9d1b-6a7f4f9c2d11",),
)
