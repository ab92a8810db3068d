"""The image builds the wheel with what the lock file of development pins."""

from tests.deploy.build_lock import build_lock
from tests.deploy.manifests import DEPLOY, ROOT

LOCK = """\
alone==1 \\
    --hash=sha256:aa
    # via project (pyproject.toml:dev)
deep==2 ; python_version < '3.13' \\
    --hash=sha256:bb
    # via shared
hatchling==3 \\
    --hash=sha256:cc \\
    --hash=sha256:dd
    # via project (pyproject.toml:dev)
shared==4 \\
    --hash=sha256:ee
    # via
    #   alone
    #   hatchling
"""


def test_the_lock_of_the_image_is_up_to_date() -> None:
    expected = build_lock((ROOT / "requirements-dev.lock").read_text())
    assert (DEPLOY / "build.lock").read_text() == expected, (
        "run: python -m tests.deploy.build_lock > deploy/build.lock"
    )


def test_the_lock_holds_the_tool_and_all_that_it_needs_with_their_hashes() -> None:
    found = build_lock(LOCK).splitlines()[1:]
    assert found == [
        "deep==2 ; python_version < '3.13' \\",
        "    --hash=sha256:bb",
        "hatchling==3 \\",
        "    --hash=sha256:cc \\",
        "    --hash=sha256:dd",
        "shared==4 \\",
        "    --hash=sha256:ee",
    ]
