"""`quarterdeck policy check`: everything that is wrong with a policy file, with lines and forms."""

from collections.abc import Callable
from pathlib import Path

from bot import environment
from bot.policy.model import Policy
from bot.policy.reading import parse_policy, read_bytes

Write = Callable[[str], None]


def policy_path(typed: str | None) -> Path:
    """Return the policy file that is meant: the typed one, the bot's own, or the one here."""
    return Path(typed or environment.variables().get("QUARTERDECK_POLICY") or "policy.yaml")


def check(path: Path, write: Write) -> int:
    """Write everything that is wrong with the policy, or what it holds; return the exit code.

    Raises:
        ConfigurationError: the file cannot be read.
    """
    found = parse_policy(read_bytes(path))
    if isinstance(found, Policy):
        write(f"✓ {path}: {found.summary()}")
        return 0
    for fault in found:
        write(f"✗ line {fault.line}: {fault.sentence}")
        if fault.form:
            write(f"  → {fault.form}")
    return 1
