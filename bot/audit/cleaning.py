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


def cleaned(text: str) -> str:
    """Return the text as it may be recorded: hidden, escaped, and cut with a word about it."""
    looked_at = text[:_LOOKED_AT]
    if suspicious(looked_at):
        redactor = Redactor()
        looked_at = _FLAG.sub(rf"\g<flag>{HIDDEN}", redactor.feed(looked_at) + redactor.finish())
    return printable(looked_at, len(text) - _LOOKED_AT)


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
