"""What the examples of `create` and `expose` leave in a cluster, and the files that they name."""

from collections.abc import Iterable, Mapping

import trustme

from tests.cluster.bed import Bed

# Where the type is not the first word behind `create`.
_TYPES = {"secret": "secrets", "service": "services", "quota": "resourcequotas"}
_WITH_A_KIND = frozenset({"secret", "service"})


def left_by(phrase: str) -> str:
    """Return what a phrase makes, as `type/name`; empty: nothing, or only on trial."""
    words = phrase.split()
    if "--dry-run" in phrase or " -f " in phrase or words[0] not in ("create", "expose"):
        return ""
    if words[0] == "expose":
        return next(f"services/{w.removeprefix('--name=')}" for w in words if "--name=" in w)
    name = words[3 if words[1] in _WITH_A_KIND else 2]
    return "" if name.startswith("-") else f"{_TYPES.get(words[1], words[1])}/{name}"


def undo(bed: Bed, phrases: Iterable[str]) -> None:
    """Delete what the phrases made."""
    for made in filter(None, map(left_by, phrases)):
        # A simulated cluster does not know all of the types.
        bed.kubectl("delete", made, "-n=shop", "--ignore-not-found", "--wait=false")


def files() -> Mapping[str, bytes]:
    """Return the files that the examples name."""
    pair = trustme.CA().issue_cert("shop.example.org")
    return {
        "password.txt": b"not-a-password\n",
        "config.json": b'{"auths": {}}\n',
        "tls.crt": pair.cert_chain_pems[0].bytes(),
        "tls.key": pair.private_key_pem.bytes(),
    }
