"""The flags that every command takes, and those of kubectl's that none takes here."""

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from bot.core.command import Flag, FlagKind, flags_of, switch, text
from bot.core.errors import RefusedError, UsageError
from bot.core.units import parse_go_duration

_SECONDS = re.compile("[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Common:
    """What every command takes beside its own flags."""

    namespace: str = text("n", help="The namespace of this request.")
    context: str = text(help="The cluster, by the name of its kubeconfig context.")
    request_timeout: str = text(
        default="0",
        help="How long one request may take, such as 30s or 2m; 0: no limit of its own.",
    )
    all_contexts: bool = switch(help="Read in every cluster that you may use, side by side.")

    def timeout(self) -> timedelta | None:
        """Return how long one request may take; None: no limit was asked for.

        Raises:
            UsageError: in kubectl's words, if it is no duration, or a negative one.
        """
        return _read_timeout(self.request_timeout)


@lru_cache(maxsize=64)  # nearly always the default
def _read_timeout(text: str) -> timedelta | None:
    seconds = _SECONDS.fullmatch(text)
    try:
        found = timedelta(seconds=int(seconds[0])) if seconds else parse_go_duration(text)
    except ValueError:
        raise UsageError(
            "error: Invalid timeout value. Timeout must be a single integer in seconds, or an"
            " integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)"
        ) from None
    return found or None


COMMON = flags_of(Common)

_AS_YOU = "Leave it out: requests are sent as you and as nobody else."
_CONTEXT = "Choose the cluster with --context."
_CONNECTION = "Leave it out: how a cluster is reached is set up by whoever runs the bot."
_PROCESS = "Leave it out: it is about the kubectl process, and there is none here."
_FORMATS = "Use -o yaml or -o json, and `| grep WORD` to narrow it."
# A Go template can run without an end, and nobody's files are read for a format.
_NO_FORMATS: Mapping[str, str] = {
    **dict.fromkeys(("go-template", "go-template-file", "template", "templatefile"), _FORMATS),
    "jsonpath-file": "Type what the file holds: -o jsonpath='{.items[*].metadata.name}'.",
    "custom-columns-file": "Type the columns: -o custom-columns=NAME:.metadata.name,KIND:.kind.",
    "kyaml": "Use -o yaml, which says the same.",
}
# As kubectl 1.37.1 declares them (`kubectl options`); `raw`, `template` and what is about a
# kubelet's certificate belong to verbs.
_REFUSED: tuple[tuple[str, str, FlagKind], ...] = (
    (
        "as as-uid user username password token client-certificate client-key",
        _AS_YOU,
        FlagKind.STRING,
    ),
    ("as-group as-user-extra", _AS_YOU, FlagKind.STRING_ARRAY),
    ("server cluster kubeconfig", _CONTEXT, FlagKind.STRING),
    ("certificate-authority tls-server-name proxy-url", _CONNECTION, FlagKind.STRING),
    ("insecure-skip-tls-verify disable-compression", _CONNECTION, FlagKind.BOOL),
    ("insecure-skip-tls-verify-backend", _CONNECTION, FlagKind.BOOL),
    ("cache-dir kuberc profile profile-output v vmodule", _PROCESS, FlagKind.STRING),
    ("log-flush-frequency", _PROCESS, FlagKind.STRING),
    ("match-server-version warnings-as-errors", _PROCESS, FlagKind.BOOL),
    ("raw", "Name the type in place of a path: get TYPE NAME -o json.", FlagKind.STRING),
    ("template", _FORMATS, FlagKind.STRING),
)
_LETTERS = {"server": "s", "v": "v"}
_INSTEAD: Mapping[str, str] = {
    name: instead for names, instead, _ in _REFUSED for name in names.split()
}
REFUSED = tuple(
    Flag(name, kind, "", _LETTERS.get(name, ""), "true" if kind is FlagKind.BOOL else None)
    for names, _, kind in _REFUSED
    for name in names.split()
)


def refuse(typed: Iterable[str], declared: Container[str]) -> None:
    """Refuse the first of the typed flags that no command takes, unless it is `declared` here.

    Raises:
        RefusedError: with what to do in its place.
    """
    for name in typed:
        if name in _INSTEAD and name not in declared:
            raise RefusedError(f"error: --{name} is refused", next_step=_INSTEAD[name])


def refuse_formats(output: str, template: str) -> None:
    """Refuse those of kubectl's formats that cannot be had here; `template` is `--template`'s.

    Raises:
        RefusedError: with what to do in its place.
    """
    name = output.partition("=")[0] or ("go-template" if template and not output else "")
    if name in _NO_FORMATS:
        raise RefusedError(f"error: -o {name} is refused", next_step=_NO_FORMATS[name])
