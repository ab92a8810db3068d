"""Whether a certificate and a key belong together, as `create secret tls` asks.

Pure. Texts: Go's `crypto/tls`, whose `X509KeyPair` kubectl calls.
"""

import re
from collections.abc import Sequence

from bot.core.errors import UsageError

_BLOCK = re.compile(
    rb"-----BEGIN (?P<type>[^\r\n]+?)-----\r?\n(?P<body>.*?)-----END (?P=type)-----", re.DOTALL
)
_NEXT = "A certificate and its key, each as PEM."


def check_pair(certificate: bytes, key: bytes) -> None:
    """Refuse a certificate and a key that do not belong together.

    Raises:
        UsageError: they do not, or one of them cannot be read; no byte of them is repeated.
    """
    # A terminal that starts for something else must not wait for it.
    from cryptography import x509  # noqa: PLC0415
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415

    of_certificate = _certificate_block(certificate)
    of_key = _key_block(key)
    try:
        leaf = x509.load_pem_x509_certificate(of_certificate)
        public = leaf.public_key()
    except ValueError:
        raise _fault("x509: malformed certificate") from None
    try:
        private = serialization.load_pem_private_key(of_key, password=None)
    except (ValueError, TypeError):
        raise _fault("tls: failed to parse private key") from None
    encoded = [
        one.public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        for one in (public, private.public_key())
    ]
    if type(public) is not type(private.public_key()):
        raise _fault("tls: private key type does not match public key type")
    if encoded[0] != encoded[1]:
        raise _fault("tls: private key does not match public key")


def _certificate_block(content: bytes) -> bytes:
    types, blocks = _blocks(content)
    if "CERTIFICATE" in types:
        return blocks[types.index("CERTIFICATE")]
    if not types:
        raise _fault("tls: failed to find any PEM data in certificate input")
    if len(types) == 1 and types[0].endswith("PRIVATE KEY"):
        raise _fault(
            "tls: failed to find certificate PEM data in certificate input, but did find a private"
            " key; PEM inputs may have been switched"
        )
    raise _fault(
        'tls: failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks'
        f" of the following types: [{' '.join(types)}]"
    )


def _key_block(content: bytes) -> bytes:
    types, blocks = _blocks(content)
    for type_, block in zip(types, blocks, strict=True):
        if type_ == "PRIVATE KEY" or type_.endswith(" PRIVATE KEY"):
            return block
    if not types:
        raise _fault("tls: failed to find any PEM data in key input")
    if types == ["CERTIFICATE"]:
        raise _fault("tls: found a certificate rather than a key in the PEM for the private key")
    raise _fault(
        'tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input after'
        f" skipping PEM blocks of the following types: [{' '.join(types)}]"
    )


def _blocks(content: bytes) -> tuple[Sequence[str], Sequence[bytes]]:
    found = list(_BLOCK.finditer(content))
    return [match["type"].decode("ascii", "replace") for match in found], [m[0] for m in found]


def _fault(text: str) -> UsageError:
    return UsageError(f"error: {text}", next_step=_NEXT)
