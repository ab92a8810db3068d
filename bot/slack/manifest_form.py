"""The form for `-f`: a slash command carries no file, so it is asked for.

Pure.
"""

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


def asks_for_manifest(text: str, commands: Sequence[Command[Any]]) -> bool:
    """Tell whether what was typed names a file that a slash command cannot carry."""
    words = text.split()
    names_file = any(word.startswith(_FILENAME) and word != "--" for word in words)
    return names_file and words[0] in _VERBS | _declared(commands)


def form(text: str, channel: str) -> Payload:
    """Return the form for a command that was typed; it says which."""
    field: Block = {
        "type": "file_input",
        "action_id": FILE,
        "filetypes": ["yaml", "yml", "json", "txt"],
        "max_files": FILES,
    }
    asked = [
        blocks.preformatted(text[:_TYPED]),
        forms.asked(FILE, "The manifest as a file", field, optional=True),
        forms.asked(
            TEXT,
            "Or as text",
            forms.area(TEXT, "apiVersion: v1"),
            hint="Up to 3,000 characters. Several objects are set apart by ---.",
            optional=True,
        ),
    ]
    metadata = orjson.dumps([channel, text[:_TYPED]]).decode()
    return forms.modal(CALLBACK, "Which manifest?", "Run", asked, metadata=metadata)


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


def read_text(view: Payload) -> tuple[Attachment, ...]:
    """Return what was written into the form, as a file."""
    text = forms.typed(view, TEXT)
    return (Attachment(_NAME, text.encode()),) if text.strip() else ()


def _declared(commands: Sequence[Command[Any]]) -> frozenset[str]:
    takes = (c for c in commands if any(flag.name == "filename" for flag in c.flags))
    return frozenset(command.phrase.split(" ")[0] for command in takes)
