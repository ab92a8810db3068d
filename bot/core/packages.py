"""Packages whose parts are imported without all that their own `__init__` imports."""

import importlib.util
import sys


def hold(package: str) -> None:
    """Let what is in a package be imported, and its own `__init__` not be run.

    Nothing happens where it has been imported already, or is not there.
    """
    if package not in sys.modules and (found := importlib.util.find_spec(package)):
        sys.modules[package] = module = importlib.util.module_from_spec(found)
        parent, _, name = package.rpartition(".")
        if parent:
            setattr(sys.modules[parent], name, module)
