"""Kubeconfig files, certificates and plugins that a test writes into its own folder."""

import json
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any


def kubeconfig(
    path: Path,
    server: str,
    *,
    name: str = "test",
    user: dict[str, Any] | None = None,
    cluster: dict[str, Any] | None = None,
    **top: Any,
) -> Path:
    """Write a kubeconfig with one context, whose cluster and user have its name."""
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": {"server": server, **(cluster or {})}}],
        "users": [{"name": name, "user": {"token": "first"} if user is None else user}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "current-context": name,
        **top,
    }
    path.write_text(json.dumps(document))  # which is YAML, and written in no time
    return path


def program(path: Path, text: str) -> Path:
    """Write a Python program that can be run by its path."""
    path.write_text(f"#!{sys.executable}\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def authority(folder: Path, name: str = "ca") -> None:
    """Write NAME.crt and NAME.key of a certificate authority."""
    _request(folder, name)
    _sign(folder, name, "", "basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign")


def certificate(folder: Path, name: str, signer: str = "ca", *, client: bool = False) -> None:
    """Write NAME.crt and NAME.key, for 127.0.0.1 and api.test."""
    _request(folder, name)
    usage = f"extendedKeyUsage={'clientAuth' if client else 'serverAuth'}"
    names = "subjectAltName=IP:127.0.0.1,DNS:api.test"
    _sign(folder, name, signer, usage, names, "authorityKeyIdentifier=keyid")


def _request(folder: Path, name: str) -> None:
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    files = ("-keyout", f"{name}.key", "-out", f"{name}.csr")
    _openssl(folder, "req", "-new", *key, *files, "-subj", f"/CN={name}")


def _sign(folder: Path, name: str, signer: str, *extensions: str) -> None:
    lines = ("subjectKeyIdentifier=hash", *extensions)
    (folder / f"{name}.ext").write_text("".join(f"{line}\n" for line in lines))
    by = ("-CA", f"{signer}.crt", "-CAkey", f"{signer}.key", "-CAcreateserial")
    own = ("-signkey", f"{name}.key")
    files = ("-in", f"{name}.csr", "-out", f"{name}.crt", "-extfile", f"{name}.ext")
    _openssl(folder, "x509", "-req", *files, "-days", "2", *(by if signer else own))


def _openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)
