"""Who may import whom: the contracts of pyproject.toml hold."""

from importlinter.application.use_cases import SUCCESS, lint_imports
from importlinter.configuration import configure


def test_every_room_imports_only_what_it_may() -> None:
    # Its command does the same, but switches off every logger there is in this process first.
    configure()
    assert lint_imports(config_filename="pyproject.toml", cache_dir=None) == SUCCESS
