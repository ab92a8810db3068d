"""`make image`: build the image and push it, and write it into a kustomization.

With the first of docker, podman and buildah that is there, or with the one that BUILDER names.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from bot import __version__
from bot.core.errors import ConfigurationError
from bot.firstday.kustomization import Image, read_image, with_image

ROOT = Path(__file__).parents[1]
_FORM = "Type: make image IMAGE=registry.example.com/quarterdeck:0.1.0"


def build_with_docker(reference: str, arguments: Sequence[str]) -> str:
    """Build and push; return the digest that the registry has given, or nothing."""
    _run("docker", "build", "--tag", reference, *arguments, str(ROOT))
    _run("docker", "push", reference)
    inspect = ("image", "inspect", "--format", "{{range .RepoDigests}}{{println .}}{{end}}")
    digests = _run("docker", *inspect, reference, said=True).split()
    name = reference.rpartition(":")[0]
    # docker leaves its own registry out; what was pushed elsewhere before has a digest there, too.
    names = {name, name.removeprefix("docker.io/").removeprefix("library/")}
    found = (one.partition("@") for one in digests)
    return next((digest for repository, _, digest in found if repository in names), "")


def build_with_podman(reference: str, arguments: Sequence[str]) -> str:
    """Build and push; return the digest that the registry has given."""
    _run("podman", "build", "--tag", reference, *arguments, str(ROOT))
    return _digest(lambda file: _run("podman", "push", "--digestfile", file, reference))


def build_with_buildah(reference: str, arguments: Sequence[str]) -> str:
    """Build and push; return the digest that the registry has given."""
    _run("buildah", "build", "--tag", reference, *arguments, str(ROOT))
    to = (reference, f"docker://{reference}")
    return _digest(lambda file: _run("buildah", "push", "--digestfile", file, *to))


BUILDERS = {
    "docker": build_with_docker,
    "podman": build_with_podman,
    "buildah": build_with_buildah,
}


@click.command()
@click.argument("image")
@click.argument("kustomization", type=Path)
@click.option("--builder", default="", help="docker, podman or buildah")
@click.option("--base-digest", default="", help="sha256:… of the base image")
def main(image: str, kustomization: Path, builder: str, base_digest: str) -> None:
    """Build the image, push it, and write it into the kustomization."""
    try:
        _main(_named(image), _file(kustomization), builder, base_digest)
    except ConfigurationError as error:
        sys.exit("\n".join(line for line in (error.text, error.next_step) if line))


def _named(image: str) -> Image:
    if not image:
        raise ConfigurationError("error: IMAGE is missing", next_step=_FORM)
    named = read_image(image)
    if not named.tag:  # a digest is made here, not named
        raise ConfigurationError("error: IMAGE needs a tag", next_step=_FORM)
    return named


def _main(image: Image, file: Path, builder: str, base_digest: str) -> None:
    build = BUILDERS[_builder(builder)]
    arguments = ["--build-arg", f"VERSION={__version__}"]
    if base_digest:
        arguments += ["--build-arg", f"BASE_DIGEST={base_digest}"]
    digest = build(f"{image.name}:{image.tag}", arguments)
    pushed = Image(image.name, image.tag, digest if re.fullmatch(r"sha256:\w{64}", digest) else "")
    file.write_text(with_image(file.read_text("utf-8"), pushed), "utf-8")
    at = f"@{pushed.digest}" if pushed.digest else f":{pushed.tag}, for no digest was told"
    click.echo(f"Wrote images: into {file}: {pushed.name}{at}")
    click.echo(f"Next, type: kubectl apply -k {file.parent}")


def _file(kustomization: Path) -> Path:
    file = kustomization / "kustomization.yaml" if kustomization.is_dir() else kustomization
    if not file.is_file():
        raise ConfigurationError(
            f"error: there is no {file}",
            next_step="Write one with `quarterdeck init`, or name yours: KUSTOMIZATION=path",
        )
    with_image(file.read_text("utf-8"), Image("localhost/checked", "1"))
    return file


def _builder(wanted: str) -> str:
    if wanted and wanted not in BUILDERS:
        raise ConfigurationError(f"error: BUILDER is one of {', '.join(BUILDERS)}")
    found = [name for name in ([wanted] if wanted else BUILDERS) if shutil.which(name)]
    if not found:
        raise ConfigurationError(
            f"error: there is no {wanted or 'docker, podman or buildah'} here to build an image",
            next_step="Install one of them, or build it elsewhere and write `images:` yourself.",
        )
    return found[0]


def _digest(push: Callable[[str], object]) -> str:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "digest"
        push(str(file))
        return file.read_text("utf-8").strip() if file.exists() else ""


def _run(*command: str, said: bool = False) -> str:
    """Run a builder; return its standard output where that is wanted, else show it."""
    output = subprocess.PIPE if said else None
    try:
        return subprocess.run(command, check=True, text=True, stdout=output).stdout or ""
    except (subprocess.CalledProcessError, OSError) as error:
        step = "What it said is above. Another builder: BUILDER=docker, podman or buildah."
        text = f"error: `{' '.join(command[:2])}` failed; no kustomization was changed"
        raise ConfigurationError(text, next_step=step) from error


if __name__ == "__main__":
    main()
