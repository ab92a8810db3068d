"""What a message says, checked as Slack checks it before anyone sees it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.demo.slack import limits
from bot.demo.slack.arguments import Arguments
from bot.demo.slack.blocks import check_blocks, weight
from bot.demo.slack.identifiers import Identifiers
from bot.demo.slack.refusal import CallRefusedError, invalid_blocks
from bot.demo.slack.shapes import Json, problem
from bot.demo.slack.walking import named, pictures

NO_FALLBACK = "This content can't be displayed."
"""What Slack shows where blocks cannot be drawn and no text was given."""


@dataclass(frozen=True, slots=True)
class Content:
    """Checked text, blocks and attachments; what was not given is None."""

    text: str
    blocks: tuple[Json, ...] | None
    attachments: tuple[Json, ...] | None
    metadata: Json | None
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class Composer:
    """Reads content out of arguments and refuses what Slack refuses."""

    ids: Identifiers
    has_file: Callable[[str], bool]

    def compose(self, arguments: Arguments) -> Content:
        """Return the content of a message.

        Raises:
            CallRefusedError: `no_text`, `invalid_blocks`, `invalid_blocks_format`,
                `msg_blocks_too_long`, `too_many_attachments`, `invalid_metadata_schema`.
        """
        text = arguments.text("text")
        blocks = self._blocks(arguments.structure("blocks", "invalid_blocks_format"), "/blocks")
        attachments = self._attachments(arguments)
        if not (text or blocks or attachments):
            raise CallRefusedError("no_text")
        return Content(
            text=(text or NO_FALLBACK)[: limits.MESSAGE_TEXT],
            blocks=blocks,
            attachments=attachments,
            metadata=_metadata(arguments),
            truncated=len(text) > limits.MESSAGE_TEXT,
        )

    def named(self, blocks: list[Json]) -> list[Json]:
        """Return checked blocks with the ids that Slack makes up where none were given."""
        return named(blocks, lambda: self.ids.secret(5))

    def lost_pictures(self, blocks: list[Json], at: str) -> list[str]:
        """Return a problem for each image whose `slack_file` is not there."""
        wanted = [image["slack_file"] for image in pictures(blocks) if "slack_file" in image]
        lost = [file for file in wanted if not self.has_file(file.get("id") or file["url"])]
        return [problem("invalid slack file", f"{at}/slack_file") for _ in lost]

    def _blocks(self, blocks: Any, at: str) -> tuple[Json, ...] | None:
        if blocks is None:
            return None
        if not isinstance(blocks, list):
            raise CallRefusedError("invalid_blocks_format")
        problems = check_blocks(blocks, "message", at) or self.lost_pictures(blocks, at)
        if problems:
            raise invalid_blocks(problems)
        if weight(blocks) > limits.MESSAGE_BUDGET:
            raise CallRefusedError("msg_blocks_too_long")
        return tuple(self.named(blocks))

    def _attachments(self, arguments: Arguments) -> tuple[Json, ...] | None:
        given = arguments.structure("attachments", "invalid_attachments")
        if given is None:
            return None
        if not isinstance(given, list):
            raise CallRefusedError("invalid_attachments")
        if len(given) > limits.MESSAGE_ATTACHMENTS:
            raise CallRefusedError("too_many_attachments")
        return tuple(
            {**one, "blocks": list(blocks)}
            if (blocks := self._blocks(one.get("blocks"), f"/attachments/{index}/blocks"))
            else one
            for index, one in enumerate(given)
        )


def _metadata(arguments: Arguments) -> Json | None:
    metadata = arguments.structure("metadata", "invalid_metadata_format")
    if metadata is None:
        return None
    if not isinstance(metadata, dict) or not {"event_type", "event_payload"} <= metadata.keys():
        raise CallRefusedError("invalid_metadata_schema")
    return metadata
