"""What both answer to one phrase, in a folder with the same files."""

import io
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.core.request import Attachment, Person, Place, Request, Surface
from bot.kube.documents import to_yaml
from bot.kube.masking import mask
from bot.terminal import Terminal, TerminalOutlet
from tests.clock import ManualClock
from tests.cluster.boxes import KUBECTL
from tests.cluster.kubectl import QUICK
from tests.conformance.generators.phrases import FILES

# Nothing listens there: whatever asks a cluster fails.
SERVER = "http://127.0.0.1:1"
_SAID_BESIDE = ("E", "W", "I")


@dataclass(frozen=True, slots=True)
class Answer:
    """Exit code and both streams."""

    code: int
    out: str
    err: str


def furnish(folder: Path) -> Path:
    """Write the files and a kubeconfig into a folder; return the kubeconfig."""
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    config = folder / "kubeconfig"
    config.write_text(
        yaml.safe_dump(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "current-context": "here",
                "users": [{"name": "someone", "user": {}}],
                "clusters": [{"name": "here", "cluster": {"server": SERVER}}],
                "contexts": [
                    {
                        "name": "here",
                        "context": {"cluster": "here", "user": "someone", "namespace": "team"},
                    }
                ],
            }
        )
    )
    return config


def theirs(config: Path, words: Sequence[str]) -> Answer:
    """Return what kubectl answers, with Secret values hidden as they are here."""
    environment = {"HOME": str(config.parent), "KUBECONFIG": str(config), "TZ": "UTC", "PATH": ""}
    done = subprocess.run(
        [KUBECTL, *words],
        cwd=config.parent,
        env=environment | QUICK,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return Answer(done.returncode, _masked(done.stdout), without_log(done.stderr))


async def ours(terminal: Terminal, words: Sequence[str]) -> Answer:
    """Return what the bot answers in a terminal with those files."""
    out, err = io.StringIO(), io.StringIO()
    files = tuple(Attachment(name, content, source=name) for name, content in FILES.items())
    also = tuple(Attachment(n, c, source=f"./{n}") for n, c in FILES.items())
    place, now = Place(Surface.TERMINAL), ManualClock().now()
    request = Request(
        *("id", Person("terminal"), place, shlex.join(words), now), files=files + also, plain=True
    )
    outcome = await terminal.engine.serve(request, TerminalOutlet(out, err))
    return Answer(outcome.exit_code, out.getvalue(), err.getvalue())


def recorded(answer: Answer) -> Mapping[str, object]:
    """Return an answer as it is kept in a file."""
    return {"code": answer.code, "out": answer.out, "err": answer.err}


def _masked(text: str) -> str:
    if "\nkind: Secret\n" not in text:
        return text
    return to_yaml(mask(yaml.load(text, Loader=yaml.CBaseLoader)))


def without_log(text: str) -> str:
    """Return what kubectl said without the lines of its own log."""
    lines = text.splitlines(keepends=True)
    return "".join(line for line in lines if not _is_log(line))


def _is_log(line: str) -> bool:
    return line[:1] in _SAID_BESIDE and line[1:5].isdigit()
