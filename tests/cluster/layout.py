"""Where the files of one bed stand, all of them below its home."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the files of one bed stand."""

    home: Path
    name: str

    @property
    def cluster(self) -> Path:
        """Return the folder in which kwokctl keeps the cluster."""
        return self.home / "kwok" / "clusters" / self.name

    @property
    def kubeconfig(self) -> Path:
        """Return the kubeconfig of the cluster's administrator."""
        return self.cluster / "kubeconfig.yaml"

    @property
    def ca_file(self) -> Path:
        """Return the certificate that signed the API server's."""
        return self.cluster / "pki" / "ca.crt"

    @property
    def audit_log(self) -> Path:
        """Return the API server's audit log: one JSON event a line."""
        return self.cluster / "logs" / "audit.log"

    @property
    def configuration(self) -> Path:
        """Return the file for `kwokctl -c`."""
        return self.home / "kwok.yaml"

    @property
    def audit_policy(self) -> Path:
        """Return the audit policy's file."""
        return self.home / "audit.yaml"

    @property
    def scheduler(self) -> Path:
        """Return the program that kwokctl starts as the scheduler."""
        return self.home / "kube-scheduler"

    @property
    def logs(self) -> Path:
        """Return the folder with what the pods' containers have written: NAME.log."""
        return self.home / "logs"

    @property
    def container(self) -> Path:
        """Return the working folder of commands that `exec` runs."""
        return self.home / "container"
