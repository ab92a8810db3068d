"""Whatever somebody without a key does to a chain is found, and named."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.audit.chain import BEGINNING, Keys, read_keys
from bot.audit.record import Record, canonical
from bot.audit.verifying import Finding, Walk, Wrong, contradiction, copied
from bot.core.audit import Happening, Link, Mark
from bot.core.errors import ConfigurationError
from tests.audit.chains import KEYS, chained, entry, verified

CHAIN, LINKS = chained([entry(number) for number in range(1, 9)])
PLACES = st.integers(0, len(LINKS) - 1)


def wrong(links: list[Link]) -> tuple[Wrong, int] | None:
    found = verified(CHAIN, links)
    return (found.wrong, found.seq) if found else None


def test_a_chain_as_it_was_written_is_intact() -> None:
    assert wrong(LINKS) is None


def test_it_may_come_in_pieces() -> None:
    walk = Walk("one", KEYS, CHAIN)
    for link in LINKS:
        walk.feed([link])
    walk.finish()
    assert (walk.found, walk.seq) == (None, 8)


@given(place=PLACES, data=st.data())
def test_any_flipped_bit_is_found_where_it_is(place: int, data: st.DataObject) -> None:
    link = LINKS[place]
    field = data.draw(st.sampled_from(["record", "digest"]))
    value = bytearray(getattr(link, field))
    value[data.draw(st.integers(0, len(value) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    changes: dict[str, Any] = {field: bytes(value)}
    changed = [*LINKS[:place], replace(link, **changes), *LINKS[place + 1 :]]
    found = wrong(changed)
    assert found is not None
    # A flip in the record's own number or key makes it another's record, or one of no known key.
    assert found[0] in (Wrong.FLIPPED, Wrong.MOVED, Wrong.UNKNOWN_KEY)
    assert found[1] == place + 1


@given(place=PLACES, column=st.sampled_from(["person", "namespace", "channel", "request"]))
def test_a_column_that_hides_a_record_from_a_search_is_found(place: int, column: str) -> None:
    changes: dict[str, Any] = {column: "somebody-else"}
    hidden = replace(LINKS[place], **changes)
    assert wrong([*LINKS[:place], hidden, *LINKS[place + 1 :]]) == (Wrong.FLIPPED, place + 1)


@given(place=PLACES)
def test_another_time_is_found(place: int) -> None:
    moved = replace(LINKS[place], at=LINKS[place].at + timedelta(microseconds=1))
    assert wrong([*LINKS[:place], moved, *LINKS[place + 1 :]]) == (Wrong.FLIPPED, place + 1)


@given(gone=st.sets(st.integers(0, len(LINKS) - 2), min_size=1))
def test_any_dropped_records_are_found_at_the_first_of_them(gone: set[int]) -> None:
    left = [link for place, link in enumerate(LINKS) if place not in gone]
    assert wrong(left) == (Wrong.DROPPED, min(gone) + 1)


@given(gone=st.sets(st.integers(0, len(LINKS) - 2), min_size=1))
def test_dropped_records_are_found_when_the_rest_is_numbered_anew(gone: set[int]) -> None:
    left = [link for place, link in enumerate(LINKS) if place not in gone]
    found = wrong([replace(link, seq=number) for number, link in enumerate(left, 1)])
    assert found == (Wrong.MOVED, min(gone) + 1)


@given(places=st.tuples(PLACES, PLACES).filter(lambda pair: pair[0] != pair[1]))
def test_any_two_swapped_records_are_found(places: tuple[int, int]) -> None:
    one, other = places
    swapped = list(LINKS)
    swapped[one] = replace(LINKS[other], seq=one + 1)
    swapped[other] = replace(LINKS[one], seq=other + 1)
    assert wrong(swapped) == (Wrong.MOVED, min(places) + 1)


@given(left=st.integers(0, len(LINKS) - 1))
def test_any_truncation_is_found(left: int) -> None:
    assert wrong(LINKS[:left]) == (Wrong.TRUNCATED, left + 1)


@given(place=st.integers(0, len(LINKS)), text=st.text(max_size=20))
def test_any_inserted_record_is_found(place: int, text: str) -> None:
    _, [forged] = chained([entry(99, phrase=text)], keys=read_keys("x" * 32))
    shifted = [replace(link, seq=link.seq + 1) for link in LINKS[place:]]
    found = wrong([*LINKS[:place], replace(forged, seq=place + 1), *shifted])
    assert found == (Wrong.UNKNOWN_KEY, place + 1)


@given(place=st.integers(0, len(LINKS)))
def test_an_inserted_record_that_names_the_right_key_is_found(place: int) -> None:
    record: Record = {"at": "2026-11-28T12:00:00.000000Z", "event": "outcome"}
    record |= {"chain": "one", "seq": place + 1, "key": KEYS.current.id}
    forged = Link("one", place + 1, canonical(record), bytes(32), LINKS[0].at)
    shifted = [replace(link, seq=link.seq + 1) for link in LINKS[place:]]
    assert wrong([*LINKS[:place], forged, *shifted]) == (Wrong.FLIPPED, place + 1)


@given(place=PLACES)
def test_a_record_that_is_there_twice_is_found(place: int) -> None:
    again = [replace(link, seq=link.seq + 1) for link in LINKS[place:]]
    found = wrong([*LINKS[: place + 1], *again])
    assert found == (Wrong.MOVED, place + 2)


def test_a_record_of_another_chain_is_found() -> None:
    _, others = chained([entry(1)], "other")
    assert wrong([replace(others[0], chain="one"), *LINKS[1:]]) == (Wrong.MOVED, 1)


@pytest.mark.parametrize("kind", ["head", "floor"])
def test_a_head_or_floor_that_nobody_signed_is_found(kind: str) -> None:
    changes: dict[str, Any] = {kind: Mark(3, LINKS[2].digest, bytes(32))}
    forged = replace(CHAIN, **changes)
    found = verified(forged, LINKS[:3])
    assert found
    assert (found.wrong, found.text) == (Wrong.UNSIGNED, f"its {kind} is not as the bot signed it")


def test_a_head_says_nothing_as_a_floor() -> None:
    # Else whoever can write the store would call everything up to the head old.
    found = verified(replace(CHAIN, floor=CHAIN.head), [])
    assert found
    assert found.wrong is Wrong.UNSIGNED


def test_a_chain_whose_head_is_gone_is_found() -> None:
    for chain in (None, replace(CHAIN, head=BEGINNING)):
        found = verified(chain, LINKS)
        assert found
        assert found.wrong is Wrong.UNSIGNED


def test_what_age_has_removed_is_not_missed() -> None:
    floor = KEYS.current.mark("floor", "one", 3, LINKS[2].digest)
    assert verified(replace(CHAIN, floor=floor), LINKS[3:]) is None
    found = verified(replace(CHAIN, floor=floor), LINKS[4:])
    assert found
    assert (found.wrong, found.seq) == (Wrong.DROPPED, 4)


def test_an_older_key_still_reads_what_it_wrote() -> None:
    new = Keys((*read_keys("y" * 32).all, *KEYS.all))
    assert verified(CHAIN, LINKS, new) is None
    found = verified(CHAIN, LINKS, Keys(new.all[:1]))
    assert found
    assert found.wrong is Wrong.UNSIGNED


def test_another_chain_that_has_seen_more_tells_of_an_end_that_was_cut_off_with_its_head() -> None:
    seen = ("one", 8, LINKS[-1].digest.hex())
    _, other = chained([entry(1, Happening.ANCHOR, details={"heads": [seen]})], "other")
    cut, links = chained([entry(number) for number in range(1, 6)])
    assert verified(cut, links) is None
    walk = Walk("other", KEYS, chained([entry(1, details={"heads": [seen]})], "other")[0])
    walk.feed(other)
    claim = walk.claims["one"]
    found = contradiction("one", claim, b"", 0, "other")
    assert found == Finding("one", 8, Wrong.TRUNCATED, "other has seen it, and it is missing")
    assert contradiction("one", claim, LINKS[-1].digest, 0, "other") is None
    assert contradiction("one", claim, b"", 8, "other") is None
    assert contradiction("one", claim, bytes(32), 0, "other") == Finding(
        "one", 8, Wrong.FLIPPED, "other has seen it otherwise"
    )


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (b'{"record": {"chain": "one", "seq": 3}, "hash": "00ff"}', ("one", Mark(3, b"\x00\xff"))),
        (b'2026 stdout F {"record": {"chain": "a", "seq": 1}, "hash": ""}', ("a", Mark(1, b""))),
        (b'{"event": "ready"}', None),
        (b"no JSON", None),
        (b'{"record": [], "hash": "zz"}', None),
    ],
)
def test_a_line_of_the_copy_tells_of_a_place(line: bytes, found: object) -> None:
    assert copied(line) == found


def test_the_id_of_a_key_tells_nothing_of_it() -> None:
    [key] = read_keys("k" * 32).all
    assert "k" * 4 not in key.id
    assert "k" * 4 not in repr(key)


@pytest.mark.parametrize("text", ["", " \n,", "short", f"{'k' * 32} short"])
def test_no_key_and_a_short_key_are_refused_with_how_to_make_one(text: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_keys(text)
    assert "QUARTERDECK_AUDIT__KEY" in caught.value.text
    assert "openssl rand -base64 32" in caught.value.next_step
    assert "short" not in caught.value.text.replace("too short", "")


def test_several_keys_stand_apart_by_line_ends_or_commas() -> None:
    keys = read_keys(f"{'a' * 32}\n{'b' * 32},{'a' * 32}\n")
    assert [key.secret[:1] for key in keys.all] == [b"a", b"b"]
