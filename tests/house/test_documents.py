"""What documents may not claim."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# In groups mode everybody is the same Kubernetes user: only the audit log knows the name.
CLAIM = re.compile(r"\bunder\s+(?:their|your|his|her)\s+(?:own\s+)?names?\b", re.I)
_KINDS = (".py", ".yaml", ".md", ".json")
READ = [
    *ROOT.glob("*.md"),
    *(ROOT / "docs").rglob("*.md"),
    *(path for path in (ROOT / "deploy").rglob("*.*") if path.suffix in _KINDS),
    *(path for path in (ROOT / "bot").rglob("*.*") if path.suffix in _KINDS),
]


def test_nobody_is_said_to_act_under_their_name() -> None:
    claims = [
        f"{path.relative_to(ROOT)}: {found[0]}"
        for path in READ
        for found in CLAIM.finditer(" ".join(path.read_text("utf-8").split()))
    ]
    assert claims == []
    assert len(READ) > 100


@pytest.mark.parametrize(
    "text", ["runs under their name", "under your own name", "Under\ntheir names"]
)
def test_the_claim_would_be_found(text: str) -> None:
    assert CLAIM.search(text)
