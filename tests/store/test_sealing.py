"""What is encrypted is read by whoever has the key, for its own row, and by nobody else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.errors import ConfigurationError, RefusedError, StoreError
from bot.store.sealing import SHORTEST, Sealer, read_keys

OLD, NEW = "old-" * 8, "new-" * 8


@settings(max_examples=25, deadline=None)
@given(st.binary(max_size=200), st.text(max_size=20))
def test_a_document_comes_back_for_its_row_alone(document: bytes, row: str) -> None:
    sealer = read_keys(OLD)
    sealed = sealer.seal(document, row, secret=True)
    assert sealer.open(sealed, row) == document
    with pytest.raises(StoreError, match="tampered with"):
        sealer.open(sealed, f"{row}-")


def test_the_same_document_never_looks_the_same() -> None:
    sealer = read_keys(OLD)
    sealed = {sealer.seal(b"plan", "row", secret=True) for _ in range(50)}
    assert len(sealed) == 50
    assert not any(b"plan" in one for one in sealed)


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_a_bit_that_was_turned_is_noticed(data: st.DataObject) -> None:
    sealer = read_keys(OLD)
    sealed = bytearray(sealer.seal(b"plan", "row", secret=True))
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(StoreError):
        sealer.open(bytes(sealed), "row")


@pytest.mark.parametrize("text", [f"{NEW}\n{OLD}", f"{NEW}, {OLD}", f" {NEW}  {OLD}\n"])
def test_while_the_key_is_changed_the_old_one_still_reads(text: str) -> None:
    sealed = read_keys(OLD).seal(b"plan", "row", secret=True)
    both = read_keys(text)
    assert both.open(sealed, "row") == b"plan"
    assert read_keys(NEW).open(both.seal(b"plan", "row", secret=True), "row") == b"plan"
    with pytest.raises(StoreError, match="another key"):
        read_keys(NEW).open(sealed, "row")


def test_without_a_key_what_is_no_secret_is_kept_as_it_is() -> None:
    sealer = read_keys(" \n")
    assert sealer == Sealer()
    assert sealer.open(sealer.seal(b"plan", "row", secret=False), "row") == b"plan"
    with pytest.raises(RefusedError, match="QUARTERDECK_STORE__KEY"):
        sealer.seal(b"plan", "row", secret=True)


def test_where_there_is_a_key_nothing_counts_that_was_made_without_one() -> None:
    made_up = Sealer().seal(b"plan", "row", secret=False)
    with pytest.raises(StoreError, match="or with none"):
        read_keys(OLD).open(made_up, "row")
    with pytest.raises(StoreError, match="another key"):
        Sealer().open(read_keys(OLD).seal(b"plan", "row", secret=False), "row")


def test_a_key_that_is_too_short_is_refused_and_not_shown() -> None:
    short = "s" * (SHORTEST - 1)
    with pytest.raises(ConfigurationError) as caught:
        read_keys(f"{OLD}\n{short}")
    assert "QUARTERDECK_STORE__KEY" in caught.value.text
    assert short not in caught.value.text + caught.value.next_step


def test_a_key_is_shown_by_nothing_that_is_printed() -> None:
    assert OLD not in repr(read_keys(OLD))
