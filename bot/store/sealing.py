"""What the store encrypts: keys, and how a document is sealed with them.

AES-256 in Galois/Counter Mode (NIST SP 800-38D) with a random nonce. The name of the row that a
document belongs to is authenticated along with it, so that whoever can write the store and has no
key can neither read, change nor move it.
"""

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.core.errors import ConfigurationError, RefusedError, StoreError

# As many characters as 24 random bytes have in base64.
SHORTEST = 32
_HOW = "Make one with: openssl rand -base64 32 > store-key, in the folder of QUARTERDECK_SECRETS."
# The first byte of a row says which it is; then the key's id, the nonce, and what is encrypted.
_PLAIN, _SEALED = b"0", b"1"
_ID_BYTES = 6
# What the standard recommends for random ones.
_NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class Key:
    """One secret that documents are encrypted with."""

    secret: bytes = field(repr=False)

    @property
    def id(self) -> bytes:
        """Return by what a row names it; it tells nothing of the secret."""
        return self._derived(b"id")[:_ID_BYTES]

    def encrypt(self, document: bytes, row: bytes) -> bytes:
        """Return a new nonce and what the document is with it."""
        # 7 MiB that a bot without a key never needs.
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + AESGCM(self._derived(b"aes")).encrypt(nonce, document, row)

    def decrypt(self, sealed: bytes, row: bytes) -> bytes:
        """Return the document that `encrypt` was given for this row.

        Raises:
            StoreError: it is not as it was encrypted.
        """
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

        nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return AESGCM(self._derived(b"aes")).decrypt(nonce, rest, row)
        except InvalidTag as error:
            raise StoreError("What the store holds of this change was tampered with.") from error

    def _derived(self, purpose: bytes) -> bytes:
        from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # noqa: PLC0415

        info = b"quarterdeck store " + purpose
        return HKDF(SHA256(), hashlib.sha256().digest_size, None, info).derive(self.secret)


@dataclass(frozen=True, slots=True)
class Sealer:
    """Seals with the first of its keys and opens with any; without one nothing is hidden."""

    keys: tuple[Key, ...] = ()

    def seal(self, document: bytes, row: str, *, secret: bool) -> bytes:
        """Return the document as the store may hold it.

        Raises:
            RefusedError: it is secret, and there is no key.
        """
        if self.keys:
            key = self.keys[0]
            return _SEALED + key.id + key.encrypt(document, row.encode())
        if secret:
            raise RefusedError(
                "error: this holds the values of a Secret, which are kept encrypted only, and the"
                " bot has no key for that (QUARTERDECK_STORE__KEY)",
                next_step=f"Ask the bot's admins for one. {_HOW}",
            )
        return _PLAIN + document

    def open(self, sealed: bytes, row: str) -> bytes:
        """Return the document that was sealed for this row.

        Raises:
            StoreError: there is no key for it, or it was changed or made up meanwhile.
        """
        kind, rest = sealed[:1], sealed[1:]
        if kind == _PLAIN and not self.keys:
            return rest
        id_ = rest[:_ID_BYTES]
        key = next((key for key in self.keys if kind == _SEALED and key.id == id_), None)
        if key is None:
            raise StoreError(
                "What the store holds of this change was kept with another key, or with none.",
                next_step="Type the command again.",
            )
        return key.decrypt(rest[_ID_BYTES:], row.encode())


def read_keys(text: str) -> Sealer:
    """Return what seals with the keys that stand in the text, apart by spaces, commas or lines.

    The first is written with, the others are for what was written before; without any, nothing
    is encrypted.

    Raises:
        ConfigurationError: one is too short; no key is in the text of the error.
    """
    words: Sequence[str] = [word for word in re.split(r"[\s,]+", text) if word]
    if any(len(word) < SHORTEST for word in words):
        raise ConfigurationError(
            f"error: QUARTERDECK_STORE__KEY: a key has less than {SHORTEST} characters",
            next_step=_HOW,
        )
    return Sealer(tuple(Key(word.encode()) for word in dict.fromkeys(words)))
