"""Files that people attach: which are taken, and how their bytes are fetched.

Where manifests are of use, only a little text is taken; and the bot's token is sent to Slack's own
file server and to no other address, whatever a payload says.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from bot.core.errors import RefusedError, SlackError, UnreachableError
from bot.core.request import MANIFEST_BYTES, Attachment
from bot.slack.options import Options

FILES = 5
FILE_BYTES = MANIFEST_BYTES
"""Of each: more than all of them together may have is not fetched."""
KINDS = ("yaml", "json", "text")
"""Slack's names for the types that can be manifests."""
_SUFFIXES = (".yaml", ".yml", ".json", ".txt")
_FILE_SERVER = "https://files.slack.com"
_AGAIN = "Attach it again, or paste it into the form of `/kubectl apply -f web.yaml`."


@dataclass(frozen=True, slots=True)
class SharedFile:
    """A file of a message or a form, as Slack describes it."""

    name: str
    kind: str
    size: int
    url: str = field(repr=False)


def shared(files: object) -> tuple[SharedFile, ...]:
    """Return the files that a payload's list describes; what is no file is left out."""
    found = files if isinstance(files, list) else []
    return tuple(_shared(one) for one in found if isinstance(one, dict) and one.get("id"))


def check(files: Sequence[SharedFile], *, manifests: bool = True) -> None:
    """Do nothing if the files may be fetched; what is to be a manifest must be text.

    Raises:
        RefusedError: they are too many, too large or not text.
    """
    if len(files) > FILES:
        raise RefusedError(f"At most {FILES} files are read at once.", next_step="Attach fewer.")
    for file in files:
        if manifests and file.kind not in KINDS and not file.name.lower().endswith(_SUFFIXES):
            text = f"{file.name or 'The file'} is no YAML, JSON or text."
            raise RefusedError(text, next_step="Attach a manifest, such as web.yaml.")
        if file.size > FILE_BYTES:
            raise _too_large(file)


class Fetcher:
    """Fetches the bytes of files with the bot's token."""

    def __init__(self, options: Options, session: aiohttp.ClientSession) -> None:
        self._options = options
        self._session = session

    async def fetch(
        self, files: Sequence[SharedFile], *, manifests: bool = True
    ) -> tuple[Attachment, ...]:
        """Return the files with their bytes; what is to be a manifest must be text.

        Raises:
            RefusedError: they are too many, too large or not text, or stand elsewhere.
            SlackError: Slack does not hand one out.
            UnreachableError: Slack cannot be reached.
        """
        check(files, manifests=manifests)
        return tuple([await self._fetched(file) for file in files])

    async def _fetched(self, file: SharedFile) -> Attachment:
        if not _is_slacks(file.url, self._options.base_url):
            raise RefusedError(f"{file.name} is not kept by Slack.", next_step=_AGAIN)
        token = self._options.bot_token.get_secret_value()
        headers = {"Authorization": f"Bearer {token}"}
        proxy = self._options.proxy.get_secret_value() or None
        try:
            # A redirect would carry the token along: Slack needs none.
            async with self._session.get(
                file.url, headers=headers, allow_redirects=False, proxy=proxy
            ) as answer:
                if answer.status != 200 or answer.content_type == "text/html":
                    raise _withheld(file)
                return Attachment(file.name, await _bounded(answer, file))
        except (aiohttp.ClientError, OSError) as error:
            raise UnreachableError(f"{file.name} could not be fetched from Slack.") from error


def _shared(file: dict[str, Any]) -> SharedFile:
    size = file.get("size")
    return SharedFile(
        name=str(file.get("name") or file.get("title") or ""),
        kind=str(file.get("filetype", "")),
        size=size if isinstance(size, int) else FILE_BYTES + 1,
        url=str(file.get("url_private_download") or file.get("url_private") or ""),
    )


async def _bounded(answer: aiohttp.ClientResponse, file: SharedFile) -> bytes:
    content = bytearray()
    async for piece in answer.content.iter_chunked(65_536):
        content += piece
        if len(content) > FILE_BYTES:
            raise _too_large(file)
    return bytes(content)


def _is_slacks(url: str, base_url: str) -> bool:
    parts, home = urlsplit(url), urlsplit(base_url)
    # A workspace that is simulated serves its files beside its API.
    origins = {_FILE_SERVER, f"{home.scheme}://{home.netloc}"}
    return f"{parts.scheme}://{parts.netloc}" in origins


def _too_large(file: SharedFile) -> RefusedError:
    text = f"{file.name} is larger than {FILE_BYTES // 1024} kB."
    return RefusedError(text, next_step="Attach the part that changes.")


def _withheld(file: SharedFile) -> SlackError:
    return SlackError(
        f"Slack does not hand {file.name} out to the bot.",
        code="file_withheld",
        next_step="The app needs the scope files:read: `quarterdeck doctor` tells.",
    )
