"""The tables of verbs and flags say what kubectl says of itself."""

import re
from datetime import timedelta

import pytest

from bot.core.command import Flag, FlagKind, flags_of
from bot.grammar.persistent import COMMON, REFUSED
from bot.grammar.verbs import ORDER
from tests.conformance.grammar.conftest import Kubectl
from tests.conformance.grammar.verbs import OPTIONS

_OPTION = re.compile(
    r"^    (?:-(?P<letter>\w), )?--(?P<name>[\w-]+)=(?P<default>.*):$", re.MULTILINE
)


def test_every_verb_of_kubectl_is_known(kubectl: Kubectl) -> None:
    listed = kubectl("__complete ''").stdout.split("\n:")[0].split("\n")
    # `alpha` is hidden while it has no commands.
    assert {line.split("\t")[0] for line in listed} | {"alpha"} == set(ORDER)


def test_every_global_flag_is_either_taken_or_refused(kubectl: Kubectl) -> None:
    told = {
        found["name"]: found["letter"] or ""
        for found in _OPTION.finditer(kubectl("options").stdout)
    }
    ours = {flag.name: flag.short for flag in (*COMMON, *REFUSED)}
    # These belong to verbs, and are refused behind each of them; the last is ours alone.
    of_verbs = {"raw": "", "template": "", "insecure-skip-tls-verify-backend": ""}
    assert ours == told | of_verbs | {"all-contexts": ""}


@pytest.mark.parametrize("verb", [phrase for phrase in OPTIONS if phrase != "help"])
def test_a_declared_flag_is_kubectls(verb: str, kubectl: Kubectl) -> None:
    told = {
        found["name"]: (found["letter"] or "", found["default"])
        for found in _OPTION.finditer(kubectl(f"{verb} --help").stdout)
    }
    for flag in flags_of(OPTIONS[verb]):
        assert told[flag.name] == (flag.short, _default(flag)), flag.name


def _default(flag: Flag) -> str:
    """Return the default as kubectl's help writes it."""
    match flag.kind:
        case FlagKind.BOOL:
            return str(flag.default).lower()
        case FlagKind.STRING:
            return f"'{flag.default}'"
        case FlagKind.STRING_SLICE | FlagKind.STRING_ARRAY:
            return "[]"
        case FlagKind.DURATION:
            assert isinstance(flag.default, timedelta)
            return f"{flag.default.seconds}s"
        case FlagKind.INT | FlagKind.INT32:
            return str(flag.default)
