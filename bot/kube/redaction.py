"""Tokens, keys and passwords in what a pod prints, before anybody sees or keeps them.

By pattern, so it is a net and no proof: what looks like nothing known passes. Works on text as it
arrives, across the cuts between its pieces; a private key is hidden over all of its lines.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

HIDDEN = "<redacted>"
# A line that is longer is let go piece by piece; what is kept back is longer than any token.
_LONGEST_LINE, _KEPT_BACK = 256 * 1024, 8 * 1024
# Where lines with hints follow each other, so much of them is looked through at once.
_PART = 512
_BEGIN = re.compile(r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----")
_END = re.compile(r"-----END (?:[A-Z0-9]+ )*PRIVATE KEY-----")
_NAME = (
    r"pass(?:word|wd|phrase)?|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?"
)
# What stands in lower case in every text that the pattern fits, and the pattern: it hides its group
# `value`, or all of itself where it has none. Formats: the issuers' documents.
_PATTERNS = tuple(
    (hints.split(), re.compile(pattern))
    for hints, pattern in (
        # JSON Web Tokens: three parts in base64url, the first of which is `{"`.
        ("eyj", r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"),
        # Slack, GitHub, GitLab, Stripe, npm, PyPI, Google, OpenAI.
        ("xox xapp-", r"\bxox[a-z]-[\w-]{10,}|\bxapp-[\w-]{10,}"),
        (
            "ghp_ gho_ ghu_ ghs_ ghr_ github_pat_ glpat-",
            r"\bgh[pousr]_\w{20,}|\bgithub_pat_\w{20,}|\bglpat-[\w-]{16,}",
        ),
        ("k_live_ k_test_", r"\b[sr]k_(?:live|test)_\w{10,}"),
        ("npm_ pypi-", r"\bnpm_\w{30,}|\bpypi-[\w-]{30,}"),
        ("aiza ya29. sk-", r"\bAIza[\w-]{30,}|\bya29\.[\w-]{20,}|\bsk-[\w-]{20,}"),
        # Amazon: the key's id; its secret is found by its name below.
        ("akia asia", r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
        # Authorization headers.
        ("bearer basic", r"(?i)\b(?:bearer|basic)[ \t]+(?P<value>[\w.~+/=-]{8,})"),
        # The password of an address: `postgres://user:password@host`.
        ("://", r"\b[a-z][a-z0-9+.-]*://[^\s:/@]*:(?P<value>[^\s@/]+)@"),
        # `password=…`, `"api_key": "…"`, `DB_PASSWORD: …`.
        (
            "pass secret token key credential",
            rf"(?i)(?<![^\W_])(?:{_NAME})[\"']?[ \t]*[=:][ \t]*(?:\"(?P<double>[^\"\n]+)\""
            r"|'(?P<single>[^'\n]+)'|(?P<value>[^\s\"',;&)}\]]+))",
        ),
    )
)
_VALUES = ("value", "double", "single")


_HINTS = tuple(dict.fromkeys(hint for hints, _ in _PATTERNS for hint in hints))


def suspicious(text: str) -> bool:
    """Tell whether there may be something to hide; if not, a redactor changes nothing of it."""
    lowered = text.lower()
    return "-----begin" in lowered or any(hint in lowered for hint in _HINTS)


@dataclass
class Redactor:
    """One stream of text, hidden piece by piece."""

    hidden: int = 0
    """How many values were hidden so far."""
    _rest: str = ""
    _in_key: bool = field(default=False)

    def feed(self, text: str) -> str:
        """Return what can be shown by now; what may be half a token is kept back."""
        self._rest += text
        whole, newline, self._rest = self._rest.rpartition("\n")
        shown = self._shown(whole + newline)
        if len(self._rest) > _LONGEST_LINE:
            cut = _safe_cut(self._rest, len(self._rest) - _KEPT_BACK)
            shown += self._shown(self._rest[:cut])
            self._rest = self._rest[cut:]
        return shown

    def finish(self) -> str:
        """Return what was kept back: nothing follows."""
        rest, self._rest = self._rest, ""
        return self._shown(rest)

    def _shown(self, text: str) -> str:
        if self._in_key or "-----BEGIN" in text:
            text = "".join(map(self._without_key, _lines(text)))
        lowered = text.lower()
        for hints, pattern in _PATTERNS:
            if parts := _hinted(text, lowered, hints):
                text = self._without(pattern, text, parts)
                lowered = text.lower()
        return text

    def _without(
        self, pattern: re.Pattern[str], text: str, parts: Sequence[tuple[int, int]]
    ) -> str:
        shown, at = [], 0
        for start, end in parts:
            shown += [text[at:start], pattern.sub(self._hide, text[start:end])]
            at = end
        return "".join([*shown, text[at:]])

    def _without_key(self, line: str) -> str:
        if self._in_key:
            end = _END.search(line)
            if end is None:
                return ""
            self._in_key = False
            return line[end.end() :]
        begin = _BEGIN.search(line)
        if begin is None:
            return line
        self.hidden += 1
        end = _END.search(line, begin.end())
        if end is not None:
            return line[: begin.start()] + HIDDEN + line[end.end() :]
        self._in_key = True
        return f"{line[: begin.start()]}{HIDDEN}\n"

    def _hide(self, match: "re.Match[str]") -> str:
        name = next((each for each in _VALUES if match.groupdict().get(each)), None)
        if name is None:
            self.hidden += 1
            return HIDDEN
        if match[name] == HIDDEN:
            return match[0]
        self.hidden += 1
        start, end = match.start(name) - match.start(), match.end(name) - match.start()
        return match[0][:start] + HIDDEN + match[0][end:]


def _hinted(text: str, lowered: str, hints: Sequence[str]) -> list[tuple[int, int]]:
    """Return the parts of the text, each of whole lines, outside of which no hint stands.

    A pattern fits nothing beyond a line, and takes fifty times as long as a search for its hints.
    """
    if len(lowered) != len(text):
        return [(0, len(text))]  # a letter that is two in lower case: places are other places
    found = []
    for hint in hints:
        at = lowered.find(hint)
        while at >= 0:
            end = lowered.find("\n", at + _PART) + 1 or len(lowered)
            found.append((lowered.rfind("\n", 0, at) + 1, end))
            at = lowered.find(hint, end)
    return list(_joined(sorted(found)))


def _joined(parts: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    while parts:
        start, end = parts.pop(0)
        while parts and parts[0][0] <= end:
            end = max(end, parts.pop(0)[1])
        yield start, end


def _safe_cut(text: str, at: int) -> int:
    """Return the place at or before `at` where no token is cut."""
    lowered = text.lower()
    near = [pattern for hints, pattern in _PATTERNS if _hinted(text, lowered, hints)]
    spans = (match.span() for pattern in near for match in pattern.finditer(text))
    return min([at, *(start for start, end in spans if start < at < end)])


def _lines(text: str) -> list[str]:
    # Only a line feed ends a line: a progress bar is full of carriage returns.
    *lines, rest = text.split("\n")
    return [f"{line}\n" for line in lines] + ([rest] if rest else [])
