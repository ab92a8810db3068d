"""What a person typed, before Slack and their keyboard changed it.

Pure. What cannot be put back for certain is refused, never guessed: what is shown, authorised
and run has to be what the person saw while typing.
"""

import re
import unicodedata

from bot.core.errors import RefusedError, UsageError
from bot.core.request import Surface
from bot.grammar.raw import begins_raw
from bot.grammar.tokens import is_plain

# Spaces that keyboards, web pages and Slack put where a plain one was meant.
_SPACES = dict.fromkeys(map(ord, "\t\u00a0\u1680\u202f\u205f\u3000"), " ") | dict.fromkeys(
    range(0x2000, 0x200B), " "
)
# Zero width space, non-joiner, joiner, word joiner, soft hyphen and byte order mark.
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\u00ad\ufeff"), None)
_QUOTES = dict.fromkeys(map(ord, "“”„‟«»"), '"') | dict.fromkeys(map(ord, "‘’‚‛"), "'")
_CHARACTERS = str.maketrans({**_SPACES, **_INVISIBLE, **_QUOTES})

# A link, `<url|label>` or `<url>`, and a mention: `<@U1|name>`, `<#C1|name>`, `<!here>`.
_ESCAPE = re.compile(
    r"<(?P<target>[@#!]|[a-z][a-z0-9+.-]*:)(?P<rest>[^<>|]*)(?:\|(?P<label>[^<>]*))?>"
)
_BARE = re.compile(r"[<>]|&(?!(?:amp|lt|gt);)")
_CONTINUED = re.compile(r"\\\r?\n[ ]*")
# A slash command's name stands before what was pasted; to PromQL backticks are quotes.
_FENCED = re.compile(
    r"(?P<program>(?:kubectl|deck) +)?(?P<fence>```|`)(?P<inner>.+)(?P=fence)", re.DOTALL
)
# A phone begins a sentence so, and no command does; what follows `prom` is an expression.
_CAPITAL = re.compile(r"\A(?:(?i:kubectl|deck|k) +)*[A-Z](?=[a-z-]*(?:\s|\Z))")
_LINE_BREAK = re.compile("[\n\r\v\f\x85\u2028\u2029]")
# Control, format and surrogate characters: among them the bidirectional controls
# (U+202A-E, U+2066-9), which make a line look like another one.
_HIDDEN = frozenset({"Cc", "Cf", "Cs"})
# Quoted text, and what follows the terminator of the flags (`--`, or a lone dash that stands for
# it), are data and stay as they are.
_DASH = re.compile(
    r"""
      '[^']*' | "(?:\\.|[^"\\])*" | \\.
    | (?<!\S) (?P<end> -- | [—–] ) (?P<data> (?!\S) .* )
    | (?<!\S) [—–] (?P<one> (?=[A-Za-z](?![\w-])) )
    | (?<!\S) [—–] (?=[A-Za-z])
    """,
    re.VERBOSE | re.DOTALL,
)


def normalise(text: str, surface: Surface) -> str:
    """Return the line that was meant, on one line and without what surrounds it.

    Only an expression of PromQL may have several lines, since comments end with theirs.

    Terminals change nothing, so their text is returned as it is. The rules and whom they have
    bitten: kubectl and Slack users' reports of `—n`, curly quotes and host names made links.

    Raises:
        RefusedError: a link says one thing and leads to another, or hidden characters stand in
            the text.
        UsageError: a mention or a second line stands in the text.
    """
    if surface is Surface.TERMINAL:
        return text
    if is_plain(text):
        return _uncapitalised(text.strip())
    unescaped = _without_escapes(text, certain=surface is not Surface.SLASH)
    plain = _CONTINUED.sub(" ", unescaped.translate(_CHARACTERS))
    line = _without_fences(plain)
    expression = begins_raw(line)
    if not expression:
        _refuse_lines(line)
    _refuse_hidden(line, allowed="\n" if expression else "")
    return _DASH.sub(_typed_dash, _uncapitalised(line))


def _uncapitalised(line: str) -> str:
    return _CAPITAL.sub(lambda found: found[0].lower(), line, count=1)


def _without_escapes(text: str, *, certain: bool) -> str:
    """Undo Slack's escapes; a slash command's text is only perhaps escaped.

    Slack escapes `&`, `<` and `>` and nothing else, so a bare one proves that nothing was.
    """
    pieces, end = [], 0
    decode = certain or not _BARE.search(_ESCAPE.sub("", text))
    for match in _ESCAPE.finditer(text):
        pieces += [_decoded(text[end : match.start()], decode), _unwrapped(match)]
        end = match.end()
    return "".join([*pieces, _decoded(text[end:], decode)])


def _decoded(text: str, decode: bool = True) -> str:
    # `&` comes last: `&amp;lt;` was typed as `&lt;`.
    if not decode:
        return text
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _unwrapped(match: re.Match[str]) -> str:
    target = _decoded(match["target"] + match["rest"])
    if match["target"] in "@#!":
        raise UsageError(
            f"error: {match[0]} is a mention, not a name in the cluster",
            next_step="Type the name as plain text, without @ or #.",
        )
    if match["label"] is None:
        return target
    label = _decoded(match["label"])
    bare = match["target"] + "//" if target.startswith(match["target"] + "//") else match["target"]
    if label.casefold().rstrip("/") not in {
        full.casefold().rstrip("/") for full in (target, target.removeprefix(bare))
    }:
        raise RefusedError(
            f'error: the link reads "{label}" but leads to "{target}"',
            next_step="Type it as plain text, or put the whole command in backticks.",
        )
    return label


def _without_fences(text: str) -> str:
    line = text.strip()
    while (found := _FENCED.fullmatch(line)) is not None:
        line = (found["program"] or "") + found["inner"].strip()
    return line


def _refuse_lines(line: str) -> None:
    if _LINE_BREAK.search(line):
        raise UsageError(
            "error: one command at a time: there are several lines here",
            next_step="Send the first line alone, and the next one when it has answered.",
        )


def _refuse_hidden(line: str, allowed: str = "") -> None:
    if line.isprintable():
        return  # nothing of those categories is, and this is known at once
    for column, character in enumerate(line, start=1):
        if character not in allowed and unicodedata.category(character) in _HIDDEN:
            raise RefusedError(
                f"error: a hidden character (U+{ord(character):04X}) stands at column {column}",
                next_step="Type the command by hand instead of pasting it.",
            )


def _typed_dash(match: re.Match[str]) -> str:
    if match["end"]:
        return "--" + match["data"]
    if match[0] not in ("—", "–"):
        return match[0]
    return "-" if match["one"] is not None else "--"
