"""The files of a terminal's own machine that a person names; nothing that Slack reaches uses any.

Rules and texts: cli-runtime 1.37 `pkg/resource/builder.go` and `visitor.go`.
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path

from bot.core.errors import UsageError
from bot.core.request import MANIFEST_BYTES, Attachment

_EXTENSIONS = (".json", ".yaml", ".yml")
STANDARD_INPUT = "-"

ReadAll = Callable[[int], Awaitable[bytes]]
"""Reads standard input to its end, or so many bytes of it."""


async def read_local(
    words: Sequence[str], read_all: ReadAll, *, recursive: bool
) -> tuple[Attachment, ...]:
    """Return the files that the words of `-f` name, in kubectl's order.

    An address is left to whoever uses the files: none is fetched. More than a manifest may have is
    not read to its end.

    Raises:
        UsageError: there is no such file; the text is kubectl's.
    """
    found: list[Attachment] = []
    for word in words:
        if word == STANDARD_INPUT:
            content = await read_all(MANIFEST_BYTES + 1)
            found.append(Attachment("STDIN", content, source=word))
        elif word and "://" not in word:
            found += _of_path(word, recursive=recursive)
    return tuple(found)


def read_named(paths: Sequence[str]) -> tuple[Attachment, ...]:
    """Return those of the files that are there, and the regular ones in folders.

    What is missing is told by whoever needs it.
    """
    return tuple(
        Attachment(file.name, _content(file), source=path)
        for path in dict.fromkeys(filter(None, paths))
        for file in _regular(Path(path))
    )


def write_local(name: str, content: bytes) -> None:
    """Write a file, in place of an earlier one.

    Raises:
        UsageError: it cannot be written.
    """
    try:
        Path(name).write_bytes(content)
    except OSError as error:
        raise UsageError(f"error: {name}: {error.strerror}") from error


def _regular(path: Path) -> list[Path]:
    if path.is_dir():
        # A link may lead anywhere, and kubectl leaves it out.
        inside = (one for one in path.iterdir() if one.is_file() and not one.is_symlink())
        return sorted(inside, key=lambda file: file.name)
    return [path] if path.is_file() else []


def _of_path(word: str, *, recursive: bool) -> Iterator[Attachment]:
    for path in _matching(word):
        files = list(_walked(path, recursive=recursive)) if path.is_dir() else [path]
        if not files:
            raise UsageError(
                f"error: error reading [{word}]: recognized file extensions are [.json .yaml .yml]",
                next_step="-R looks into its folders, too.",
            )
        for file in files:
            yield Attachment(str(file), _content(file), source=word)


def _matching(word: str) -> list[Path]:
    path = Path(word)
    if path.exists():
        return [path]
    pattern = any(mark in word for mark in "*?[")
    root, rest = (Path("/"), word.lstrip("/")) if path.is_absolute() else (Path(), word)
    found = sorted(root.glob(rest)) if pattern else []
    if not found:
        raise UsageError(f'error: the path "{word}" does not exist')
    return found


def _walked(folder: Path, *, recursive: bool) -> Iterator[Path]:
    """Yield a folder's manifests by name; folders stand among the files."""
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        if path.is_dir():
            # Links to folders are not followed: they may lead back.
            if recursive and not path.is_symlink():
                yield from _walked(path, recursive=True)
        elif path.suffix in _EXTENSIONS:
            yield path


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(MANIFEST_BYTES + 1)
    except OSError as error:
        said = (error.strerror or "cannot be read").lower()
        raise UsageError(f"error: open {file}: {said}") from error
