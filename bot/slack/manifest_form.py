"""The form for `-f` and `--from-file`: a slash command carries no file, so it is asked for.

Pure.
"""

import re
from collections.abc import Sequence
from typing import Any

import orjson

from bot.core.command import Command
from bot.core.request import Attachment
from bot.slack import blocks, forms
from bot.slack.attachments import FILES, SharedFile, shared
from bot.slack.blocks import Block
from bot.slack.payloads import Payload

CALLBACK = "form:manifest"
FILE, TEXT = "form:file", "form:text"
_NAME = "manifest.yaml"
_TYPED = 1_500
# kubectl's verbs that take manifests, whether the bot has them already or says that it does not.
_VERBS = frozenset({"apply", "create", "delete", "diff"})
_FILENAME = ("-f", "--filename", "—filename", "–filename")
# Flags that take a file's content as it is. Slack writes a dash for two.
_CONTENTS = re.compile(
    r"(?<!\S)[-—–]+(?:from-file|from-env-file|cert|key|patch-file)[= ]\s*(?P<path>\S+)"
)
# What the command refuses, and what no form shows again.
_VALUES = re.compile(r"(?<!\S)[-—–]+(?:from-literal|docker-password)\b")
_SECRET = re.compile(r"\bcreate\s+secret\b")
_OF_CONTENTS = re.compile(r"\bcreate\s+(?:secret|configmap|cm)\b|\bpatch\b")


def asks_for_manifest(text: str, commands: Sequence[Command[Any]]) -> bool:
    """Tell whether what was typed names a file that a slash command cannot carry."""
    if takes_contents(text):
        return not (_SECRET.search(text) and _VALUES.search(text))
    words = text.split()
    names_file = any(word.startswith(_FILENAME) and word != "--" for word in words)
    return names_file and (words[0] in _VERBS or _declared(words, commands))


def takes_contents(text: str) -> bool:
    """Tell whether what was typed takes files as they are, and not as manifests."""
    return bool(_OF_CONTENTS.search(text) and _CONTENTS.search(text))


def form(text: str, channel: str) -> Payload:
    """Return the form for a command that was typed; it says which.

    A `-f` that names nothing means whatever is put into the form.
    """
    if text.split()[-1:] and text.rsplit(maxsplit=1)[-1] in _FILENAME:
        text = f"{text.rstrip()} -"
    contents = takes_contents(text)
    field: Block = {"type": "file_input", "action_id": FILE, "max_files": FILES}
    if not contents:
        field["filetypes"] = ["yaml", "yml", "json", "txt"]
    what = "content" if contents else "manifest"
    hint = "Up to 3,000 characters."
    asked = [
        blocks.preformatted(text[:_TYPED]),
        forms.asked(FILE, f"The {what} as a file", field, optional=True),
        forms.asked(
            TEXT,
            "Or as text",
            forms.area(TEXT, "As it is to be kept" if contents else "apiVersion: v1"),
            hint=hint if contents else f"{hint} Several objects are set apart by ---.",
            optional=True,
        ),
    ]
    metadata = orjson.dumps([channel, text[:_TYPED]]).decode()
    return forms.modal(CALLBACK, f"Which {what}?", "Run", asked, metadata=metadata)


def read_form(view: Payload) -> tuple[str, str] | None:
    """Return the channel and what was typed there; None: this is no such form."""
    try:
        channel, text = orjson.loads(str(view.get("private_metadata", "")))
    except ValueError:
        return None
    return str(channel), str(text)


def read_files(view: Payload) -> tuple[SharedFile, ...]:
    """Return the files that were put into the form."""
    return shared(forms.files(view, FILE))


def read_text(view: Payload, typed: str) -> tuple[Attachment, ...]:
    """Return what was written into the form, as the file that the command names first."""
    text = forms.typed(view, TEXT)
    named = _CONTENTS.search(typed) if takes_contents(typed) else None
    name = named["path"].rpartition("=")[2].strip("\"'") if named else _NAME
    return (Attachment(name, text.encode()),) if text.strip() else ()


def _declared(words: Sequence[str], commands: Sequence[Command[Any]]) -> bool:
    """Tell whether the words begin with a command that takes manifests."""
    phrases = (c.phrase.split() for c in commands if any(f.name == "filename" for f in c.flags))
    return any(list(words[: len(phrase)]) == phrase for phrase in phrases)
