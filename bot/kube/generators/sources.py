"""What `--from-literal`, `--from-file` and `--from-env-file` hold: keys and their bytes.

Pure: files come with the request. In a terminal each bears the word that it was read for; in chat
they are found by their names, and a single file that is asked for is the single one that came.
"""

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.core.errors import UsageError
from bot.core.quoting import quote
from bot.core.request import MANIFEST_BYTES, Attachment
from bot.kube.generators.names import variable_faults

Entry = tuple[str, bytes]
# Go's `unicode.IsSpace`.
_BLANKS = " \t\n\v\f\r\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)


@dataclass(frozen=True, slots=True)
class Shelf:
    """The files that came with a request, of which `wanted` are asked for."""

    files: Sequence[Attachment]
    wanted: int

    def read(self, path: str) -> bytes:
        """Return the bytes of the file that a word names.

        Raises:
            UsageError: there is no such file.
        """
        return self.find(path, f"error: error reading {path}: no such file or directory")

    def find(self, path: str, missing: str) -> bytes:
        """Return the bytes of the file that a word names; `missing` is said where there is none.

        Raises:
            UsageError: there is no such file.
        """
        found = self._named(path)
        if found is None and self.wanted == len(self.files) == 1 and not self.files[0].source:
            found = self.files[0]
        if found is None:
            raise UsageError(missing, next_step=self._advice(path))
        if self._within(path):
            raise UsageError(f"error: {path} is a folder", next_step="Name one of its files.")
        return self._whole(found, path)

    def entries(self, text: str) -> Iterator[Entry]:
        """Yield what `[key=]path` means: a file, or each file of a terminal's folder.

        Raises:
            UsageError: there is no such file, or a folder is given a key.
        """
        key, path = file_source(text)
        if not (within := self._within(path)):
            yield key, self.read(path)
        elif "=" in text:
            raise UsageError("error: cannot give a key name for a directory path")
        yield from ((one.name, self._whole(one, f"{path}/{one.name}")) for one in within)

    def _within(self, path: str) -> list[Attachment]:
        """Return a folder's files; none where the word names a file, which has its own name."""
        found = [one for one in self.files if one.source == path]
        folder = any(one.name != posixpath.basename(path) for one in found)
        return found if folder and path else []

    def _whole(self, file: Attachment, path: str) -> bytes:
        # A terminal reads one byte more than may be, so that what was cut is seen.
        if len(file.content) > MANIFEST_BYTES:
            raise UsageError(
                f"error: {path} is larger than {MANIFEST_BYTES // 1024} kB",
                next_step="Keep what is so large in a volume or an image.",
            )
        return file.content

    def _named(self, path: str) -> Attachment | None:
        name = posixpath.basename(path)
        read_here = (one for one in self.files if one.source == path)
        attached = (one for one in self.files if not one.source and one.name in (path, name))
        return next(read_here, None) or next(attached, None)

    def _advice(self, path: str) -> str:
        if any(one.source for one in self.files):
            return ""
        there = ", ".join(one.name for one in self.files)
        has = f"What came is called {there}. " if there else ""
        return f"{has}Attach {posixpath.basename(path)} to a message that mentions me."


@dataclass(frozen=True, slots=True)
class Sources:
    """The words of the three flags, as they were typed."""

    literals: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    env_files: tuple[str, ...] = ()

    def check(self) -> None:
        """Refuse what does not go together.

        Raises:
            UsageError: an env file stands beside others.
        """
        if self.env_files and (self.files or self.literals):
            raise UsageError(
                "error: from-env-file cannot be combined with from-file or from-literal"
            )

    def shelf(self, files: Sequence[Attachment]) -> Shelf:
        """Return the files that came with the request, as far as they are asked for."""
        return Shelf(files, len(self.files) + len(self.env_files))


def literal(text: str) -> Entry:
    """Return what `key=value` says.

    Raises:
        UsageError: it is no such pair.
    """
    key, separator, value = text.partition("=")
    if not key or not separator:
        raise UsageError(f"error: invalid literal source {text}, expected key=value")
    return key, value.encode("utf-8", "surrogateescape")


def file_source(text: str) -> tuple[str, str]:
    """Return the key and the path of `[key=]path`.

    Raises:
        UsageError: one of them is missing, or there are several `=`.
    """
    key, separator, path = text.partition("=")
    if not separator:
        # Go's path.Base, to which nothing is the folder itself.
        return posixpath.basename(text.rstrip("/")) or ("/" if text else "."), text
    if "=" in path:
        raise UsageError("error: key names or file paths cannot contain '='")
    if not key:
        raise UsageError(f"error: key name for file path {path} missing")
    if not path:
        raise UsageError(f"error: file path for key name {key} missing")
    return key, path


def environment(path: str, content: bytes) -> Iterator[Entry]:
    """Yield the variables of an env file, line by line.

    Raises:
        UsageError: a line cannot be read, or leaves the value to the process's own environment,
            which nobody who types here has.
    """
    for number, line in enumerate(_lines(content), start=1):
        text = _decoded(path, number, line).lstrip(_BLANKS)
        if not text or text.startswith("#"):
            continue
        key, separator, value = text.partition("=")
        if faults := variable_faults(key):
            raise UsageError(f"error: {quote(key)} is not a valid key name: {';'.join(faults)}")
        if not separator:
            raise UsageError(
                f"error: env file {path} has no value for {key} at line {number}",
                next_step=f"Write {key}=… there: the bot's own environment is not read.",
            )
        yield key, value.encode()


def _lines(content: bytes) -> list[bytes]:
    lines = content.split(b"\n")
    # What ends with a line end has no further line.
    lines = lines[:-1] if not lines[-1] else lines
    return [line.removesuffix(b"\r") for line in lines]


def _decoded(path: str, number: int, line: bytes) -> str:
    try:
        text = line.decode()
    except UnicodeDecodeError:
        raise UsageError(
            f"error: env file {path} contains invalid utf8 bytes at line {number}",
            next_step="Save it as UTF-8, or use --from-file for what is no text.",
        ) from None
    return text.removeprefix("\ufeff") if number == 1 else text
