"""The scope is written down as it is, and every recording belongs to a sentence."""

from tests.conformance.promql.cases import RECORDED, recordings
from tests.conformance.promql.scope import DOCUMENT, scope


def test_the_document_is_fresh() -> None:
    how = "run: python -m tests.conformance.promql scope"
    assert DOCUMENT.read_text("utf-8") == scope(), how


def test_every_recording_belongs_to_a_sentence() -> None:
    assert set(RECORDED.iterdir()) == {each.file for each in recordings()}
