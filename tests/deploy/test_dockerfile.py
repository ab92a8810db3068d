"""The image runs what the Deployment runs, as the user it runs as, from what is locked."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.deploy.dockerfile import Instruction, instructions, last_stage, only
from tests.deploy.manifests import (
    DEPLOY,
    ROOT,
    TOOLS,
    container_of,
    documents,
    environment,
    pod_of,
    the,
)

DOCKERFILE = ROOT / "Dockerfile"
FOUND = instructions(DOCKERFILE)
IMAGE = last_stage(FOUND)
DEPLOYMENT = the(documents(DEPLOY / "deployment.yaml"), "Deployment")


def lint(dockerfile: Path) -> str:
    """Return hadolint's findings, of every severity."""
    command = [str(TOOLS / "hadolint"), "--no-color", str(dockerfile)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60).stdout


def test_hadolint_finds_nothing() -> None:
    assert lint(DOCKERFILE) == ""


def test_hadolint_would_find_something(tmp_path: Path) -> None:
    worse = tmp_path / "Dockerfile"
    worse.write_text(DOCKERFILE.read_text().replace('CMD ["serve"]', "CMD serve"))
    assert "DL3025" in lint(worse)


def test_the_image_starts_what_the_deployment_starts() -> None:
    container = container_of(DEPLOYMENT)
    assert only(IMAGE, "ENTRYPOINT").argv == container["command"]
    assert only(IMAGE, "CMD").argv == container["args"]


def test_the_health_check_needs_no_shell() -> None:
    check = only(IMAGE, "HEALTHCHECK")
    assert check.argv == [*only(IMAGE, "ENTRYPOINT").argv, "healthcheck"]


def test_the_image_runs_as_the_user_of_the_deployment() -> None:
    context = pod_of(DEPLOYMENT)["securityContext"]
    assert only(IMAGE, "USER").rest == f"{context['runAsUser']}:{context['runAsGroup']}"


def test_the_image_exposes_the_port_of_the_deployment() -> None:
    [port] = container_of(DEPLOYMENT)["ports"]
    assert only(IMAGE, "EXPOSE").rest == str(port["containerPort"])


def test_the_working_folder_can_lend_no_code() -> None:
    settings = only(IMAGE, "ENV").rest
    assert "PYTHONSAFEPATH=1" in settings
    assert "PYTHONDONTWRITEBYTECODE=1" in settings


def test_the_database_lies_where_the_user_may_write() -> None:
    store = environment(DEPLOYMENT)["QUARTERDECK_STORE__URL"]
    assert f'QUARTERDECK_STORE__URL="{store}"' in only(IMAGE, "ENV").rest
    made = only(IMAGE, "RUN").argv
    user, group = only(IMAGE, "USER").rest.split(":")
    folder = store.removeprefix("sqlite:///").rpartition("/")[0]
    assert made == ["install", "-d", "-o", user, "-g", group, "-m", "0700", folder]


def test_the_digest_of_the_base_is_an_argument_and_never_made_up() -> None:
    bases = [one.rest.removesuffix(" AS build") for one in FOUND if one.word == "FROM"]
    assert bases == ["${BASE}${BASE_DIGEST:+@${BASE_DIGEST}}"] * 2
    assert not re.search(r"sha256:[0-9a-f]", DOCKERFILE.read_text())


def pip_installs() -> list[str]:
    runs = [one.rest for one in FOUND if one.word == "RUN"]
    return [part for run in runs for part in run.split("&&") if "install" in part and "pip" in part]


@pytest.mark.parametrize("install", pip_installs())
def test_nothing_is_installed_but_by_its_hash(install: str) -> None:
    locked = "--require-hashes" in install and "--only-binary :all:" in install
    built_here = "--no-index" in install and "--no-deps" in install
    assert locked or built_here


def test_the_bytecode_is_made_in_the_image() -> None:
    [run] = [one.rest for one in FOUND if one.word == "RUN" and "compileall" in one.rest]
    assert "--invalidation-mode unchecked-hash /opt/quarterdeck/lib" in run
    assert only(IMAGE, "COPY").rest == "--from=build /opt/quarterdeck /opt/quarterdeck"


def test_no_instruction_fetches_unpacks_or_hides_a_volume() -> None:
    assert {one.word for one in FOUND} & {"ADD", "ONBUILD", "VOLUME"} == set()


def sources(copy: Instruction) -> list[str]:
    """Return what an instruction copies out of the checkout."""
    return [] if "--from" in copy.rest else copy.rest.split()[:-1]


def test_the_build_sees_what_it_copies_and_nothing_else() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    allowed = {rule[1:] for rule in rules if rule.startswith("!")}
    assert allowed == {name for one in FOUND if one.word == "COPY" for name in sources(one)}
    assert [name for name in allowed if not (ROOT / name).exists()] == []


def test_a_shell_form_would_be_noticed() -> None:
    with pytest.raises(ValueError, match="substring not found"):
        _ = Instruction("CMD", "python -m bot").argv
