"""Logs and exec on the wire, with kubectl as the client."""

import os
import pty
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.boxes import RunningBox, running_box
from tests.cluster.kubectl import QUICK, Kubectl

POD = """
apiVersion: v1
kind: Pod
metadata: {name: one}
spec: {containers: [{name: app, image: "registry.example.org/shop/web:1"}]}
---
apiVersion: v1
kind: Pod
metadata: {name: bad}
spec: {containers: [{name: app, image: "registry.example.org/shop/web:bad"}]}
"""


@pytest.fixture(scope="module")
def box() -> Iterator[RunningBox]:
    with running_box(("nodes",)) as running:
        yield running


@pytest.fixture(scope="module")
def kubectl(box: RunningBox, tmp_path_factory: pytest.TempPathFactory) -> Kubectl:
    kubectl = box.kubectl(tmp_path_factory.mktemp("home"))
    kubectl.out("apply", "--validate=false", "-f", "-", stdin=POD)
    kubectl.out("wait", "--for=condition=Ready", "pod/one")
    reason = "--for=jsonpath={.status.containerStatuses[0].state.waiting.reason}=ImagePullBackOff"
    kubectl.out("wait", reason, "pod/bad")
    return kubectl


@pytest.mark.parametrize(
    ("command", "stdin", "code", "out"),
    [
        (("exec", "one", "--", "echo", "hello"), None, 0, "hello\n"),
        (("exec", "one", "--", "sh", "-c", "echo a; exit 42"), None, 42, "a\n"),
        (("exec", "one", "--", "false"), None, 1, ""),
        (("exec", "-i", "one", "--", "cat"), "a\nb\n", 0, "a\nb\n"),
        (("exec", "-i", "one", "--", "sh"), "echo a\n\nexit 3\n", 3, "a\n"),
        (("exec", "-i", "one", "--", "/bin/bash"), "false\nexit\n", 1, ""),
        (("exec", "-i", "one", "--", "sh"), "false\n", 1, ""),
        (("exec", "one", "--", "cat"), "ignored", 0, ""),
    ],
    ids=["echo", "exit 42", "false", "stdin", "a shell's stdin", "an exit without a code",
         "no exit", "no stdin"],
)  # fmt: skip
def test_a_command_ends_with_its_own_exit_code(
    kubectl: Kubectl, command: tuple[str, ...], stdin: str | None, code: int, out: str
) -> None:
    done = kubectl(*command, stdin=stdin)
    assert (done.returncode, done.stdout) == (code, out)
    told = f"command terminated with exit code {code}\n" if code else ""
    assert done.stderr == told


def test_a_terminal_is_said_to_be_out_of_scope(kubectl: Kubectl) -> None:
    ours, theirs = pty.openpty()
    shell = subprocess.run(
        [str(kubectl.binary), "exec", "-it", "one", "--", "/bin/sh"],
        env=dict(kubectl.environment()) | QUICK,
        stdin=theirs,
        stdout=theirs,
        stderr=subprocess.PIPE,
        text=True,
        timeout=30,
        check=False,
    )
    os.close(theirs)
    os.close(ours)
    assert shell.returncode == 1
    assert "a terminal is out of scope of a simulated cluster" in shell.stderr


@pytest.mark.parametrize(
    ("script", "code", "why"),
    [
        ("nosuch a", 127, "nosuch: not found"),
        ("echo a | cat", 2, "the simulated shell knows plain words alone"),
        ("echo 'a b'", 2, "the simulated shell knows plain words alone"),
    ],
)
def test_a_shell_says_what_it_cannot_do(kubectl: Kubectl, script: str, code: int, why: str) -> None:
    done = kubectl("exec", "one", "--", "sh", "-c", script)
    assert done.returncode == code
    assert done.stderr.startswith(f"sh: {why}\n")


def test_there_are_no_files(kubectl: Kubectl) -> None:
    done = kubectl("exec", "one", "--", "cat", "/etc/passwd")
    told = "cat: /etc/passwd: No such file or directory\ncommand terminated with exit code 1\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", told)


def test_an_unknown_command_is_an_internal_error(kubectl: Kubectl) -> None:
    done = kubectl("exec", "one", "--", "nosuch")
    assert done.returncode == 1
    assert 'exec: "nosuch": executable file not found in $PATH' in done.stderr


def test_a_container_that_does_not_run_cannot_be_entered(kubectl: Kubectl) -> None:
    done = kubectl("exec", "bad", "--", "true")
    assert done.returncode == 1
    assert done.stderr == (
        "error: Internal error occurred: unable to upgrade connection: "
        'container not found ("app")\n'
    )


def test_a_container_that_never_ran_has_no_log(kubectl: Kubectl) -> None:
    done = kubectl("logs", "bad")
    assert done.returncode == 1
    assert done.stderr == (
        'Error from server (BadRequest): container "app" in pod "bad" is waiting to start: '
        "trying and failing to pull image\n"
    )


def test_a_container_that_never_ended_has_no_previous_log(kubectl: Kubectl) -> None:
    done = kubectl("logs", "one", "--previous")
    assert done.stderr == (
        "Error from server (BadRequest): previous terminated container "
        '"app" in pod "one" not found\n'
    )


def written(box: RunningBox, name: str, *texts: str) -> Path:
    """Write a log as a container runtime does, a line each minute."""
    file = box.box.logs / f"{name}.log"
    stamps = (f"2026-01-01T12:{minute:02}:00.000000001Z" for minute in range(60))
    lines = (f"{stamp} stdout F {text}\n" for stamp, text in zip(stamps, texts, strict=False))
    file.write_text("".join(lines))
    return file


@pytest.mark.parametrize(
    ("flags", "out"),
    [
        ((), "a\nbb\nccc\n"),
        (("--tail=2",), "bb\nccc\n"),
        (("--tail=0",), ""),
        (("--limit-bytes=4",), "a\nbb"),
        (("--since-time=2026-01-01T12:01:00Z",), "bb\nccc\n"),
        (("--since=1h",), ""),
        (("--timestamps", "--tail=1"), "2026-01-01T12:02:00.000000001Z ccc\n"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_flags_choose_of_a_log(
    box: RunningBox, kubectl: Kubectl, flags: tuple[str, ...], out: str
) -> None:
    written(box, "one", "a", "bb", "ccc")
    assert kubectl.out("logs", "one", *flags) == out


def test_a_log_is_followed_until_its_pod_is_gone(box: RunningBox, kubectl: Kubectl) -> None:
    kubectl.out("run", "two", "--image=registry.example.org/shop/web:1", "--restart=Never")
    kubectl.out("wait", "--for=condition=Ready", "pod/two")
    file = written(box, "two", "a")
    follow = subprocess.Popen(
        [str(kubectl.binary), "logs", "-f", "two"],
        env=dict(kubectl.environment()) | QUICK,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert follow.stdout is not None
    assert follow.stdout.readline() == "a\n"
    with file.open("a") as log:
        log.write("2026-01-01T13:00:00.000000001Z stdout F b\n")
    assert follow.stdout.readline() == "b\n"
    kubectl.out("delete", "pod", "two", "--now")
    assert (follow.communicate(timeout=30)[0], follow.returncode) == ("", 0)


def test_a_container_speaks_by_itself_until_somebody_writes_for_it(
    box: RunningBox, kubectl: Kubectl
) -> None:
    file = written(box, "one")
    file.unlink()
    assert kubectl.out("logs", "one").splitlines()[0] == "listening on :8080"
    written(box, "app", "fatal: out of memory")
    assert kubectl.out("logs", "one") == "fatal: out of memory\n"


def test_who_was_impersonated_stands_in_the_audit_log(box: RunningBox, kubectl: Kubectl) -> None:
    assert kubectl("get", "pods", "--as=eve", "--as-group=team-a").returncode == 1
    events = [line for line in box.box.audit_log.read_text().splitlines() if '"eve"' in line]
    assert (
        '"impersonatedUser":{"username":"eve","groups":["team-a","system:authenticated"]}'
        in (events[-1])
    )
    assert '"authorization.k8s.io/decision":"forbid"' in events[-1]
