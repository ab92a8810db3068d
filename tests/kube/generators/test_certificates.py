"""Whether a certificate and its key belong together, in the words of kubectl."""

import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest
import trustme
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from bot.core.errors import UsageError
from bot.kube.generators.certificates import check_pair
from tests.cluster.boxes import KUBECTL
from tests.every import every


@cache  # when it is asked for: each worker that collects the tests would make these keys
def files() -> Mapping[str, bytes]:
    authority = trustme.CA()
    ours, others = (authority.issue_cert(f"{name}.example.org") for name in ("a", "b"))
    rsa_key = rsa.generate_private_key(65537, 2048)
    private = rsa_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = rsa_key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    chain = b"".join(blob.bytes() for blob in ours.cert_chain_pems)
    return {
        "cert": ours.cert_chain_pems[0].bytes(),
        "key": ours.private_key_pem.bytes(),
        "other-key": others.private_key_pem.bytes(),
        "rsa-key": private,
        "public": public,
        "chain": chain,
        "text": b"nothing of the kind\n",
        "broken-cert": b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        "broken-key": b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
    }


FIT = [("cert", "key"), ("chain", "key")]
FAULTS = {
    ("text", "key"): "tls: failed to find any PEM data in certificate input",
    ("cert", "text"): "tls: failed to find any PEM data in key input",
    ("key", "key"): "tls: failed to find certificate PEM data in certificate input, but did find a"
    " private key; PEM inputs may have been switched",
    ("public", "key"): 'tls: failed to find "CERTIFICATE" PEM block in certificate input after'
    " skipping PEM blocks of the following types: [PUBLIC KEY]",
    ("cert", "cert"): "tls: found a certificate rather than a key in the PEM for the private key",
    ("cert", "public"): 'tls: failed to find PEM block with type ending in "PRIVATE KEY" in key'
    " input after skipping PEM blocks of the following types: [PUBLIC KEY]",
    ("cert", "other-key"): "tls: private key does not match public key",
    ("cert", "rsa-key"): "tls: private key type does not match public key type",
    ("broken-cert", "key"): "x509: malformed certificate",
    ("cert", "broken-key"): "tls: failed to parse private key",
}


@pytest.mark.parametrize(("certificate", "key"), FIT)
def test_a_pair_that_belongs_together_is_taken(certificate: str, key: str) -> None:
    check_pair(files()[certificate], files()[key])


@every(("pair", "text"), FAULTS.items())
def test_what_is_no_pair_is_refused(pair: tuple[str, str], text: str) -> None:
    with pytest.raises(UsageError) as caught:
        check_pair(files()[pair[0]], files()[pair[1]])
    assert caught.value.text == f"error: {text}"


@pytest.mark.peers
@pytest.mark.parametrize("pair", [*FIT, *FAULTS])
def test_kubectl_says_the_same(pair: tuple[str, str], tmp_path: Path) -> None:
    for name in pair:
        (tmp_path / name).write_bytes(files()[name])
    words = ("create", "secret", "tls", "x", f"--cert={pair[0]}", f"--key={pair[1]}")
    done = subprocess.run(
        [KUBECTL, *words, "--dry-run=client"],
        cwd=tmp_path,
        env={"HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == (f"error: {FAULTS[pair]}\n" if pair in FAULTS else "")
