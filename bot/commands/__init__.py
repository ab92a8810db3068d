"""One file a verb, found by name: `rollout status` is `rollout_status.py` and its `COMMAND`.

Only the file of the verb that was typed is imported, so that a terminal starts quickly.
"""

import importlib
import pkgutil
from collections.abc import Sequence
from functools import cache
from typing import Any

from bot.core.command import Command

# A module's name cannot say that a hyphen, and no space, joins two of its words.
_HYPHENATED = {
    "api_resources": "api-resources",
    "api_versions": "api-versions",
    "auth_can_i": "auth can-i",
    "cluster_info": "cluster-info",
    "config_current_context": "config current-context",
    "config_get_contexts": "config get-contexts",
    "create_secret_docker_registry": "create secret docker-registry",
}


@cache  # each phrase asks for its command several times
def _declared(module: str) -> Command[Any]:
    command: Command[Any] = importlib.import_module(f"{__name__}.{module}").COMMAND
    return command


@cache  # a process has several registries, and its folder stays as it is
def _modules() -> frozenset[str]:
    return frozenset(module.name for module in pkgutil.iter_modules(__path__))


class Registry:
    """The commands that stand in this folder."""

    def __init__(self) -> None:
        self._modules = _modules()
        self._phrases = tuple(
            sorted(_HYPHENATED.get(m) or m.replace("_", " ") for m in self._modules)
        )

    def phrases(self) -> tuple[str, ...]:
        """Return every phrase, sorted, without importing any command."""
        return self._phrases

    def load(self, phrase: str) -> Command[Any]:
        """Return the command of exactly this phrase.

        Raises:
            KeyError: there is none.
        """
        module = phrase.replace(" ", "_").replace("-", "_")
        if module not in self._modules:
            raise KeyError(phrase)
        return _declared(module)

    def find(self, words: Sequence[str]) -> Command[Any] | None:
        """Return the command whose phrase begins the words, the longest first."""
        for size in (3, 2, 1):
            if len(words) >= size and "_".join(words[:size]).replace("-", "_") in self._modules:
                return self.load(" ".join(words[:size]))
        return None

    def all(self) -> tuple[Command[Any], ...]:
        """Return every command, each imported."""
        return tuple(self.load(phrase) for phrase in self.phrases())
