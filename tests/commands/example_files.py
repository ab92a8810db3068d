"""The manifests that examples name, as a person would have attached them."""

from collections.abc import Mapping
from pathlib import Path

import yaml

from bot.core.request import Attachment

FOLDER = Path(__file__).parent / "manifests"


def manifests() -> Mapping[str, bytes]:
    """Return the manifests by their names."""
    return {file.name: file.read_bytes() for file in FOLDER.iterdir()}


def attached(phrase: str) -> tuple[Attachment, ...]:
    """Return the files that a phrase names."""
    there = manifests()
    return tuple(Attachment(word, there[word]) for word in phrase.split() if word in there)


def kinds(phrase: str) -> frozenset[str]:
    """Return the kinds of the objects in them, in lower case."""
    return frozenset(yaml.safe_load(file.content)["kind"].lower() for file in attached(phrase))
