"""Every case, numbered; each command's are in a file of their own group of commands."""

import shlex
from collections.abc import Iterator, Mapping
from functools import cache

from bot.commands import Registry
from bot.core.errors import RefusedError
from bot.grammar.finding import find
from tests.conformance.changes import (
    cases_deletion,
    cases_filed,
    cases_generators,
    cases_images,
    cases_labels,
    cases_manifests,
    cases_nodes,
    cases_patches,
    cases_rollouts,
    cases_sizes,
)
from tests.conformance.changes.case import Case, Group

FILES = (
    cases_deletion,
    cases_filed,
    cases_generators,
    cases_images,
    cases_labels,
    cases_manifests,
    cases_nodes,
    cases_patches,
    cases_rollouts,
    cases_sizes,
)

REGISTRY = Registry()


def groups() -> Iterator[Group]:
    """Yield the groups of all files."""
    for file in FILES:
        yield from file.GROUPS


@cache
def numbered() -> Mapping[int, Case]:
    """Return every case of the commands that there are, by its number, which names its twins."""
    known = (case for group in groups() for case in group.cases() if _known(case))
    return dict(enumerate(known))


@cache
def command_of(phrase: str) -> str:
    """Return which command a phrase is about; empty: there is none."""
    try:
        found = find(shlex.split(phrase), REGISTRY)
    except RefusedError:
        return ""
    return found.command.phrase if found.command else ""


def _known(case: Case) -> bool:
    return all(map(command_of, case.phrases))
