"""The terminal: kubectl's two streams and its exit code, and a question before a change."""

import asyncio
import base64
import io
import os
import re
import shlex
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from hypothesis import given
from hypothesis import strategies as st

from bot.core.clock import SystemClock
from bot.core.metrics import Reach
from bot.core.request import Surface
from bot.demo.prometheus.samples import Store
from bot.grammar.normalise import normalise
from bot.grammar.tokens import read_line
from bot.kube.fleet import Fleet, Options
from bot.late import LateSources
from bot.render.inline import Inline
from bot.terminal import Keyboard, Terminal, open_terminal, run_words
from tests.commands.measured import fill, prometheus
from tests.kube.files import kubeconfig
from tests.kube.server import ACCESS_REVIEWS, ApiServer, api_server, body, hang, status, warned
from tests.prometheus.peer import UP, always, serving, vector
from tests.several import Call, Ended, called

ROOT = Path(__file__).parents[1]
PODS = "/api/v1/namespaces/shop/pods"
SCALE = "/apis/apps/v1/namespaces/shop/deployments/web/scale"
PHRASE = "scale deploy web --replicas=5"
TABLE = {
    "kind": "Table",
    "columnDefinitions": [{"name": "Name", "type": "string", "format": "name"}],
    "rows": [{"cells": ["web-1"]}, {"cells": ["web-2"]}],
}


@dataclass
class Screen:
    """A terminal whose streams are kept, and whose questions are answered from a list."""

    terminal: Terminal
    out: io.StringIO
    err: io.StringIO
    answers: list[str]
    questions: list[str] = field(default_factory=list)

    async def ask(self, question: str) -> str:
        self.questions.append(question)
        if not self.answers:
            raise EOFError
        return self.answers.pop(0)

    async def run(self, text: str, *, yes: bool = False, helpful: bool = False) -> int:
        return await self.terminal.run(text, yes=yes, helpful=helpful)


@asynccontextmanager
async def screen(config: Path, *answers: str) -> AsyncIterator[Screen]:
    out, err = io.StringIO(), io.StringIO()
    async with open_terminal(str(config)) as opened:
        shown = Screen(opened, out, err, list(answers))
        shown.terminal = Terminal(opened.engine, opened.fleet, out, err, shown.ask)
        yield shown


@pytest_asyncio.fixture
async def server() -> AsyncIterator[ApiServer]:
    async with api_server() as running:
        running.on(PODS, body(TABLE))
        running.on(SCALE, scale)
        running.on("/api/v1/namespaces/shop", body({"kind": "Namespace"}))
        yield running


async def scale(request: web.BaseRequest) -> web.StreamResponse:
    now = 3 if request.method == "GET" else 5
    metadata = {"name": "web", "uid": "u", "resourceVersion": "1"}
    return await body({"metadata": metadata, "spec": {"replicas": now}})(request)


@pytest.fixture
def config(server: ApiServer, tmp_path: Path) -> Path:
    context = {"cluster": "test", "user": "test", "namespace": "shop"}
    contexts = [{"name": "test", "context": context}]
    return kubeconfig(tmp_path / "config", server.url, contexts=contexts)


def patches(server: ApiServer) -> int:
    return sum(asked.changes for asked in server.asked)


@pytest_asyncio.fixture
async def measured(server: ApiServer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """Let a Prometheus be set up that knows the load of a node."""
    server.on(ACCESS_REVIEWS, body({"status": {"allowed": True}}))
    clock, store = SystemClock(), Store(3_600_000)
    fill(store, clock, "node_load1", lambda ago: 1 + ago / 3_600, node="a")
    async with TestServer(prometheus(store, clock)) as running:
        monkeypatch.setenv("QUARTERDECK_PROMETHEUS__URL", str(running.make_url("/")))
        yield


@pytest.mark.usefixtures("measured")
async def test_a_graph_is_shown_where_it_can_be_and_written_into_the_file_that_was_named(
    config: Path, tmp_path: Path
) -> None:
    # In one terminal, so that one process draws all of them.
    file = tmp_path / "load.png"
    async with screen(config) as shown:
        assert await shown.run("prom graph node_load1 30m") == 0
        table = shown.out.getvalue()
        assert await shown.run(f"prom graph -o png={file} node_load1 30m") == 0
        assert await shown.run(f"prom graph -o png={tmp_path} node_load1") == 1
        for how in Inline:
            out = io.StringIO()
            able = replace(shown.terminal, inline=how, out=out, err=io.StringIO())
            assert await able.run("prom graph node_load1 30m", yes=False) == 0, how
            assert_is_shown_above_its_numbers(out.getvalue(), how)
    assert table.startswith("SERIES")
    assert shown.out.getvalue().startswith(table * 2)
    assert f"The picture is in {file}.\n" in shown.err.getvalue()
    assert shown.err.getvalue().endswith(f"error: {tmp_path}: Is a directory\n")
    assert file.read_bytes().startswith(b"\x89PNG\r\n")
    assert [one for one in tmp_path.iterdir() if one.suffix == ".png"] == [file]


def assert_is_shown_above_its_numbers(written: str, how: Inline) -> None:
    picture, numbers = written.split("SERIES")
    assert picture.startswith("\x1b"), how
    pieces = re.findall(r"[;:]([A-Za-z0-9+/=]+)(?=\x1b|\a)", picture)
    assert base64.b64decode("".join(pieces)).startswith(b"\x89PNG\r\n"), how
    assert "node_load1, namespace=shop, node=a" in numbers, how


async def test_it_acts_as_the_kubeconfigs_user_in_its_contexts_namespace(
    config: Path, server: ApiServer
) -> None:
    async with screen(config) as shown:
        assert await shown.run("get pods") == 0
    assert (shown.out.getvalue(), shown.err.getvalue()) == ("NAME\nweb-1\nweb-2\n", "")
    [asked] = server.to(PODS)
    assert asked.headers["Authorization"] == "Bearer first"
    assert not [name for name in asked.headers if name.lower().startswith("impersonate")]


async def test_what_is_no_result_goes_to_standard_error(config: Path, server: ApiServer) -> None:
    server.on(PODS, warned(TABLE, '299 - "old"'), status(403, "Forbidden", "no"))
    async with screen(config) as shown:
        assert [await shown.run("get pods"), await shown.run("get pods")] == [0, 1]
    assert shown.out.getvalue() == "NAME\nweb-1\nweb-2\n"
    assert shown.err.getvalue() == "Warning: old\nError from server (Forbidden): no\n"


@pytest.mark.parametrize(("helpful", "shown_"), [(True, True), (False, False)])
async def test_only_a_helpful_terminal_says_what_to_do_next(
    config: Path, helpful: bool, shown_: bool
) -> None:
    async with screen(config) as shown:
        await shown.run("edit pods", helpful=helpful)
    assert ("instead" in shown.err.getvalue()) is shown_


async def test_what_to_do_next_is_said_once_for_several_failures(
    config: Path, server: ApiServer
) -> None:
    refused = status(
        403,
        "Forbidden",
        'User "u" cannot list resource "pods" in API group "" in the namespace "shop"',
    )
    server.on(PODS, refused)
    async with screen(config) as shown:
        await shown.run("get pods,pods.v1.", helpful=True)
        await shown.run("apply -f nowhere.yaml", helpful=True)
    refusal, step, missing = shown.err.getvalue().splitlines()
    assert refusal.startswith("Error from server (Forbidden)")
    assert step.startswith("Ask ")
    assert missing == 'error: the path "nowhere.yaml" does not exist'


@pytest.mark.parametrize("answer", ["y", "Y", "yes", " yes "])
async def test_a_change_is_asked_about_and_done(
    config: Path, server: ApiServer, answer: str
) -> None:
    async with screen(config, answer) as shown:
        assert await shown.run(PHRASE) == 0
    assert shown.questions == ["Do this? [y/N] "]
    assert shown.out.getvalue() == "deployment.apps/web scaled\n"
    assert shown.err.getvalue() == "deployment.apps/web in shop: replicas 3 → 5\n"
    assert patches(server) == 1


@pytest.mark.parametrize("answers", [["n"], [""], ["maybe"], []], ids=["no", "enter", "odd", "eof"])
async def test_anything_but_yes_changes_nothing(
    config: Path, server: ApiServer, answers: list[str]
) -> None:
    async with screen(config, *answers) as shown:
        assert await shown.run(PHRASE) == 1
    assert shown.out.getvalue() == ""
    assert "Nothing was changed" in shown.err.getvalue()
    assert patches(server) == 0


async def test_yes_beforehand_asks_nothing(config: Path, server: ApiServer) -> None:
    async with screen(config) as shown:
        assert await shown.run(PHRASE, yes=True) == 0
    assert (shown.questions, shown.err.getvalue()) == ([], "")
    assert shown.out.getvalue() == "deployment.apps/web scaled\n"
    assert patches(server) == 1


async def test_what_others_have_to_approve_is_refused_with_where_to_ask(
    config: Path, server: ApiServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text(
        "version: 1\napproval_channel: C0123456789\ngates: [{effect: change, gate: approve}]\n"
    )
    monkeypatch.setenv("QUARTERDECK_POLICY", str(policy))
    async with screen(config) as shown:
        code = await shown.run(PHRASE, yes=True, helpful=True)
    assert code == 1
    assert "a terminal asks nobody" in shown.err.getvalue()
    assert "in the channel C0123456789" in shown.err.getvalue()
    assert patches(server) == 0


@given(st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))))
def test_words_that_a_shell_has_split_are_read_as_they_are(words: list[str]) -> None:
    line = read_line(normalise(shlex.join(words), Surface.TERMINAL))
    assert (list(line.words), line.filters) == (words, ())


@pytest.mark.parametrize(
    ("typed", "lines"),
    [
        (b"one\ntwo\n", ["one", "two"]),
        (b"one\nlast", ["one", "last"]),
        (b"\n\n", ["", ""]),
        ("müsli\n".encode(), ["müsli"]),
        (b"\xff\n", ["\ufffd"]),
        (b"", []),
    ],
    ids=["lines", "no-end", "empty-lines", "utf-8", "bytes", "nothing"],
)
@pytest.mark.parametrize("kind", ["pipe", "file"])
async def test_lines_come_one_by_one_until_the_input_ends(
    tmp_path: Path, typed: bytes, lines: list[str], kind: str
) -> None:
    if kind == "pipe":
        reading, writing = os.pipe()
        os.write(writing, typed)
        os.close(writing)
    else:
        (tmp_path / "input").write_bytes(typed)
        reading = os.open(tmp_path / "input", os.O_RDONLY)
    keyboard = Keyboard(reading)
    try:
        assert [await keyboard.ask("") for _ in lines] == lines
        with pytest.raises(EOFError):
            await keyboard.ask("")
    finally:
        os.close(reading)


UNWANTED = {
    *("sqlalchemy", "alembic", "aiosqlite", "slack_bolt", "slack_sdk", "structlog"),
    *("prometheus_api_client", "promql_parser", "requests", "matplotlib", "pytest"),
    *("urllib3", "pydantic"),
    *("bot.core.metrics", "bot.engine.silencing"),  # what asks Prometheus
    *("bot.kube.outlook", "bot.kube.changes", "bot.grammar.automaton"),
}
"""What a command does not need that only reads."""


def environment(config: Path | str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "KUBECONFIG": str(config)}


async def started(
    config: Path | str,
    *words: str,
    stdin: int = asyncio.subprocess.PIPE,
    stdout: int = asyncio.subprocess.PIPE,
) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *words),
        env=environment(config),
        stdin=stdin,
        stdout=stdout,
        stderr=asyncio.subprocess.PIPE,
    )


async def ended(process: asyncio.subprocess.Process, typed: bytes = b"") -> Ended:
    out, err = await process.communicate(typed if process.stdin else None)
    assert process.returncode is not None
    return Ended(process.returncode, (out or b"").decode(), err.decode())


async def test_a_failure_is_kubectls_sentence_and_code(
    config: Path, server: ApiServer, capsys: pytest.CaptureFixture[str]
) -> None:
    server.on(f"{PODS}/nope", status(404, "NotFound", 'pods "nope" not found'))
    code = await run_words(["get", "pod", "nope"], str(config), yes=False)
    told = capsys.readouterr()
    failed = Ended(1, "", 'Error from server (NotFound): pods "nope" not found\n')
    assert Ended(code, told.out, told.err) == failed


async def test_a_shell_reads_lines_a_script_says_yes_and_nothing_is_loaded_in_vain(
    config: Path, server: ApiServer
) -> None:
    here = {"KUBECONFIG": str(config)}
    seen = await called(
        Call(["run", "--", "version", "--client"], {"KUBECONFIG": str(config.parent / "none")}),
        Call(["run", "--", "get", "pods"], here),
        Call(["run", "--", *PHRASE.split()], here),
        Call(["run", "--yes", "--", *PHRASE.split()], here),
        Call(["shell"], here, f"get pods\n\n{PHRASE}\ny\nget foo\n"),
    )
    version, pods, unanswered, answered, shell = seen.ended
    assert (version.code, pods) == (0, Ended(0, "NAME\nweb-1\nweb-2\n", ""))
    loaded = seen.loaded[1]
    assert {"bot.commands.version", "bot.commands.get", "aiohttp", "kubernetes"} <= loaded
    assert loaded & UNWANTED == set()
    assert (unanswered.code, unanswered.out) == (1, "")
    assert answered == Ended(0, "deployment.apps/web scaled\n", "")
    # The shell read its commands, and its answers, from one input.
    assert shell.out == "NAME\nweb-1\nweb-2\ndeployment.apps/web scaled\n"
    assert 'the server doesn\'t have a resource type "foo"' in shell.err
    assert shell.code == 1
    # One for whoever said yes beforehand, and one for who did it when asked.
    assert patches(server) == 2


async def test_a_reader_that_has_seen_enough_is_no_error(config: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    process = await started(config, "run", "--", "get", "pods", stdout=writing)
    os.close(writing)
    assert await ended(process) == Ended(0, "", "")


@pytest.mark.parametrize("verb", [["run", "--", "get", "pods"], ["shell"]], ids=["run", "shell"])
async def test_ctrl_c_ends_a_command_without_a_word_and_exit_a_shell(
    config: Path, server: ApiServer, verb: Sequence[str]
) -> None:
    server.on(PODS, hang)
    process = await started(config, *verb)
    assert process.stdin is not None
    process.stdin.write(b"get pods\n")
    await server.heard(3)  # /api, /apis and the pods
    process.send_signal(signal.SIGINT)
    server.on(PODS, body(TABLE))
    done = await ended(process, b"get pods\nexit\nget foo\n" if verb == ["shell"] else b"")
    if verb == ["shell"]:
        assert done == Ended(0, "NAME\nweb-1\nweb-2\n", "")
    else:
        assert done == Ended(130, "", "")


async def test_ctrl_c_ends_a_shell_that_waits_for_a_line(config: Path) -> None:
    keys, terminal = os.openpty()
    process = await started(config, "shell", stdin=terminal)
    os.close(terminal)
    assert process.stderr is not None
    assert await process.stderr.readuntil(b"test> ") == b"test> "
    os.write(keys, b"get pods\n")
    assert await process.stderr.readuntil(b"test> ") == b"test> "
    process.send_signal(signal.SIGINT)
    done = await ended(process)
    os.close(keys)
    assert done == Ended(130, "NAME\nweb-1\nweb-2\n", "")


async def test_only_what_asks_a_cluster_needs_a_kubeconfig(tmp_path: Path) -> None:
    async with screen(tmp_path / "none") as shown:
        for phrase in ("version --client", "help", "get --help"):
            assert await shown.run(phrase) == 0
        assert shown.err.getvalue() == ""
        assert await shown.run("get pods") == 1
    assert shown.err.getvalue() == f"error: no kubeconfig at {tmp_path / 'none'}\n"


async def test_the_prometheus_of_the_environment_is_asked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fleet = Fleet(Options(), SystemClock(), environment={})
    sources = LateSources(fleet)
    await sources.close()
    async with serving(always(vector(UP))) as server:
        monkeypatch.setenv("QUARTERDECK_PROMETHEUS__URL", server.url)
        monkeypatch.setenv("QUARTERDECK_PROMETHEUS__ALERTMANAGER", server.url)
        answer = await sources.metrics("in-cluster", Reach(), "terminal", 5).instant("up")
        assert answer.series[0].labels == UP["metric"]
        assert sources.silences("in-cluster", Reach(), "terminal", 5) is not None
        await sources.close()
    await fleet.close()
