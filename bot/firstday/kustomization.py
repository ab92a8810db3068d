"""The text of a kustomization: its image is written into it, and the rest is left as it is."""

import re
from dataclasses import dataclass
from typing import Any

import yaml

from bot.core.errors import ConfigurationError

NAME = "quarterdeck"
"""Of the image in deploy/deployment.yaml, which `images:` replaces."""
NO_IMAGE = (
    "validators: [run-make-image-first]  # no such file: without an image, nothing is applied\n"
)
"""What stands where `images:` is to be; kustomize refuses it, and says the name of the file."""
# registry/path:tag, as the distribution's reference grammar has it; a registry has a dot, a port or
# is localhost.
_IMAGE = re.compile(
    r"(?P<name>(?:localhost|[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+|[A-Za-z0-9.-]+:\d+)"
    r"(?:/[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*)+)"
    r"(?::(?P<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@(?P<digest>sha256:[0-9a-f]{64}))?"
)


@dataclass(frozen=True, slots=True)
class Image:
    """Where nodes pull the image from."""

    name: str
    """Registry and path."""
    tag: str = ""
    digest: str = ""
    """`sha256:…`; it beats the tag."""

    def entry(self) -> dict[str, str]:
        """Return the entry of `images:`."""
        version = {"digest": self.digest} if self.digest else {"newTag": self.tag}
        return {"name": NAME, "newName": self.name, **version}


def read_image(text: str) -> Image:
    """Return what `registry/name:tag` or `registry/name@sha256:…` names.

    Raises:
        ConfigurationError: no node could pull it.
    """
    found = _IMAGE.fullmatch(text)
    if found is None or not (found["tag"] or found["digest"]):
        raise ConfigurationError(
            f"error: {text!r} is no image that a node could pull",
            next_step="Name registry, path and tag: registry.example.com/quarterdeck:0.1.0",
        )
    return Image(found["name"], found["tag"] or "", found["digest"] or "")


def with_image(text: str, image: Image) -> str:
    """Return the kustomization with the image in `images:`; other images and comments stay.

    Raises:
        ConfigurationError: it is no kustomization.
    """
    images = _lines_of("images", _root(text))
    there = yaml.safe_load(text).get("images") or []
    if not isinstance(there, list) or not all(isinstance(one, dict) for one in there):
        raise ConfigurationError("error: the kustomization's images: is no list of images")
    others = [one for one in there if one.get("name") != NAME]
    block = yaml.safe_dump({"images": [*others, image.entry()]}, sort_keys=False)
    if images is None:
        return text.replace(NO_IMAGE, block) if NO_IMAGE in text else f"{text.rstrip()}\n{block}"
    first, after = images
    lines = text.splitlines(keepends=True)
    return "".join([*lines[:first], block, *lines[after:]]).replace(NO_IMAGE, "")


def _root(text: str) -> yaml.MappingNode:
    try:
        root = yaml.compose(text, yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise ConfigurationError("error: the kustomization is no YAML") from error
    if not isinstance(root, yaml.MappingNode):
        raise ConfigurationError("error: the kustomization holds no mapping")
    return root


def _lines_of(key: str, root: yaml.MappingNode) -> tuple[int, int] | None:
    """Return the lines of a key and its value: the first, and the first behind it."""
    for name, value in root.value:
        if name.value == key:
            return name.start_mark.line, _last_line(value) + 1
    return None


def _last_line(node: Any) -> int:
    # A block's own end is where the next token begins, behind the comments in between.
    if isinstance(node, yaml.ScalarNode) or not node.value or node.flow_style:
        return int(node.end_mark.line)
    last = node.value[-1]
    return _last_line(last[1] if isinstance(last, tuple) else last)
