"""`quarterdeck audit`, as an auditor calls it, on a record that a bot's recorder wrote."""

import asyncio
import csv
import io
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.audit.record import Record
from bot.audit.recorder import Recorder, Writer
from bot.core.audit import Happening, Result
from bot.store.audit import AuditStore
from bot.store.engine import Options, open_store
from tests.audit.chains import KEYS, entry
from tests.clock import ManualClock
from tests.store.migrated import migrated
from tests.verbs import typed

KEY = KEYS.current.secret.decode()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A store with one chain of seven records, and the copy of it."""
    asyncio.run(_written(tmp_path))
    return tmp_path


async def _written(folder: Path) -> None:
    copies: list[str] = []

    def copy(record: Record, digest: str, stored: bool) -> None:
        copies.append(json.dumps({"record": record, "hash": digest, "stored": stored}))

    async with open_store(Options(url=SecretStr(migrated(folder)))) as store:
        recorder = Recorder(AuditStore(store), Writer(KEYS, ManualClock(), copy, "pod-1", "0.1.0"))
        for number in range(1, 6):
            result = Result(number % 2, 200, seconds=0.1)
            recorder.note(entry(number, Happening.SERVED, result=result))
        await recorder.close()
    (folder / "copy.log").write_text("".join(f"{line}\n" for line in copies))


def audit(folder: Path, *words: str, key: str = KEY) -> tuple[int, str, str]:
    done = typed(
        "audit",
        *words,
        QUARTERDECK_STORE__URL=f"sqlite:///{folder / 'store.db'}",
        QUARTERDECK_AUDIT__KEY=key,
    )
    return done.exit_code, done.stdout, done.stderr


def damage(folder: Path, *statements: str) -> None:
    with closing(sqlite3.connect(folder / "store.db")) as store:
        for statement in statements:
            store.execute(statement)
        store.commit()


def test_a_record_as_it_was_written_is_intact_and_needs_no_token_of_slack(folder: Path) -> None:
    assert audit(folder, "verify") == (0, "✓ intact: 7 records in 1 chains\n", "")
    assert audit(folder, "verify", "--copy", str(folder / "copy.log"))[0] == 0


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE audit SET digest = x'00' WHERE seq = 4", "record 4: flipped"),
        ("DELETE FROM audit WHERE seq = 2", "record 2: dropped: record 2 is missing before"),
        ("DELETE FROM audit WHERE seq > 5", "record 6: truncated: it ends with record 5"),
    ],
)
def test_the_first_record_that_is_wrong_is_named_and_how(
    folder: Path, statement: str, found: str
) -> None:
    damage(folder, statement)
    code, out, _ = audit(folder, "verify")
    assert code == 1
    assert out.startswith("✗ pod-1.")
    assert found in out
    assert "✗ not intact: 1 of" in out


def test_two_records_that_changed_places_are_named(folder: Path) -> None:
    damage(
        folder,
        "UPDATE audit SET seq = 100 WHERE seq = 3",
        "UPDATE audit SET seq = 3 WHERE seq = 4",
        "UPDATE audit SET seq = 4 WHERE seq = 100",
    )
    code, out, _ = audit(folder, "verify")
    assert (code, "record 3: moved: what stands there calls itself record 4" in out) == (1, True)


def test_another_key_verifies_nothing(folder: Path) -> None:
    code, out, _ = audit(folder, "verify", key="another-key-of-at-least-32-letters")
    assert (code, "✗" in out) == (1, True)


def test_a_record_that_is_gone_altogether_is_told_by_the_copy_alone(folder: Path) -> None:
    damage(folder, "DELETE FROM audit", "DELETE FROM audit_chains")
    assert audit(folder, "verify") == (0, "There are no records.\n", "")
    code, out, _ = audit(folder, "verify", "--copy", str(folder / "copy.log"))
    assert code == 1
    assert "record 7: truncated: the copy has seen it, and it is missing" in out


def test_an_export_can_stand_for_the_copy(folder: Path) -> None:
    code, out, _ = audit(folder, "export")
    lines = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    # By their times, and the test's entries are of another day than its clock.
    assert [line["record"]["seq"] for line in lines] == [1, 7, 2, 3, 4, 5, 6]
    (folder / "export.jsonl").write_text(out)
    damage(folder, "DELETE FROM audit", "DELETE FROM audit_chains")
    assert audit(folder, "verify", "--copy", str(folder / "export.jsonl"))[0] == 1


def test_a_sheet_has_its_names_first(folder: Path) -> None:
    code, out, _ = audit(folder, "export", "--format", "csv", "--until", "2026-12-01")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert code == 0
    assert {row["person"] for row in rows if row["event"] == "served"} == {"T1/UADA"}
    assert [row["phrase"] for row in rows if row["event"] == "served"] == [
        f"get pods {number}" for number in range(1, 6)
    ]


def test_an_export_begins_where_it_was_told(folder: Path) -> None:
    _, out, _ = audit(folder, "export", "--since", "2026-11-28T12:00:04Z")
    phrases = [json.loads(line)["record"].get("phrase") for line in out.splitlines()]
    assert phrases[:2] == ["get pods 4", "get pods 5"]


def test_a_search_shows_rows(folder: Path) -> None:
    code, out, _ = audit(folder, "search", "--person", "UADA", "--text", "PODS 4", "-n", "shop")
    assert code == 0
    head, row = out.splitlines()
    assert head.split() == ["AT", "EVENT", "WHO", "WHERE", "WHAT", "RESULT", "REQUEST"]
    assert row == (
        "2026-11-28T12:00:04Z   served   T1/UADA   main/shop   get pods 4   ok 200   r-4"
    )
    assert audit(folder, "search", "--channel", "C9")[1] == "No records.\n"


@pytest.mark.parametrize("key", ["", "short"])
def test_without_a_key_it_is_said_how_to_make_one(folder: Path, key: str) -> None:
    code, out, err = audit(folder, "verify", key=key)
    assert (code, out) == (1, "")
    assert "openssl rand -base64 32" in err


def test_a_copy_that_is_not_there_is_named(folder: Path) -> None:
    code, _, err = audit(folder, "verify", "--copy", str(folder / "none.log"))
    assert (code, err.startswith(f"error: {folder / 'none.log'}: No such file")) == (1, True)
