"""The pinned kubectl, run as one identity in an environment of its own."""

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.cluster.peers import ClusterError

QUICK = {"GOGC": "off", "GOMAXPROCS": "1"}
"""So short a run of a Go program needs neither a garbage collector nor threads."""


@dataclass(frozen=True, slots=True)
class Kubectl:
    """kubectl with a kubeconfig; call it with its arguments."""

    binary: Path
    kubeconfig: Path
    home: Path
    """Its HOME: discovery cache and preferences of the person who runs the tests stay outside."""

    def __call__(
        self, *arguments: str, stdin: str | None = None, seconds: float = 30
    ) -> "subprocess.CompletedProcess[str]":
        """Run kubectl to its end, whatever its exit code is.

        Raises:
            TimeoutExpired: it has not ended within `seconds`; it is killed then.
        """
        return subprocess.run(
            [str(self.binary), *arguments],
            env=dict(self.environment()) | QUICK,
            input=stdin or "",
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    def environment(self) -> Mapping[str, str]:
        """Return all that kubectl sees of the environment."""
        path = f"{self.binary.parent}{os.pathsep}{os.defpath}"
        return {
            "PATH": path,
            "HOME": str(self.home),
            "TZ": "UTC",
            "KUBECONFIG": str(self.kubeconfig),
        }

    def out(self, *arguments: str, stdin: str | None = None, seconds: float = 30) -> str:
        """Return what kubectl prints.

        Raises:
            ClusterError: it fails; the message holds its words.
        """
        done = self(*arguments, stdin=stdin, seconds=seconds)
        if done.returncode:
            raise ClusterError(f"kubectl {' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout

    def items(self, *arguments: str) -> list[dict[str, Any]]:
        """Return the objects of a list: `items("pods", "-n", "shop")`."""
        listed: list[dict[str, Any]] = json.loads(self.out("get", *arguments, "-o=json"))["items"]
        return listed
