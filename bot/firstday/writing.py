"""A folder of manifests and secrets: written whole or not at all, and never over another."""

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.core.errors import ConfigurationError
from bot.environment import read_secret

SECRETS = "secrets"


@dataclass(frozen=True, slots=True)
class Target:
    """Where the files go, and what happens to those that are there."""

    folder: Path
    force: bool

    def refuse_overwriting(self) -> None:
        """Return if the folder may be written.

        Raises:
            ConfigurationError: something is there already.
        """
        if self._is_taken() and not self.force:
            raise ConfigurationError(
                f"error: {self.folder} is there already; nothing was changed",
                next_step=f"Choose another --directory, or add --force, which keeps the old one as"
                f" {self._copy()}.",
            )

    def kept(self, names: tuple[str, ...]) -> dict[str, str]:
        """Return those of the named secrets that the folder has already."""
        files = {name: self.folder / SECRETS / name for name in names}
        return {name: read_secret(file) for name, file in files.items() if file.exists()}

    def write(
        self,
        files: Mapping[str, str],
        secrets: Mapping[str, str],
        check: Callable[[Path], object],
    ) -> Path | None:
        """Write the files once `check` has seen them; return where the old folder is now.

        Raises:
            ConfigurationError: the folder cannot be written, or what `check` raises.
        """
        try:
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            made = Path(tempfile.mkdtemp(prefix=".quarterdeck-", dir=self.folder.parent))
        except OSError as error:
            text = f"error: {self.folder} cannot be written: {error.strerror}"
            raise ConfigurationError(text) from error
        try:
            _fill(made, files, secrets)
            check(made)
            return self._swap(made)
        finally:
            shutil.rmtree(made, ignore_errors=True)

    def _swap(self, made: Path) -> Path | None:
        copy = self._copy() if self._is_taken() else None
        if copy is not None:
            self.folder.rename(copy)
        made.chmod(0o755)
        made.rename(self.folder)
        return copy

    def _is_taken(self) -> bool:
        folder = self.folder
        return folder.exists() and not (folder.is_dir() and not any(folder.iterdir()))

    def _copy(self) -> Path:
        numbers = range(1, 10_000)
        copies = (self.folder.with_name(f"{self.folder.name}.old-{number}") for number in numbers)
        return next(copy for copy in copies if not copy.exists())


def _fill(folder: Path, files: Mapping[str, str], secrets: Mapping[str, str]) -> None:
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    (folder / SECRETS).mkdir(mode=0o700)
    for name, value in secrets.items():
        # Nobody else can open it, not even between its creation and a chmod.
        file = os.open(folder / SECRETS / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(file, "w", encoding="utf-8") as opened:
            opened.write(value)
