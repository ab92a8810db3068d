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


Measure = Start | Build | Skip | Refuse
Choice = Borrow | Measure

_SKIPPED = (
    "`make cluster` builds it, QUARTERDECK_TEST_KUBECONFIG names one that runs; it repeats what "
    "the simulated cluster has shown, and shows the rest"
)


def choose(environ: Mapping[str, str], absent: Sequence[str], *, go: bool) -> Choice:
    """Return what to do, given the settings, the missing peers, and whether Go is there."""
    kubeconfig = environ.get("QUARTERDECK_TEST_KUBECONFIG")
    if kubeconfig and not _mistyped(environ):
        return _borrow(Path(kubeconfig), environ.get("QUARTERDECK_TEST_AUDIT_LOG"))
    reason = f"no real control plane ({', '.join(absent)} missing): {_SKIPPED}"
    return _own(environ, absent, reason, go=go)


def measure(environ: Mapping[str, str], absent: Sequence[str], *, go: bool) -> Measure:
    """Return the same for Prometheus and Alertmanager, which nobody else runs for us."""
    reason = f"no Prometheus ({', '.join(absent)} missing): `make cluster` builds it"
    return _own(environ, absent, reason, go=go)


def _mistyped(environ: Mapping[str, str]) -> str | None:
    mode = environ.get("QUARTERDECK_TEST_PEERS", "")
    if mode in {"", REQUIRE}:
        return None
    return f"QUARTERDECK_TEST_PEERS is {mode!r}; it may be {REQUIRE!r} or unset"


def _borrow(kubeconfig: Path, audit_log: str | None) -> Choice:
    if not kubeconfig.is_file():
        return Refuse(f"QUARTERDECK_TEST_KUBECONFIG: there is no file {kubeconfig}")
    return Borrow(kubeconfig, Path(audit_log) if audit_log else None)


def _own(environ: Mapping[str, str], absent: Sequence[str], reason: str, *, go: bool) -> Measure:
    if mistyped := _mistyped(environ):
        return Refuse(mistyped)
    if not absent:
        return Start()
    if environ.get("QUARTERDECK_TEST_PEERS") != REQUIRE:
        return Skip(reason)
    if not go or "kubectl" in absent:
        names = ", ".join(absent)
        return Refuse(f"QUARTERDECK_TEST_PEERS=require, but {names} missing and not buildable")
    return Build()
