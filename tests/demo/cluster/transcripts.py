"""What the real kubectl says and how it exits, command by command: transcripts/NAME.txt.

    $ kubectl get deployment web        a command; everything below it is what came of it
    NAME  READY ...                     standard output
    ! Error from server ...             standard error
    [1]                                 the exit code, when it is not 0
    $ ~kubectl rollout status ...       of its output only the last line counts, since what comes
                                        before depends on the moment
    $ *kubectl drain ...                what it says comes in any order

To write one, write the commands; the real control plane says the rest:

    python -m tests.demo.cluster.transcripts KUBECONFIG [NAME ...]

Each transcript has a namespace of its own, `{ns}` (a node may be called so, too), and the files of
transcripts/manifests by their names. Ages, times, addresses and generated names are ignored, and
the widths of columns with them.
"""

import re
import secrets
import shlex
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.cluster.kubectl import Kubectl
from tests.conformance.cluster.normal import normal

FOLDER = Path(__file__).with_name("transcripts")
MANIFESTS = FOLDER / "manifests"
SECONDS = 60
"""The longest that one command may take."""
_IGNORED = (
    (re.compile(r"\w{3}, \d\d \w{3} \d{4} [\d:]{8} [+-]\d{4}"), "<time>"),
    (re.compile(r"(?<![\w.:/-])(\d+(\.\d+)?(ms|[dhms]))+(?![\w.:/-])"), "<age>"),
    # The bed's kubelets hold their leases under another name than a kubelet's own.
    (re.compile(r"HolderIdentity: .*"), "HolderIdentity:"),
    (re.compile(r" {2,}"), "  "),
    (re.compile(r"[ \t]+$", re.M), ""),
)
# The bed's kubelets (KWOK) tell no events of containers, and give each node one more address.
_OF_THE_BED = re.compile(r"  kubelet +spec\.(init)?[cC]ontainers|^  Hostname: +localhost")


def names() -> list[str]:
    """Return the transcripts' names."""
    return sorted(file.stem for file in FOLDER.glob("*.txt"))


def written(name: str) -> str:
    """Return the transcript as it was recorded."""
    return (FOLDER / f"{name}.txt").read_text("utf-8")


def typed(transcript: str) -> list[str]:
    """Return a transcript's commands, as they stand behind `$ `."""
    return [line[2:] for line in transcript.splitlines() if line.startswith("$ ")]


def played(kubectl: Kubectl, commands: Sequence[str]) -> str:
    """Return the transcript of the commands, typed in a new namespace that is then removed."""
    namespace = f"case-{secrets.token_hex(4)}"
    kubectl.out("create", "namespace", namespace)
    try:
        with tempfile.TemporaryDirectory() as folder:
            for file in MANIFESTS.iterdir():
                text = file.read_text("utf-8").replace("{ns}", namespace)
                (Path(folder) / file.name).write_text(text, "utf-8")
            stage = _Stage(kubectl, namespace, Path(folder))
            return "".join(line for each in commands for line in stage.lines(each))
    finally:
        kubectl("delete", "namespace", namespace, "--wait=false")


@dataclass(frozen=True, slots=True)
class _Stage:
    kubectl: Kubectl
    namespace: str
    manifests: Path

    def lines(self, command: str) -> Iterator[str]:
        """Yield what of the transcript comes of one command."""
        mark, words = command[0], shlex.split(command.lstrip("~*").replace("{ns}", self.namespace))
        files = {file.name: str(file) for file in self.manifests.iterdir()}
        done = self.kubectl(
            f"--namespace={self.namespace}",
            *(files.get(word, word) for word in words[1:]),
            seconds=SECONDS,
        )
        told = (line for line in done.stdout.splitlines() if not _OF_THE_BED.search(line))
        out = [_plain(line, self.namespace) for line in told]
        err = [_plain(line, self.namespace) for line in done.stderr.splitlines()]
        if mark == "*":
            out, err = sorted(out), [_in_order(line) for line in err]
        yield f"$ {command}\n"
        yield from (f"{line}\n" for line in (out[-1:] if mark == "~" else out))
        yield from (f"! {line}\n" for line in err)
        if done.returncode:
            yield f"[{done.returncode}]\n"


def _in_order(line: str) -> str:
    """Return `Warning: a; b` with its parts in an order of their own."""
    head, colon, parts = line.partition(": ")
    return head + colon + "; ".join(sorted(parts.split("; ")))


def _plain(line: str, namespace: str) -> str:
    line = str(normal(line, {"ns": namespace}))
    for pattern, word in _IGNORED:
        line = pattern.sub(word, line)
    return line


def main(kubeconfig: str, *chosen: str) -> None:
    """Record the transcripts on the cluster of a kubeconfig."""
    with tempfile.TemporaryDirectory() as home:
        kubectl = Kubectl(Path(sys.executable).with_name("kubectl"), Path(kubeconfig), Path(home))
        for name in chosen or names():
            (FOLDER / f"{name}.txt").write_text(played(kubectl, typed(written(name))), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
