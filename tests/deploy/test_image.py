"""`make image` builds and pushes with the builder that is there, and writes down what it pushed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from bot.core.errors import ConfigurationError
from bot.firstday.kustomization import NO_IMAGE, Image, read_image, with_image
from tests.deploy.builders import DIGEST, IMAGE, KUSTOMIZATION, OTHER, Machine
from tests.deploy.manifests import ROOT, container_of, of_kind, rendered, the

# What each builder is told to do, and where it tells the digest.
CALLS = {
    "docker": [
        f"build --tag {IMAGE} --build-arg VERSION=0.1.0 {ROOT}",
        f"push {IMAGE}",
        f"image inspect --format {{{{range .RepoDigests}}}}{{{{println .}}}}{{{{end}}}} {IMAGE}",
    ],
    "podman": [
        f"build --tag {IMAGE} --build-arg VERSION=0.1.0 {ROOT}",
        f"push --digestfile FILE {IMAGE}",
    ],
    "buildah": [
        f"build --tag {IMAGE} --build-arg VERSION=0.1.0 {ROOT}",
        f"push --digestfile FILE {IMAGE} docker://{IMAGE}",
    ],
}


@pytest.mark.parametrize("builder", CALLS)
def test_the_builder_that_is_there_builds_pushes_and_tells_the_digest(
    tmp_path: Path, builder: str
) -> None:
    machine = Machine(tmp_path, builder)
    done = machine.image(IMAGE, str(tmp_path))
    assert done.returncode == 0, done.stderr
    words = [" ".join(_without_file(call.split())) for call in machine.calls()]
    assert words == [f"{builder} {call}" for call in CALLS[builder]]
    name = IMAGE.rpartition(":")[0]
    assert machine.images() == [{"name": "quarterdeck", "newName": name, "digest": DIGEST}]
    assert f"kubectl apply -k {tmp_path}" in done.stdout


def _without_file(words: list[str]) -> list[str]:
    """Return the words with the name of the temporary file replaced."""
    return ["FILE" if before == "--digestfile" else word for before, word in _pairs(words)]


def _pairs(words: list[str]) -> list[tuple[str, str]]:
    return list(zip(["", *words], words, strict=False))


@pytest.mark.parametrize("builder", CALLS)
def test_without_a_digest_the_tag_is_written_and_that_is_said(tmp_path: Path, builder: str) -> None:
    machine = Machine(tmp_path, builder)
    done = machine.image(IMAGE, str(tmp_path), digest="")
    assert done.returncode == 0, done.stderr
    name = IMAGE.rpartition(":")[0]
    assert machine.images() == [{"name": "quarterdeck", "newName": name, "newTag": "1.2"}]
    assert "no digest was told" in done.stdout


def test_docker_leaves_its_own_registry_out(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "docker")
    done = machine.image("docker.io/ada/quarterdeck:1", str(tmp_path), name="ada/quarterdeck")
    assert done.returncode == 0, done.stderr
    [image] = machine.images()
    assert image["digest"] == DIGEST


@pytest.mark.parametrize("step", ["build", "push"])
def test_where_it_fails_nothing_is_written(tmp_path: Path, step: str) -> None:
    machine = Machine(tmp_path, "docker")
    done = machine.image(IMAGE, str(tmp_path), fails=step)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "no space left",
        f"error: `docker {step}` failed; no kustomization was changed",
        "What it said is above. Another builder: BUILDER=docker, podman or buildah.",
    ]
    assert machine.file.read_text() == KUSTOMIZATION


def test_the_first_is_taken_unless_another_is_named(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "podman", "docker")
    assert machine.image(IMAGE, str(tmp_path)).returncode == 0
    assert machine.image(IMAGE, str(tmp_path), "--builder", "podman").returncode == 0
    assert [call.split()[0] for call in machine.calls()] == [*["docker"] * 3, *["podman"] * 2]


@pytest.mark.parametrize(
    ("builders", "arguments", "sentence"),
    [
        ((), (IMAGE, "."), "there is no docker, podman or buildah here"),
        (("docker",), (IMAGE, ".", "--builder", "podman"), "there is no podman here"),
        (("docker",), (IMAGE, ".", "--builder", "kaniko"), "BUILDER is one of docker, podman, b"),
        (("docker",), ("", "."), "IMAGE is missing"),
        (("docker",), ("quarterdeck:0.1.0", "."), "'quarterdeck:0.1.0' is no image that a node"),
        (("docker",), ("registry.example.com/quarterdeck", "."), "is no image that a node could"),
        (("docker",), ("registry.example.com/Quarter deck:1", "."), "is no image that a node"),
        (("docker",), (f"registry.example.com/q@{DIGEST}", "."), "IMAGE needs a tag"),
        (("docker",), (IMAGE, "nowhere"), "there is no nowhere"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_is_missing_is_one_sentence(
    tmp_path: Path, builders: tuple[str, ...], arguments: tuple[str, ...], sentence: str
) -> None:
    machine = Machine(tmp_path, *builders)
    image, folder, *options = arguments
    told = machine.refusal(image, str(tmp_path) if folder == "." else folder, *options)
    assert told.startswith("error: ")
    assert sentence in told
    assert len(told.splitlines()) <= 2
    assert machine.calls() == []
    assert machine.file.read_text() == KUSTOMIZATION


def test_make_calls_it(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "docker")
    make = shutil.which("make")
    assert make
    environment = {
        "PATH": f"{machine.path}{os.pathsep}{os.environ['PATH']}",
        "STAND_IN_LOG": str(machine.log),
        "STAND_IN_DIGEST": DIGEST,
        "STAND_IN_NAME": IMAGE.rpartition(":")[0],
    }
    # As if the environment were set up: that is not what this test is about.
    command = [make, "-o", ".venv/.demo", f"BIN={Path(sys.executable).parent}", "image"]
    subprocess.run(
        [*command, f"IMAGE={IMAGE}", f"KUSTOMIZATION={tmp_path}", f"BASE_DIGEST={OTHER}"],
        cwd=ROOT,
        env=environment,
        check=True,
        timeout=60,
    )
    assert f"--build-arg BASE_DIGEST={OTHER}" in machine.calls()[0]
    assert DIGEST in machine.file.read_text()


FORMS = {
    "nothing": ("resources: [a]\n", "resources: [a]\n{}"),
    "placeholder": (f"a: 1\n{NO_IMAGE}# b\nb: 2\n", "a: 1\n{}# b\nb: 2\n"),
    "older": (
        "a: 1\nimages:\n# ours\n- name: quarterdeck\n  newName: x\n# below\nb: 2\n",
        "a: 1\n{}# below\nb: 2\n",
    ),
    "flow": ("images: [{name: quarterdeck,\n  newTag: x}]\nb: 2\n", "{}b: 2\n"),
    "empty": ("images: []\nb: 2\n", "{}b: 2\n"),
    "null": ("images:\nb: 2\n", "{}b: 2\n"),
    "both": (f"images:\n- name: quarterdeck\n{NO_IMAGE}", "{}"),
}


@pytest.mark.parametrize(("before", "after"), FORMS.values(), ids=FORMS)
def test_the_image_is_written_and_the_rest_stays(before: str, after: str) -> None:
    block = "images:\n- name: quarterdeck\n  newName: r.io/q\n  newTag: '2'\n"
    image = Image("r.io/q", "2")
    text = with_image(before, image)
    assert text == after.format(block)
    assert with_image(text, image) == text


def test_other_images_stay() -> None:
    text = with_image("images:\n- {name: proxy, newTag: '1'}\n", Image("r.io/q", digest=DIGEST))
    assert [one["name"] for one in yaml.safe_load(text)["images"]] == ["proxy", "quarterdeck"]


@pytest.mark.parametrize("text", ["[a]", "a: [", "text", "images: x", "images: [x]"])
def test_what_is_no_kustomization_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^error: the kustomization"):
        with_image(text, Image("r.io/q", "2"))


@pytest.mark.parametrize(
    ("text", "image"),
    [
        ("localhost:5000/q:1", Image("localhost:5000/q", "1")),
        ("localhost/q:1", Image("localhost/q", "1")),
        ("ghcr.io/a/b_c/q:v1-2", Image("ghcr.io/a/b_c/q", "v1-2")),
        (f"r.io/q:1@{DIGEST}", Image("r.io/q", "1", DIGEST)),
        (f"10.0.0.1:443/q@{DIGEST}", Image("10.0.0.1:443/q", "", DIGEST)),
    ],
)
def test_images_are_read_as_registries_name_them(text: str, image: Image) -> None:
    assert read_image(text) == image


def test_kustomize_takes_what_is_written(tmp_path: Path) -> None:
    base = os.path.relpath(ROOT / "deploy", tmp_path)
    text = with_image(f"resources: [{base}]\n{NO_IMAGE}", Image("r.io/q", digest=DIGEST))
    (tmp_path / "kustomization.yaml").write_text(text)
    built = rendered(tmp_path)
    assert container_of(the(built, "Deployment"))["image"] == f"r.io/q@{DIGEST}"
    assert len(of_kind(built, "Deployment")) == 1
