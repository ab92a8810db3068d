"""Several clusters behind one bot, each with its own connections and credentials."""

from pathlib import Path

import pytest

from bot.core.errors import ConfigurationError
from bot.kube.fleet import IN_CLUSTER, Fleet, Options
from tests.clock import ManualClock
from tests.kube.files import kubeconfig
from tests.kube.rig import ADA, EVE, PODS, PODS_PATH
from tests.kube.server import ApiServer, api_server, body


def fleet(clock: ManualClock, *paths: Path, context: str = "", terminal: bool = False) -> Fleet:
    options = Options(kubeconfig=":".join(map(str, paths)), context=context)
    return Fleet(options, clock, terminal=terminal, environment={})


async def test_each_context_is_asked_at_its_own_server(
    server: ApiServer, tmp_path: Path, clock: ManualClock
) -> None:
    async with api_server() as other:
        for each in (server, other):
            each.on(PODS_PATH, body({"kind": "PodList"}))
        a = kubeconfig(tmp_path / "a", server.url, name="a", user={"token": "at-a"})
        b = kubeconfig(tmp_path / "b", other.url, name="b", user={"token": "at-b"})
        clusters = fleet(clock, a, b)
        assert (clusters.default_context, clusters.contexts()) == ("a", ("a", "b"))
        await clusters.open("a", ADA, "r-1", 9).fetch(PODS)
        await clusters.open("b", EVE, "r-2", 9).fetch(PODS)
        await clusters.close()
        [at_a], [at_b] = server.asked, other.asked
    assert (at_a.headers["Authorization"], len(at_a.all("Impersonate-Group"))) == ("Bearer at-a", 2)
    assert (at_b.headers["Authorization"], len(at_b.all("Impersonate-Group"))) == ("Bearer at-b", 1)


def test_a_folder_stands_for_the_kubeconfigs_in_it(tmp_path: Path, clock: ManualClock) -> None:
    home = kubeconfig(tmp_path / "home", "https://home:1", name="home")
    folder = tmp_path / "clusters"
    (folder / "..data").mkdir(parents=True)
    for name in ("b", "a"):
        kubeconfig(folder / f"{name}.kubeconfig", f"https://{name}:1", name=name)
    (folder / "a.token").write_text("no kubeconfig")
    clusters = fleet(clock, home, folder)
    assert (clusters.default_context, clusters.contexts()) == ("home", ("home", "a", "b"))


async def test_people_share_connections_and_discovery_and_nothing_else(
    server: ApiServer, tmp_path: Path, clock: ManualClock
) -> None:
    server.on(PODS_PATH, body({"kind": "PodList"}))
    clusters = fleet(clock, kubeconfig(tmp_path / "config", server.url))
    for who in (ADA, EVE):
        cluster = clusters.open("test", who, "r", 9)
        await cluster.resource("pods")
        await cluster.fetch(PODS)
    await clusters.close()
    ada, eve = server.to(PODS_PATH)
    assert eve.peer in {asked.peer for asked in server.asked[: server.asked.index(eve)]}
    assert len(server.to("/apis")) == 1
    assert ada.all("Impersonate-Group") == list(ADA.groups)
    assert eve.all("Impersonate-Group") == list(EVE.groups)


def test_a_setting_beats_the_kubeconfigs_current_context(
    tmp_path: Path, clock: ManualClock
) -> None:
    file = kubeconfig(tmp_path / "config", "https://a:1")
    assert fleet(clock, file, context="other").default_context == "other"


def test_an_unknown_context_is_told_as_kubectl_tells_it(tmp_path: Path, clock: ManualClock) -> None:
    clusters = fleet(clock, kubeconfig(tmp_path / "config", "https://a:1"))
    with pytest.raises(ConfigurationError) as caught:
        clusters.open("nope", ADA, "r", 9)
    assert caught.value.text == 'error: context "nope" does not exist'
    assert caught.value.next_step == "`config get-contexts` lists those that do."


def test_without_a_kubeconfig_it_is_the_pods_own_cluster(clock: ManualClock) -> None:
    clusters = fleet(clock)
    assert (clusters.default_context, clusters.contexts()) == (IN_CLUSTER, (IN_CLUSTER,))
    assert clusters.namespace(IN_CLUSTER) == "default"


def test_a_bot_does_not_start_without_the_file_that_it_was_given(
    tmp_path: Path, clock: ManualClock
) -> None:
    with pytest.raises(ConfigurationError, match="no kubeconfig at"):
        fleet(clock, tmp_path / "none")


async def test_a_terminal_does_and_says_so_when_a_cluster_is_needed(
    tmp_path: Path, clock: ManualClock
) -> None:
    clusters = fleet(clock, tmp_path / "none", terminal=True)
    context = clusters.default_context
    assert clusters.namespace(context) == "default"
    with pytest.raises(ConfigurationError, match="no kubeconfig at"):
        await clusters.open(context, ADA, "r", 9).version()
    with pytest.raises(ConfigurationError, match='context "prod" does not exist'):
        clusters.open("prod", ADA, "r", 9)
