"""Untrusted text made harmless: for preformatted text, and for the one field that is mrkdwn.

Pure. Cluster text (logs, labels, events, errors) may hold anything, `<!channel>` included.
"""

import re

# Colours and cursor movements that programs write into their logs (ECMA-48 control sequences).
_TERMINAL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
# C0 but tab and line feed, DEL, C1, line and paragraph separators, and the bidirectional controls
# that make a line read in another order than it is (Unicode technical report 36).
_MISLEADING = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
# Zero width: what is not seen can be copied along.
_UNSEEN = re.compile(r"[\u00ad\u200b-\u200d\u2060-\u2064\ufeff]")
_BACKTICKS = re.compile(r"`(?=`)")
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def visible(text: str) -> str:
    """Return the text as it may stand on a screen: controls replaced, the invisible left out."""
    plain = _TERMINAL.sub("", text.replace("\r\n", "\n"))
    return _MISLEADING.sub("\ufffd", _UNSEEN.sub("", plain))


def escaped(text: str) -> str:
    """Return visible text that mrkdwn shows as it is: no mention, no link, no entity, no fence."""
    # A zero-width space between backticks: three in a row would begin or end a code block.
    return _BACKTICKS.sub("`\u200b", visible(text).translate(_ENTITIES))


def fenced(text: str) -> str:
    """Return the text as one mrkdwn code block that nothing inside of it can end."""
    return f"```\n{escaped(text).rstrip()}\n```"
