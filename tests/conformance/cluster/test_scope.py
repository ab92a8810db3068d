"""The scope is written down as it is."""

from collections import Counter

from tests.conformance.cluster.cases import cases
from tests.conformance.cluster.recordings import FOLDER
from tests.conformance.cluster.scope import DOCUMENT, scope


def test_the_document_is_fresh() -> None:
    how = "run: python -m tests.conformance.cluster scope"
    assert DOCUMENT.read_text("utf-8") == scope(), how


def test_no_two_cases_share_a_recording() -> None:
    assert [
        file for file, times in Counter(each.file for each in cases()).items() if times > 1
    ] == []


def test_every_recording_belongs_to_a_case() -> None:
    assert set(FOLDER.rglob("*.json")) <= {placed.file for placed in cases()}
