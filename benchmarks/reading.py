"""The rows of the other reading commands: describe, several types at once, templates, logs."""

from benchmarks.cost import Way, in_process
from benchmarks.duels import duel
from benchmarks.figures import (
    Figure,
    no_more_memory_than,
    no_more_than_times,
    no_more_time_than,
)
from benchmarks.filling import NAMESPACES
from benchmarks.rows import GROWTH_MEBIBYTES, STALL_SECONDS
from benchmarks.stand import Stand
from bot.kube.redaction import HIDDEN, Redactor
from tests.cluster.build import say

SHARE = 1 / 8
"""Of kubectl's time, for `describe pod` and `get all`."""
BIG = NAMESPACES["big"]
NAMES = "get pods -n big -o jsonpath='{range .items[*]}{.metadata.name}{\"\\n\"}{end}'"
LOG_MEBIBYTES, LOG_SECONDS = 8, 0.8
"""A reader of logs shall not wait for the redaction: 10 MiB a second are more than a pod prints."""
_PIECE = 64 * 1024
_LINES = (
    '2026-11-28T12:00:00.123Z INFO shop.web request=7f3a9c GET /api/items 200 12ms "Mozilla/5.0"\n',
    '{"level":"info","ts":1764331200.5,"msg":"listed","path":"/items","user":"ada","took":0.012}\n',
    "E1128 12:00:00.000000  1 reconciler.go:42] pods is forbidden: User cannot list resource\n",
)
_LOGIN = "connecting with password=correct-horse-battery-cable\n"


async def described(stand: Stand) -> list[Figure]:
    """Measure one description, and a list of several types, beside kubectl's."""
    [pod, *_] = stand.bed.kubectl.out("get", "pods", "-n=small", "-o=name").split()
    return [
        await _beside_kubectl(stand, f"describe {pod} -n small", 30),
        await _beside_kubectl(stand, "get all -n small", NAMESPACES["small"]),
    ]


async def _beside_kubectl(stand: Stand, phrase: str, lines: int) -> Figure:
    say(f"beside kubectl: {phrase} ...")
    ways: dict[str, Way] = {"bot": stand.inside(phrase, lines), "kubectl": stand.kubectl(phrase)}
    costs = await duel(ways, 40)
    what = "describe pod" if phrase.startswith("describe") else "get all"
    return no_more_than_times(what, costs["bot"].wall, "kubectl", costs["kubectl"].wall, SHARE)


def templates(stand: Stand) -> list[Figure]:
    """Measure how a process grows, and how long others wait, while it fills a long template."""
    say("memory and stalls: -o jsonpath of 10,000 pods ...")
    found, what = stand.alone(NAMES, BIG), "10,000 pods, -o jsonpath"
    return [
        no_more_memory_than(f"{what}: growth", found.growth, GROWTH_MEBIBYTES),
        no_more_time_than(f"{what}: stall", found.stall, STALL_SECONDS),
    ]


async def logs() -> list[Figure]:
    """Measure the redaction of a long log, piece by piece as it arrives."""
    say(f"redaction of {LOG_MEBIBYTES} MiB of logs ...")
    plain = _text("".join(_LINES))
    logins = _text("".join((*_LINES * 30, _LOGIN)))
    return [
        await _redacted(f"{LOG_MEBIBYTES} MiB of logs, redacted", plain),
        await _redacted(f"{LOG_MEBIBYTES} MiB of logs with passwords, redacted", logins),
    ]


async def _redacted(what: str, text: str) -> Figure:
    async def redact() -> None:
        redactor = Redactor()
        pieces = range(0, len(text), _PIECE)
        shown = "".join(redactor.feed(text[at : at + _PIECE]) for at in pieces)
        shown += redactor.finish()
        assert (HIDDEN in shown) == (_LOGIN in text)

    costs = [await in_process(redact()) for _ in range(3)]
    return no_more_time_than(what, min(cost.cpu for cost in costs), LOG_SECONDS)


def _text(block: str) -> str:
    return block * (LOG_MEBIBYTES * 2**20 // len(block))
