"""How a cluster is reached and as whom, and how that is kept fresh."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.core.errors import ConfigurationError
from bot.kube.credentials import Credentials, InCluster, Kubeconfig
from tests.clock import ManualClock
from tests.kube.files import kubeconfig
from tests.kube.rig import source

SERVER = "https://203.0.113.1:6443"


def opened(clock: ManualClock, *paths: Path) -> Kubeconfig:
    return Kubeconfig(":".join(map(str, paths)), clock, {})


async def loaded(folder: Path, clock: ManualClock, **config: object) -> Credentials:
    return await source(folder, SERVER, clock, **config).load()


async def test_a_token_is_sent_as_a_bearers(tmp_path: Path, clock: ManualClock) -> None:
    found = await loaded(tmp_path, clock, user={"token": "secret"})
    assert (found.host, found.authorization) == (SERVER, "Bearer secret")
    assert found.fresh_until is None


async def test_a_name_and_a_password_are_sent_as_basic(tmp_path: Path, clock: ManualClock) -> None:
    found = await loaded(tmp_path, clock, user={"username": "ada", "password": "x"})
    assert found.authorization == "Basic YWRhOng="


async def test_a_tokens_file_may_end_in_a_line_end_and_is_read_again(
    tmp_path: Path, clock: ManualClock
) -> None:
    file = tmp_path / "token"
    file.write_text("one\n")
    chosen = source(tmp_path, SERVER, clock, user={"tokenFile": "token"})
    first = await chosen.load()
    file.write_text("two\n")
    assert first.authorization == "Bearer one"
    assert first.fresh_until is not None
    assert (await chosen.load()).authorization == "Bearer two"


@pytest.mark.parametrize(
    "user",
    [
        {"token": "x", "as": "jane"},
        {"token": "x", "as-groups": ["system:masters"]},
        {"token": "x", "as-uid": "1"},
        {"token": "x", "as-user-extra": {"a": ["b"]}},
    ],
    ids=lambda user: list(user)[-1],
)
async def test_a_kubeconfig_that_impersonates_is_refused(
    tmp_path: Path, clock: ManualClock, user: Mapping[str, object]
) -> None:
    with pytest.raises(ConfigurationError, match="impersonates"):
        await loaded(tmp_path, clock, user=user)


async def test_contexts_are_told_apart(tmp_path: Path, clock: ManualClock) -> None:
    first = kubeconfig(tmp_path / "a", "https://a:1", name="a", user={"token": "at-a"})
    second = kubeconfig(tmp_path / "b", "https://b:1", name="b", user={"token": "at-b"})
    both = opened(clock, first, second)
    assert both.contexts() == ("a", "b")
    assert (await both.source("a").load()).authorization == "Bearer at-a"
    assert (await both.source("b").load()).host == "https://b:1"


async def test_of_several_files_the_first_that_says_something_wins(
    tmp_path: Path, clock: ManualClock
) -> None:
    first = kubeconfig(tmp_path / "a", "https://a:1", user={"token": "a"})
    second = kubeconfig(tmp_path / "b", "https://b:1", user={"token": "b"})
    unset: dict[str, Any] = {"current-context": ""}
    none = kubeconfig(tmp_path / "c", "https://c:1", name="c", **unset)
    last = kubeconfig(tmp_path / "d", "https://d:1", name="d")
    merged = opened(clock, none, tmp_path / "missing", first, second, last)
    assert merged.current == "test"
    found = await merged.source("test").load()
    assert (found.host, found.authorization) == ("https://a:1", "Bearer a")


async def test_paths_are_those_of_the_file_that_names_them(
    tmp_path: Path, clock: ManualClock
) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "token").write_text(name)
        (tmp_path / name / "ca.crt").write_text(name)
    files = [
        kubeconfig(
            tmp_path / name / "config",
            SERVER,
            name=name,
            user={"tokenFile": "token"},
            cluster={"certificate-authority": "ca.crt"},
        )
        for name in ("one", "two")
    ]
    found = await opened(clock, *files).source("two").load()
    assert found.authorization == "Bearer two"
    assert found.configuration.ssl_ca_cert == str(tmp_path / "two" / "ca.crt")


@pytest.mark.parametrize(
    ("context", "namespace"),
    [({}, "default"), ({"namespace": ""}, "default"), ({"namespace": "shop"}, "shop")],
    ids=["none", "empty", "named"],
)
def test_a_contexts_namespace_is_the_default_one(
    tmp_path: Path, clock: ManualClock, context: Mapping[str, str], namespace: str
) -> None:
    named = [{"name": "test", "context": {"cluster": "test", "user": "test", **context}}]
    file = kubeconfig(tmp_path / "config", SERVER, contexts=named)
    assert opened(clock, file).namespace("test") == namespace


async def test_a_context_without_a_user_is_nobody(tmp_path: Path, clock: ManualClock) -> None:
    contexts = [{"name": "test", "context": {"cluster": "test"}}]
    found = await loaded(tmp_path, clock, contexts=contexts)
    assert found.authorization == ""


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"users": []}, 'user "test" of context "test" does not exist'),
        ({"clusters": []}, "context 'test': .*"),
        ({"contexts": []}, 'context "test" does not exist'),
        ({"contexts": [{"name": "test"}]}, "context 'test': .*"),
        ({"users": [{"name": "test", "user": {"tokenFile": "gone"}}]}, "context 'test': .*gone.*"),
    ],
    ids=["user", "cluster", "context", "empty-context", "token-file"],
)
async def test_what_a_context_lacks_is_named(
    tmp_path: Path, clock: ManualClock, changes: Mapping[str, object], text: str
) -> None:
    with pytest.raises(ConfigurationError, match=f"^error: {text}$"):
        await loaded(tmp_path, clock, **changes)


@pytest.mark.parametrize(
    "content",
    ["", "[]", "- a\n- b\n", "a: [\n", "just words", "users:\n- token: x\n", "\x00"],
    ids=["empty", "no-map", "list", "no-yaml", "text", "no-names", "binary"],
)
def test_a_file_that_is_no_kubeconfig_is_told_by_its_name(
    tmp_path: Path, clock: ManualClock, content: str
) -> None:
    file = tmp_path / "config"
    file.write_text(content)
    with pytest.raises(ConfigurationError, match=f"^error: loading {file}: "):
        opened(clock, file)


def test_a_missing_file_is_told_with_what_to_do(tmp_path: Path, clock: ManualClock) -> None:
    with pytest.raises(ConfigurationError, match="no kubeconfig at") as caught:
        opened(clock, tmp_path / "none")
    assert "KUBECONFIG" in caught.value.next_step


async def test_what_is_changed_in_the_file_counts_when_it_is_read_again(
    tmp_path: Path, clock: ManualClock
) -> None:
    chosen = source(tmp_path, SERVER, clock, user={"token": "one"})
    await chosen.load()
    kubeconfig(tmp_path / "config", SERVER, user={"token": "two"})
    assert (await chosen.load()).authorization == "Bearer two"


def in_cluster(folder: Path, clock: ManualClock, **environment: str) -> InCluster:
    (folder / "token").write_text("projected\n")
    (folder / "ca.crt").write_text("pem")
    where = {"KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "443"}
    return InCluster(clock, where | environment, folder)


async def test_a_pod_finds_its_cluster_and_its_token(tmp_path: Path, clock: ManualClock) -> None:
    found = await in_cluster(tmp_path, clock).load()
    assert found.host == "https://[fd00::1]:443"
    assert found.authorization.lower() == "bearer projected"
    assert found.configuration.ssl_ca_cert == str(tmp_path / "ca.crt")
    assert found.fresh_until is not None
    assert 0 < (found.fresh_until - clock.now()).total_seconds() <= 60


@pytest.mark.parametrize(
    ("missing", "text"),
    [
        ("KUBERNETES_SERVICE_HOST", "in-cluster configuration: .*host/port"),
        ("token", "in-cluster configuration: .*token file"),
        ("ca.crt", "in-cluster configuration: .*certification file"),
    ],
)
async def test_outside_of_a_pod_it_is_said_what_is_missing(
    tmp_path: Path, clock: ManualClock, missing: str, text: str
) -> None:
    pod = in_cluster(tmp_path, clock, **({missing: ""} if missing.isupper() else {}))
    (tmp_path / missing).unlink(missing_ok=True)
    with pytest.raises(ConfigurationError, match=text):
        await pod.load()


@pytest.mark.parametrize("content", ["", "\n"], ids=["empty", "blank"])
async def test_an_empty_token_is_none(tmp_path: Path, clock: ManualClock, content: str) -> None:
    pod = in_cluster(tmp_path, clock)
    (tmp_path / "token").write_text(content)
    with pytest.raises(ConfigurationError, match=r"[Tt]oken"):
        await pod.load()


def test_yaml_that_would_build_objects_is_refused(tmp_path: Path, clock: ManualClock) -> None:
    file = tmp_path / "config"
    file.write_text(yaml.dump({"a": Path("x")}))
    with pytest.raises(ConfigurationError):
        opened(clock, file)
