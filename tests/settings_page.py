"""docs/settings.md, written down from the options of the rooms and what stands below each.

python -m tests.settings_page            write it
python -m tests.settings_page --check    fail if it is not what would be written
"""

import ast
import inspect
import sys
import textwrap
from dataclasses import MISSING
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Literal, get_args, get_origin

from pydantic import SecretStr

from bot.core.setting import Setting, catalogue
from bot.environment import PREFIX
from bot.settings import Settings

DOCUMENT = Path(__file__).parents[1] / "docs" / "settings.md"
_HEAD = f"""\
<!-- Generated: python -m tests.settings_page -->
# Settings

The bot reads its settings once, when it starts, from environment variables. A secret may stand in
a file instead: `{PREFIX}SECRETS` names the folder, and the table the file. Kubernetes mounts a
Secret that way (`deploy/deployment.yaml`). Where both are given, the variable counts.

The bot does not start with a name that it does not know, a value of another type, an empty secret,
or a file that everybody on the machine can read; it says in one sentence which one it is, and never
its value.

| Variable | Type | Default | What it is for |
|---|---|---|---|
"""
_TAIL = """
`HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` are honoured for Slack, API servers, Prometheus and
Alertmanager, as Go reads them and so kubectl.
"""


def page() -> str:
    """Return the whole document."""
    rows = (
        f"| `{PREFIX}{one.name}` | {_type(one)} | {_default(one)} | {description(one)} |\n"
        for one in catalogue(Settings)
    )
    return f"{_HEAD}{''.join(rows)}{_TAIL}"


def description(setting: Setting) -> str:
    """Return what stands below the field in its class, in one line."""
    text = _docstrings(setting.owner).get(setting.path[-1], "")
    return " ".join(text.split()).replace("|", "\\|")


@cache
def _docstrings(owner: type) -> dict[str, str]:
    ours = [one for one in reversed(owner.__mro__) if one.__module__.startswith("bot.")]
    return {name: text for one in ours for name, text in _docstrings_in(one).items()}


def _docstrings_in(owner: type) -> dict[str, str]:
    [body] = ast.parse(textwrap.dedent(inspect.getsource(owner))).body
    assert isinstance(body, ast.ClassDef)
    return {
        field.target.id: below.value.value
        for field, below in zip(body.body, body.body[1:], strict=False)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant)
        if isinstance(below.value.value, str)
    }


def _type(setting: Setting) -> str:
    found = setting.type
    if setting.secret:
        return f"secret, or the file `{setting.file}`"
    if get_origin(found) is Literal:
        return " or ".join(f"`{one}`" for one in get_args(found))
    names = get_args(found) if isinstance(found, UnionType) else (found,)
    words = {str: "text", int: "number", float: "number", Path: "path", bool: "`true` or `false`"}
    return " or ".join(words.get(one, one.__name__) for one in names if one is not type(None))


def _default(setting: Setting) -> str:
    value = setting.default
    if value is MISSING:
        return "required"
    shown = value.get_secret_value() if isinstance(value, SecretStr) else value
    return "" if shown in ("", None) else f"`{shown}`"


if __name__ == "__main__":
    if "--check" not in sys.argv:
        DOCUMENT.write_text(page(), "utf-8")
    elif DOCUMENT.read_text("utf-8") != page():
        sys.exit("docs/settings.md is old: python -m tests.settings_page")
