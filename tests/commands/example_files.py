"""The files that examples name, as they stand on a person's own machine."""

from collections.abc import Mapping
from pathlib import Path

import trustme
import yaml

from bot.core.request import Attachment

FOLDER = Path(__file__).parent / "manifests"


def manifests() -> Mapping[str, bytes]:
    """Return the manifests by their names."""
    return {file.name: file.read_bytes() for file in FOLDER.iterdir()}


def secrets() -> Mapping[str, bytes]:
    """Return what the examples make Secrets of."""
    pair = trustme.CA().issue_cert("shop.example.org")
    return {
        "password.txt": b"not-a-password\n",
        "config.json": b'{"auths": {}}\n',
        "tls.crt": pair.cert_chain_pems[0].bytes(),
        "tls.key": pair.private_key_pem.bytes(),
    }


def tasks() -> bytes:
    """Return a policy with the tasks that examples run."""
    return b"version: 1\ntasks:\n  restart-web: {phrases: [rollout restart deploy/web -n shop]}\n"


def attached(phrase: str) -> tuple[Attachment, ...]:
    """Return the files that a phrase names."""
    there = manifests()
    return tuple(Attachment(word, there[word]) for word in phrase.split() if word in there)


def kinds(phrase: str) -> frozenset[str]:
    """Return the kinds of the objects in them, in lower case."""
    return frozenset(yaml.safe_load(file.content)["kind"].lower() for file in attached(phrase))
