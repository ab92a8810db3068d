"""`quarterdeck policy check`: everything that is wrong with a policy file, with lines and forms."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from bot import environment
from bot.commands import Registry
from bot.core.errors import RefusedError, UsageError
from bot.core.request import Person
from bot.engine.reading import Phrasebook
from bot.policy.model import Policy
from bot.policy.reading import parse_policy, read_bytes
from bot.policy.tasks import tasks_of
from bot.policy.verdicts import request_of

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
        unreadable = list(_unreadable(found))
        for line in unreadable:
            write(f"✗ {line}")
        if not unreadable:
            write(f"✓ {path}: {found.summary()}")
        return int(bool(unreadable))
    for fault in found:
        write(f"✗ line {fault.line}: {fault.sentence}")
        if fault.form:
            write(f"  → {fault.form}")
    return 1


def _unreadable(policy: Policy) -> Iterator[str]:
    """Yield what is wrong with the tasks' phrases, which only the grammar knows."""
    book = Phrasebook(Registry())
    for task in tasks_of(policy):
        for phrase in task.sample():
            try:
                read = book.read(replace(request_of(Person(""), ""), text=phrase))
            except (RefusedError, UsageError) as error:
                yield f"task {task.name}: `{phrase}`: {error.text.splitlines()[0]}"
            else:
                if read.command.plan is None:
                    yield f"task {task.name}: `{phrase}` changes nothing"
