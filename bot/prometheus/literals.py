r"""Strings and comments in PromQL, in which everything may stand that looks like syntax.

Pure. PromQL's strings are Go's (Prometheus's `util/strutil/quote.go`): `\xff` is a byte there, not
a letter, and nothing is an escape between backticks.
"""

import re

PIECE = re.compile(
    r"""#[^\r\n]*|"(?:[^"\\\n]|\\[^\n])*"|'(?:[^'\\\n]|\\[^\n])*'|`[^`]*`""", re.DOTALL
)
"""A comment or a whole string, quotes included."""

_SAFE = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})
_LETTERS = dict(zip("abfnrtv\\", "\a\b\f\n\r\t\v\\", strict=True))
_ESCAPE = re.compile(
    r"""\\(?:(?P<letter>[abfnrtv\\"'])|x(?P<byte>[0-9a-fA-F]{2})|(?P<octal>[0-3][0-7]{2})"""
    r"""|u(?P<short>[0-9a-fA-F]{4})|U(?P<long>00(?:0[0-9a-fA-F]|10)[0-9a-fA-F]{4}))|(?P<text>[^\\]+)"""
)


def quoted(value: str) -> str:
    """Return the value as a string of PromQL, whatever stands in it."""
    return f'"{value.translate(_SAFE)}"'


def unquoted(literal: str) -> str:
    """Return the value of a string that is written with its quotes.

    Raises:
        ValueError: an escape is none of Go's, or the bytes are no text.
    """
    quote, inside = literal[0], literal[1:-1]
    if quote == "`":
        return inside
    value, end = bytearray(), 0
    for match in _ESCAPE.finditer(inside):
        if match.start() != end:
            break
        value += _bytes(match, quote)
        end = match.end()
    if end != len(inside):
        raise ValueError(f"{literal} has an escape that PromQL does not know")
    try:
        return value.decode()
    except UnicodeDecodeError as error:
        raise ValueError(f"{literal} is no text in UTF-8") from error


def respelled(expression: str) -> str:
    """Return the expression without comments, and each string in double quotes.

    Raises:
        ValueError: a string cannot be read.
    """
    return PIECE.sub(_respelled, expression)


def blanked(expression: str) -> str:
    """Return the expression with spaces for strings and comments; every place stays the same."""
    return PIECE.sub(lambda match: " " * len(match[0]), expression)


def _respelled(match: re.Match[str]) -> str:
    return " " if match[0].startswith("#") else quoted(unquoted(match[0]))


def _bytes(match: re.Match[str], quote: str) -> bytes:
    kind, written = str(match.lastgroup), match[str(match.lastgroup)]
    if kind == "text":
        return written.encode()
    if kind == "letter":
        if written in "\"'" and written != quote:
            raise ValueError(f"\\{written} is no escape between {quote} and {quote}")
        return _LETTERS.get(written, written).encode()
    if kind in ("byte", "octal"):
        return bytes([int(written, 16 if kind == "byte" else 8)])
    # Half a surrogate pair is no text, which decoding tells.
    return chr(int(written, 16)).encode(errors="surrogatepass")
