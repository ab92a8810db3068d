"""What makes a chain of records: keys, and what is computed with them.

Pure. Each link is HMAC-SHA256 over the digest of the link before it and the record's own bytes, so
that whoever can write the store and has no key can change, drop, move or add nothing unseen.
"""

import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.core.audit import Mark
from bot.core.errors import ConfigurationError

BEGINNING = Mark(0, bytes(32))
"""Before the first record."""
# As many characters as 24 random bytes have in base64.
SHORTEST = 32
_HOW = "Make one with: openssl rand -base64 32 > audit-key, in the folder of QUARTERDECK_SECRETS."


@dataclass(frozen=True, slots=True)
class Key:
    """One secret, and what is signed with it."""

    secret: bytes = field(repr=False)

    @property
    def id(self) -> str:
        """Return the name under which records mention it; it tells nothing of the secret."""
        return hmac.digest(self.secret, b"id", "sha256").hex()[:12]

    def link(self, before: bytes, record: bytes) -> bytes:
        """Return the digest of a record that follows the link with the digest `before`."""
        return hmac.digest(self.secret, before + record, "sha256")

    def mark(self, kind: str, chain: str, seq: int, digest: bytes) -> Mark:
        """Return a signed place in a chain; `kind` is `head` or `floor`."""
        return Mark(seq, digest, self._seal(kind, chain, seq, digest))

    def made(self, kind: str, chain: str, mark: Mark) -> bool:
        """Tell whether the place was signed with this key."""
        return hmac.compare_digest(mark.seal, self._seal(kind, chain, mark.seq, mark.digest))

    def _seal(self, kind: str, chain: str, seq: int, digest: bytes) -> bytes:
        # Of a key of its own: no record can be made to look like it.
        secret = hmac.digest(self.secret, b"seal", "sha256")
        return hmac.digest(secret, f"{kind} {seq} {chain} ".encode() + digest, "sha256")


@dataclass(frozen=True, slots=True)
class Keys:
    """The key that is written with, and those that are still read."""

    all: tuple[Key, ...]

    @property
    def current(self) -> Key:
        """Return the key that new records are chained with."""
        return self.all[0]

    def by_id(self) -> dict[str, Key]:
        """Return each key by the name that records mention."""
        return {key.id: key for key in self.all}

    def signed(self, kind: str, chain: str, mark: Mark) -> bool:
        """Tell whether a place is as one of the keys signed it."""
        if not mark.seal:
            return mark == BEGINNING
        return any(key.made(kind, chain, mark) for key in self.all)


def read_keys(text: str) -> Keys:
    """Return the keys that stand in the text, apart by spaces, commas or line ends.

    The first is written with, the others are for what was written before.

    Raises:
        ConfigurationError: there is none, or one is too short; no key is in the text of the error.
    """
    words: Sequence[str] = [word for word in re.split(r"[\s,]+", text) if word]
    if not words:
        raise ConfigurationError(
            "error: QUARTERDECK_AUDIT__KEY: there is no key for the audit record", next_step=_HOW
        )
    if any(len(word) < SHORTEST for word in words):
        raise ConfigurationError(
            f"error: QUARTERDECK_AUDIT__KEY: a key has less than {SHORTEST} characters",
            next_step=_HOW,
        )
    return Keys(tuple(Key(word.encode()) for word in dict.fromkeys(words)))
