"""What a test does where something that it needs is not on the machine."""

import os
from typing import NoReturn

import pytest

REQUIRED = os.environ.get("QUARTERDECK_TEST_PEERS") == "require"


def give_up(reason: str) -> NoReturn:
    """Skip, or fail in the mode in which a proof that did not run is a failure."""
    if REQUIRED:
        pytest.fail(reason)
    pytest.skip(reason)
