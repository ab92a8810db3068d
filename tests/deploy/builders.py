"""A machine with stand-ins for docker, podman or buildah, and a kustomization."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from bot.firstday.kustomization import NO_IMAGE
from deploy.image import main
from tests.deploy.manifests import ROOT

IMAGE = "registry.example.com:5000/team/quarterdeck:1.2"
DIGEST = f"sha256:{'ab' * 32}"
OTHER = f"sha256:{'cd' * 32}"
# Builtins of the shell alone: nothing else is on the PATH.
STAND_IN = """\
#!/bin/sh
echo "${0##*/} $*" >> "$STAND_IN_LOG"
[ "$1" = "$STAND_IN_FAILS" ] && { echo "no space left" >&2; exit 7; }
[ "$1" = image ] && { echo "mirror.example.com/q@$OTHER"; echo "$STAND_IN_NAME@$STAND_IN_DIGEST"; }
[ "$2" = --digestfile ] && [ -n "$STAND_IN_DIGEST" ] && echo "$STAND_IN_DIGEST" > "$3"
exit 0
"""
KUSTOMIZATION = f"""\
# Ours.
resources: [deploy]
{NO_IMAGE}namePrefix: "" # stays
"""


class Machine:
    """A folder with some builders, and a kustomization."""

    def __init__(self, folder: Path, *builders: str) -> None:
        self.path, self.log = folder / "bin", folder / "log"
        self.path.mkdir()
        for name in builders:
            (self.path / name).write_text(STAND_IN)
            (self.path / name).chmod(0o755)
        self.file = folder / "kustomization.yaml"
        self.file.write_text(KUSTOMIZATION)

    def image(
        self,
        *arguments: str,
        digest: str = DIGEST,
        fails: str = "",
        name: str = IMAGE.rpartition(":")[0],
    ) -> "subprocess.CompletedProcess[str]":
        environment = {
            "PATH": str(self.path),
            "PYTHONPATH": str(ROOT),
            "STAND_IN_LOG": str(self.log),
            "STAND_IN_FAILS": fails,
            "STAND_IN_DIGEST": digest,
            "STAND_IN_NAME": name,
            "OTHER": OTHER,
        }
        return subprocess.run(
            [sys.executable, "-m", "deploy.image", *arguments],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def refusal(self, *arguments: str) -> str:
        """Return with what the command ends before it starts any builder, called in this process.

        An interpreter that ends with a text writes it to standard error, and its status is 1.
        """
        with pytest.MonkeyPatch.context() as patched:
            patched.setenv("PATH", str(self.path))
            with pytest.raises(SystemExit) as ended:
                main(arguments)
        return str(ended.value)

    def calls(self) -> list[str]:
        return self.log.read_text().splitlines() if self.log.exists() else []

    def images(self) -> list[dict[str, str]]:
        found: list[dict[str, str]] = yaml.safe_load(self.file.read_text()).get("images", [])
        return found
