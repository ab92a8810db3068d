"""Which cluster the tests that need one get, if any. Pure.

A kubeconfig beats binaries, binaries beat building, and building needs to be asked for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

REQUIRE = "require"


@dataclass(frozen=True, slots=True)
class Borrow:
    """Use somebody's running cluster."""

    kubeconfig: Path
    audit_log: Path | None


@dataclass(frozen=True, slots=True)
class Start:
    """Start a cluster of our own: everything for it is there."""


@dataclass(frozen=True, slots=True)
class Build:
    """Build what is missing, then start a cluster of our own."""


@dataclass(frozen=True, slots=True)
class Skip:
    """Leave these tests out."""

    reason: str


@dataclass(frozen=True, slots=True)
class Refuse:
    """Fail these tests: they were required, or the setting is wrong."""

    reason: str


Choice = Borrow | Start | Build | Skip | Refuse


def choose(environ: Mapping[str, str], absent: Sequence[str], *, go: bool) -> Choice:
    """Return what to do, given the settings, the missing peers, and whether Go is there."""
    mode = environ.get("QUARTERDECK_TEST_PEERS", "")
    if mode not in {"", REQUIRE}:
        return Refuse(f"QUARTERDECK_TEST_PEERS is {mode!r}; it may be {REQUIRE!r} or unset")
    if kubeconfig := environ.get("QUARTERDECK_TEST_KUBECONFIG"):
        return _borrow(Path(kubeconfig), environ.get("QUARTERDECK_TEST_AUDIT_LOG"))
    if not absent:
        return Start()
    return _without(", ".join(absent), mode, can_build=go and "kubectl" not in absent)


def _borrow(kubeconfig: Path, audit_log: str | None) -> Choice:
    if not kubeconfig.is_file():
        return Refuse(f"QUARTERDECK_TEST_KUBECONFIG: there is no file {kubeconfig}")
    return Borrow(kubeconfig, Path(audit_log) if audit_log else None)


def _without(absent: str, mode: str, *, can_build: bool) -> Choice:
    if mode != REQUIRE:
        return Skip(
            f"no real control plane ({absent} missing): `make cluster` builds it, "
            "QUARTERDECK_TEST_KUBECONFIG names one that runs; it repeats what the simulated "
            "cluster has shown, and shows the rest"
        )
    if not can_build:
        return Refuse(f"QUARTERDECK_TEST_PEERS=require, but {absent} missing and not buildable")
    return Build()
