"""Texts of other people, made fit for a record: no secret, no control character, no end of length.

Pure. Secrets are found by pattern, as in what pods print; whoever types one where no pattern looks
for it has told it to the record, as to Slack.
"""

import re

from bot.kube.redaction import HIDDEN, Redactor, suspicious

LONGEST = 2_000
# So much is looked at: more than any slash command, and twenty times what is kept.
_LOOKED_AT = 40_000
# `--token abc`: a flag whose value stands apart, which `--token=abc` has a pattern for.
_FLAG = re.compile(
    r"(?i)(?P<flag>(?<!\S)--[\w-]*(?:token|passw(?:or)?d|passphrase|secret|credentials?|api-?key)"
    r"[\w-]*[ \t]+)(?P<value>\"[^\"]*\"|'[^']*'|[^\s-]\S*)"
)
# The values of a new secret, typed where they are refused: whatever stands behind a `=`, but for
# the flags that never hold one. Slack writes a dash for two.
_SECRET = re.compile(r"\bcreate\s+secret\b")
_WORD = re.compile(r"(?:\\.|\"[^\"]*(?:\"|$)|'[^']*(?:'|$)|“[^”]*(?:”|$)|[^\s\"'“\\])+")
_HARMLESS = re.compile(
    r"[-—–]+(?:from[-_]file|from[-_]env[-_]file|cert|key|type|namespace|n|context|dry[-_]run|output"
    r"|o|docker[-_](?:server|username|email)|append[-_]hash|validate|save[-_]config)"
)


def cleaned(text: str) -> str:
    """Return the text as it may be recorded: hidden, escaped, and cut with a word about it."""
    looked_at = text[:_LOOKED_AT]
    if suspicious(looked_at):
        redactor = Redactor()
        looked_at = _FLAG.sub(rf"\g<flag>{HIDDEN}", redactor.feed(looked_at) + redactor.finish())
        if _SECRET.search(looked_at):
            looked_at = _WORD.sub(_without_value, looked_at)
    return printable(looked_at, len(text) - _LOOKED_AT)


def _without_value(word: re.Match[str]) -> str:
    name, separator, _ = word[0].partition("=")
    if not separator or _HARMLESS.fullmatch(name.strip("\"'“”")):
        return word[0]
    return f"{name}={HIDDEN}"


def printable(text: str, unseen: int = 0) -> str:
    """Return the text in one line of printable characters, at most `LONGEST` and a remark long.

    What a terminal or a log reader would act upon (line ends, escapes, marks that change the
    direction of writing) stands there as the escape that JSON has for it.
    """
    left = max(0, len(text) - LONGEST) + max(0, unseen)
    text = text[:LONGEST]
    if not text.isprintable():
        text = "".join(c if c.isprintable() else _escape(c) for c in text)
    return f"{text}… ({left} characters more)" if left else text


def _escape(character: str) -> str:
    number = ord(character)
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
