"""`quarterdeck init` asks for little, writes what can be applied, and shows no secret."""

import os
import re
import stat
import subprocess
from pathlib import Path

import pytest
import yaml

from bot.policy.reading import read_policy
from tests.deploy.manifests import (
    DEPLOY,
    ROOT,
    Document,
    container_of,
    kubectl_kustomize,
    mounted_files,
    of_kind,
    rendered,
    the,
    validate,
)
from tests.firstday.newcomer import (
    APP_TOKEN,
    BOT_TOKEN,
    OPTIONS,
    SIGNING_SECRET,
    TOKENS,
    answered,
    init,
)

IMAGE = "--image=registry.example.com/quarterdeck:1"


def written(folder: Path, *options: str) -> Path:
    done = init(folder, *OPTIONS, *options, **TOKENS)
    assert done.exit_code == 0, done.stderr
    return folder / "installation"


def secrets_in(overlay: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in (overlay / "secrets").iterdir()}


def test_it_says_what_it_wrote_and_what_to_type_next(tmp_path: Path) -> None:
    done = init(tmp_path, *OPTIONS, **TOKENS)
    assert (done.exit_code, done.stderr) == (0, "")
    assert re.findall(r"^  ([^ ]+ [^ ]+)", done.stdout, re.MULTILINE) == [
        "kubectl get",
        "make image",
        "kubectl apply",
        "kubectl -n",
    ]
    assert "KUSTOMIZATION=installation" in done.stdout
    for value in secrets_in(tmp_path / "installation").values():
        assert value not in done.stdout


def test_the_secrets_are_for_their_owner_alone(tmp_path: Path) -> None:
    folder = written(tmp_path) / "secrets"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}


def test_git_takes_the_manifests_and_leaves_the_secrets(tmp_path: Path) -> None:
    written(tmp_path)
    written(tmp_path, "--force")
    subprocess.run(["git", "init", "-q", "."], cwd=tmp_path, check=True)
    subprocess.run(["git", "add", "-A"], cwd=tmp_path, check=True)
    command = ["git", "ls-files"]
    listed = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True)
    names = {".gitignore", "kustomization.yaml", "policy.yaml", "rolebindings.yaml"}
    folders = ("installation", "installation.old-1")
    assert set(listed.stdout.split()) == {f"{one}/{name}" for one in folders for name in names}


def test_what_nobody_has_to_think_up_is_random(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    first, second = (secrets_in(written(tmp_path / name)) for name in ("a", "b"))
    made = {"audit-key", "store-key", "alerts-token"}
    assert set(first) == made | {"slack-bot-token", "slack-app-token"}
    for name in made:
        assert len(bytes.fromhex(first[name])) == 32
        assert first[name] != second[name]
    assert len({first[name] for name in made}) == 3


def test_the_policy_binds_the_admin_and_the_channel(tmp_path: Path) -> None:
    policy = read_policy(written(tmp_path) / "policy.yaml")
    assert [(one.slack, one.groups) for one in policy.people] == [
        ("U0ADA", ("quarterdeck:admins",))
    ]
    assert {id: channel.namespaces for id, channel in policy.channels.items()} == {
        "C0SHOP": ("shop",)
    }
    assert policy.admin_channel == "C0SHOP"


def test_without_an_image_nothing_is_built_and_what_to_do_is_named(tmp_path: Path) -> None:
    done = kubectl_kustomize(written(tmp_path))
    assert (done.returncode, done.stdout) == (1, "")
    assert "run-make-image-first" in done.stderr


@pytest.mark.parametrize("form", [(), ("--http=deck.example.org",)], ids=["socket", "http"])
def test_what_is_written_builds_and_is_valid(tmp_path: Path, form: tuple[str, ...]) -> None:
    built = rendered(written(tmp_path, IMAGE, *form))
    for document in built:
        validate(document)
        labels = document["metadata"]["labels"]
        assert labels["app.kubernetes.io/name"] == "quarterdeck", document["kind"]
    deployment = the(built, "Deployment")
    assert container_of(deployment)["image"] == "registry.example.com/quarterdeck:1"
    # Everything that is mounted is there, under the names with the hashes.
    sources = {(one["kind"].lower(), one["metadata"]["name"]): one["data"] for one in maps(built)}
    for kind, name, key in mounted_files(deployment, "configuration").values():
        assert key in sources[kind.lower(), name]


def maps(built: list[Document]) -> list[Document]:
    return [*of_kind(built, "Secret"), *of_kind(built, "ConfigMap")]


def test_the_admins_group_is_bound_in_the_namespace_and_nothing_else_is(tmp_path: Path) -> None:
    built = rendered(written(tmp_path, IMAGE))
    here = [one for one in built if one["metadata"].get("namespace") == "shop"]
    binding = the(here, "RoleBinding")
    assert here == [binding]
    assert binding["roleRef"]["name"] == "quarterdeck:admin"
    assert [one["name"] for one in binding["subjects"]] == ["quarterdeck:admins"]
    of_the_base = {one["metadata"]["name"] for one in of_kind(built, "ClusterRoleBinding")}
    assert of_the_base == {"quarterdeck:impersonator"}


def test_on_http_it_is_the_signing_secret_and_the_host(tmp_path: Path) -> None:
    overlay = written(tmp_path, IMAGE, "--http=deck.example.org")
    assert secrets_in(overlay)["slack-signing-secret"] == SIGNING_SECRET
    assert "slack-app-token" not in secrets_in(overlay)
    ingress = the(rendered(overlay), "Ingress")["spec"]
    assert [rule["host"] for rule in ingress["rules"]] == ["deck.example.org"]
    assert [tls["hosts"] for tls in ingress["tls"]] == [["deck.example.org"]]


def test_a_new_token_rolls_out(tmp_path: Path) -> None:
    overlay = written(tmp_path, IMAGE)
    before = the(rendered(overlay), "Deployment")
    (overlay / "secrets" / "slack-bot-token").write_text("xoxb-2")
    assert the(rendered(overlay), "Deployment") != before


def test_what_is_there_is_not_touched(tmp_path: Path) -> None:
    overlay = written(tmp_path)
    before = {file: file.read_bytes() for file in overlay.rglob("*") if file.is_file()}
    done = init(tmp_path, *OPTIONS, **TOKENS)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("error: installation is there already; nothing was changed\n")
    assert {file: file.read_bytes() for file in overlay.rglob("*") if file.is_file()} == before


def test_by_force_a_copy_and_what_was_generated_stay(tmp_path: Path) -> None:
    before = secrets_in(written(tmp_path))
    done = init(tmp_path, "--force", *OPTIONS[:2], "--namespace=prod", **TOKENS)
    assert "The old folder is installation.old-1 now" in done.stdout
    assert secrets_in(tmp_path / "installation") == before
    namespaces = {
        name: read_policy(tmp_path / name / "policy.yaml").channels["C0SHOP"].namespaces
        for name in ("installation", "installation.old-1")
    }
    assert namespaces == {"installation": ("prod",), "installation.old-1": ("shop",)}
    assert {file.name for file in tmp_path.iterdir()} == set(namespaces)


def test_secrets_may_come_from_files(tmp_path: Path) -> None:
    folder = tmp_path / "given"
    folder.mkdir()
    for name, value in (("slack-bot-token", BOT_TOKEN), ("slack-app-token", APP_TOKEN)):
        (folder / name).touch(mode=0o600)
        (folder / name).write_text(f"{value}\n")
    done = init(tmp_path, *OPTIONS, QUARTERDECK_SECRETS=str(folder))
    assert done.exit_code == 0, done.stderr
    assert secrets_in(tmp_path / "installation")["slack-bot-token"] == BOT_TOKEN
    (folder / "slack-bot-token").chmod(0o644)
    done = init(tmp_path, "--force", *OPTIONS, QUARTERDECK_SECRETS=str(folder))
    assert "is open to everybody on this machine" in done.stderr


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"QUARTERDECK_SLACK__BOT_TOKEN": APP_TOKEN}, "error: this is no bot token, which begins"),
        ({"QUARTERDECK_SLACK__BOT_TOKEN": "hush"}, "error: this is no bot token, which begins"),
        ({"QUARTERDECK_SLACK__BOT_TOKEN": ""}, "error: QUARTERDECK_SLACK__BOT_TOKEN is missing"),
        ({"QUARTERDECK_SLACK__APP_TOKEN": BOT_TOKEN}, "error: this is no app-level token, which"),
        ({"--admin": "@ada"}, "error: an admin is named by the member id, such as U0123456789"),
        ({"--admin": ""}, "error: --admin is missing"),
        ({"--channel": "#shop"}, "error: a channel is named by its id, such as C0123456789"),
        ({"--channel": "U0ADA"}, "error: a channel is named by its id"),
        ({"--namespace": "Shop"}, "error: a namespace has small letters, digits and dashes"),
        ({"--namespace": "shop\n- x"}, "error: a namespace has small letters"),
        ({"--http": "https://deck.example.org"}, "error: --http takes the host name alone"),
        ({"--base": "./nowhere"}, "error: --base: there is no folder ./nowhere"),
        ({"--base": "."}, "error: there is no deploy/ of Quarterdeck at ."),
        ({"--image": "quarterdeck:0.1.0"}, "error: 'quarterdeck:0.1.0' is no image that a node"),
        ({"--directory": "file/x"}, "error: file/x cannot be written: "),
    ],
    ids=lambda value: str(value)[:60] if isinstance(value, dict) else "",
)
def test_what_is_wrong_is_one_sentence_and_nothing_is_written(
    tmp_path: Path, changes: dict[str, str], sentence: str
) -> None:
    (tmp_path / "file").touch()
    options = {option.partition("=")[0]: option.partition("=")[2] for option in OPTIONS}
    options |= {name: value for name, value in changes.items() if name.startswith("--")}
    tokens = TOKENS | {name: value for name, value in changes.items() if name in TOKENS}
    done = init(tmp_path, *(f"{name}={value}" for name, value in options.items()), **tokens)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith(sentence)
    assert len(done.stderr.splitlines()) <= 2
    assert "hush" not in done.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["file"]


def test_a_person_is_asked_until_the_answer_is_right_and_no_secret_is_shown(
    tmp_path: Path,
) -> None:
    wrong, right = ("ada", "#shop", "Shop", APP_TOKEN), ("U0ADA", "C0SHOP", "shop", BOT_TOKEN)
    shown = answered(
        tmp_path, *(word for pair in zip(wrong, right, strict=True) for word in pair), APP_TOKEN
    )
    assert shown.count("error: ") == 4
    assert "Slack id of an admin (U…)" in shown
    assert "hush" not in shown
    found = secrets_in(tmp_path / "installation")
    assert (found["slack-bot-token"], found["slack-app-token"]) == (BOT_TOKEN, APP_TOKEN)


def test_a_secret_is_no_argument(tmp_path: Path) -> None:
    done = init(tmp_path, "--help")
    options = set(re.findall(r"--[a-z]+", done.stdout))
    assert {"--admin", "--channel", "--namespace"} < options
    assert not {name for name in options if re.search("token|secret|key|password", name)}


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the URL of a repository that holds deploy/ as it is here, and nothing else."""
    folder = tmp_path_factory.mktemp("remote")
    (folder / "deploy").mkdir()
    copy = ["cp", "-R", f"{DEPLOY}/.", str(folder / "deploy")]
    who = ["-c", "user.name=ada", "-c", "user.email=ada@example.com"]
    for command in (
        copy,
        ["git", "init", "-q", "-b", "main", "."],
        ["git", "add", "-A"],
        ["git", *who, "commit", "-qm", "As it is"],
    ):
        subprocess.run(command, cwd=folder, check=True)
    return f"file://{folder}//deploy?ref=main"


@pytest.mark.parametrize("form", [(), ("--http=deck.example.org",)], ids=["socket", "http"])
def test_deploy_is_a_remote_base(tmp_path: Path, repository: str, form: tuple[str, ...]) -> None:
    near, far = tmp_path / "near", tmp_path / "far"
    near.mkdir()
    far.mkdir()
    local = rendered(written(near, IMAGE, *form))
    remote = rendered(written(far, IMAGE, f"--base={repository}", *form))
    assert [without_secrets(one) for one in remote] == [without_secrets(one) for one in local]


def without_secrets(document: Document) -> str:
    """Return an object without what is random in it: secrets, and the hash of their name."""
    content = {} if document["kind"] == "Secret" else document
    return re.sub(r"quarterdeck-[a-z0-9]{10}\b", "quarterdeck-HASH", yaml.safe_dump(content))


def test_a_local_base_may_be_named_from_anywhere(tmp_path: Path) -> None:
    overlay = written(tmp_path, IMAGE, f"--base={os.path.relpath(ROOT / 'deploy', tmp_path)}")
    assert of_kind(rendered(overlay), "Deployment")
