"""`quarterdeck cluster add` prints what another cluster needs, and the way there."""

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from bot.cli import main
from bot.core.clock import SystemClock
from bot.core.ports import Query
from bot.core.request import Impersonated
from bot.kube.fleet import Fleet, Options
from tests.cluster.bed import Bed
from tests.deploy.manifests import DEPLOY, documents, validate

FOLDER = "/etc/quarterdeck-clusters"
BOT = "system:serviceaccount:quarterdeck:quarterdeck"
CA = b"-----BEGIN CERTIFICATE-----\n"


def jwt(**claims: object) -> str:
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{payload}.hush"


def add(kubeconfig: Path, *options: str, token: str = "") -> Result:
    runner = CliRunner(env={"KUBECONFIG": str(kubeconfig)})
    return runner.invoke(main, ["cluster", "add", *options], input=token)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Return a kubeconfig with clusters of every kind."""
    (tmp_path / "ca.crt").write_bytes(CA)
    data = {"certificate-authority-data": base64.b64encode(CA).decode()}
    clusters: dict[str, dict[str, Any]] = {
        "prod": {"server": "https://prod.example.com", **data},
        "arn:aws:eks/x": {"server": "https://eks.example.com", "certificate-authority": "ca.crt"},
        "near": {"server": "https://127.0.0.1:6443", **data},
        "far": {"server": "https://prod.example.com:8443", **data},
        "named": {"server": "https://10.0.0.1", "tls-server-name": "prod", **data},
        "loose": {"server": "https://prod.example.com", "insecure-skip-tls-verify": True},
        "plain": {"server": "http://prod.example.com"},
        "no-ca": {"server": "https://x", "certificate-authority": "none.crt"},
        "in-cluster": {"server": "https://x"},
    }
    contexts = {name: name for name in clusters} | {"lost": "nowhere"}
    document = {
        "clusters": [{"name": name, "cluster": found} for name, found in clusters.items()],
        "contexts": [{"name": n, "context": {"cluster": c}} for n, c in contexts.items()],
        "users": [{"name": "root", "user": {"token": "hush"}}],
    }
    file = tmp_path / "config"
    file.write_text(yaml.safe_dump(document))
    return file


def test_the_manifest_is_what_the_bot_has_here_but_its_leases(config: Path) -> None:
    done = add(config, "prod")
    assert done.exit_code == 0, done.stderr
    shipped = documents(DEPLOY / "namespace.yaml") + documents(DEPLOY / "rbac.yaml")
    left_out = [one for one in shipped if one["metadata"]["name"] == "quarterdeck:leader"]
    assert [one["kind"] for one in left_out] == ["Role", "RoleBinding"]
    assert list(yaml.safe_load_all(done.stdout)) == [one for one in shipped if one not in left_out]


def test_a_token_that_does_not_expire_is_the_clusters_to_make(config: Path) -> None:
    done = add(config, "prod", "--token-secret")
    *_, secret = yaml.safe_load_all(done.stdout)
    validate(secret)
    assert secret["type"] == "kubernetes.io/service-account-token"
    assert "data" not in secret
    assert f"get secret {secret['metadata']['name']}" in done.stderr


def test_the_secret_holds_the_way_and_the_token(config: Path) -> None:
    token = jwt(sub=BOT, exp=1_900_000_000)
    done = add(config, "arn:aws:eks/x", "--here", token=f"{token}\n")
    assert done.stderr == "The token ends on 2030-03-17 17:46 UTC.\n"
    secret = yaml.safe_load(done.stdout)
    validate(secret)
    data = {key: base64.b64decode(value).decode() for key, value in secret["data"].items()}
    assert data["arn-aws-eks-x.token"] == token
    way = yaml.safe_load(data["arn-aws-eks-x.kubeconfig"])
    assert [one["name"] for one in way["contexts"]] == ["arn:aws:eks/x"]
    [user] = way["users"]
    assert user["user"] == {"tokenFile": f"{FOLDER}/arn-aws-eks-x.token"}
    [cluster] = way["clusters"]
    assert base64.b64decode(cluster["cluster"]["certificate-authority-data"]) == CA
    # The bot's own cluster stays the one that is meant when none is named.
    assert "current-context" not in way


def test_how_the_server_is_reached_and_known_is_kept_or_named(config: Path) -> None:
    done = add(config, "named", "--here", "--server=https://api.example.com", token=jwt(sub=BOT))
    assert done.stderr == "The token ends when its Secret is deleted.\n"
    [text] = [v for k, v in yaml.safe_load(done.stdout)["data"].items() if k.endswith("config")]
    [cluster] = yaml.safe_load(base64.b64decode(text))["clusters"]
    assert cluster["cluster"]["tls-server-name"] == "prod"
    assert cluster["cluster"]["server"] == "https://api.example.com"


@pytest.mark.parametrize(
    ("context", "sentence"),
    [
        ("near", "https://127.0.0.1:6443 is this machine: name the bot's way there by --server."),
        ("far", "deploy/networkpolicy.yaml lets the bot reach no port 8443."),
    ],
)
def test_an_address_that_a_pod_does_not_reach_is_said(
    config: Path, context: str, sentence: str
) -> None:
    assert add(config, context).stderr.splitlines()[0] == sentence


@pytest.mark.parametrize(
    ("options", "token", "sentence"),
    [
        (["nope"], "", 'error: context "nope" does not exist'),
        (["lost"], "", 'error: cluster "nowhere" of context "lost" does not exist'),
        (["loose"], "", "error: the bot sends its token to no server that need not prove who it"),
        (["plain"], "", "error: the bot sends its token to no server that need not prove who it"),
        (["no-ca"], "", "error: the CA of cluster 'no-ca': [Errno 2] No such file or directory"),
        (["in-cluster"], "", "error: in-cluster is the name of the bot's own cluster"),
        (["prod", "--kubeconfig=/nowhere"], "", "error: no kubeconfig at /nowhere"),
        (["prod", "--here"], "", "error: --here reads the token from standard input, where there"),
        (["prod", "--here"], "hush", f"error: this is no token of {BOT}"),
        (["prod", "--here"], "a.b.hush", f"error: this is no token of {BOT}"),
        (["prod", "--here"], jwt(sub="kubernetes-admin"), f"error: this is no token of {BOT}"),
        (["prod", "--here"], jwt(), f"error: this is no token of {BOT}"),
        (["prod", "--here"], "x.MQ.hush", f"error: this is no token of {BOT}"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_is_wrong_is_one_sentence(
    config: Path, options: list[str], token: str, sentence: str
) -> None:
    """T16: with an administrator's token the bot could do more than it may become."""
    done = add(config, *options, token=token)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith(sentence)
    assert len(done.stderr.splitlines()) <= 2
    assert "hush" not in done.stderr


@pytest.mark.parametrize("lasting", [False, True], ids=["bound-token", "token-secret"])
async def test_the_bot_acts_for_people_in_a_cluster_that_was_added(
    bed: Bed, tmp_path: Path, lasting: bool
) -> None:
    """The bed is both clusters; what kubectl is told is what the printed steps say."""
    contexts, kubectl = ("prod", "staging"), bed.kubectl
    config = renamed(bed, tmp_path, *contexts)
    options = ["--token-secret"] if lasting else []
    try:
        for context in contexts:
            printed = add(config, context, *options)
            kubectl.out("apply", "-f=-", stdin=printed.stdout)
            if lasting:
                filled = "--for=jsonpath={.data.token}"
                kubectl.out("wait", filled, "secret/quarterdeck-token", "-n=quarterdeck")
            token = kubectl.out(*token_words(printed.stderr))
            secret = add(config, context, "--here", token=token)
            manager = f"--field-manager=quarterdeck-{context}"
            assert manager in printed.stderr
            kubectl.out("apply", "--server-side", manager, "-f=-", stdin=secret.stdout)
        await ask(mounted(bed, tmp_path), contexts)
    finally:
        for name in ("quarterdeck-clusters", "quarterdeck-token"):
            kubectl.out("delete", "secret", name, "-n=quarterdeck", "--ignore-not-found")


def renamed(bed: Bed, folder: Path, *contexts: str) -> Path:
    """Return a kubeconfig in which the bed has these contexts."""
    document = yaml.safe_load(bed.kubeconfig.read_text())
    [context] = document["contexts"]
    document["contexts"] = [{**context, "name": name} for name in contexts]
    (folder / "admin").write_text(yaml.safe_dump(document))
    return folder / "admin"


def token_words(steps: str) -> list[str]:
    """Return the words of the step that makes kubectl print a token, without the context."""
    [line] = re.findall(r"^   kubectl (.*) \\$", steps, re.MULTILINE)
    words = line.replace("'{{.data.token | base64decode}}'", "{{.data.token|base64decode}}")
    return [word for word in words.split() if not word.startswith("--context")]


def mounted(bed: Bed, folder: Path) -> Path:
    """Write the Secret as deploy/components/clusters mounts it, beside the bot's own cluster."""
    clusters = folder / "clusters"
    clusters.mkdir()
    shown = bed.kubectl.out("get", "secret/quarterdeck-clusters", "-n=quarterdeck", "-o=json")
    for key, value in json.loads(shown)["data"].items():
        text = base64.b64decode(value).decode().replace(FOLDER, str(clusters))
        (clusters / key).write_text(text)
    home = (DEPLOY / "components/clusters/in-cluster.kubeconfig").read_text()
    (clusters / "in-cluster.kubeconfig").write_text(home)
    return clusters


async def ask(folder: Path, contexts: tuple[str, ...]) -> None:
    fleet = Fleet(Options(kubeconfig=str(folder)), SystemClock(), environment={})
    try:
        assert fleet.default_context == "in-cluster"
        assert fleet.contexts() == ("in-cluster", *contexts)
        for context in contexts:
            identity = Impersonated("quarterdeck:user", ("quarterdeck:viewers",))
            cluster = fleet.open(context, identity, "r-1", 20)
            found = await cluster.fetch(Query(await cluster.resource("pods"), namespace="shop"))
            assert found["items"]
    finally:
        await fleet.close()
