"""T19: what people type and what servers answer cannot forge, break or fill the record."""

import json
from datetime import UTC, datetime

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.audit.cleaning import LONGEST, cleaned, printable
from bot.audit.record import Placing, canonical, placed, told
from bot.core.audit import Aim, ApiCall, Entry, File, Happening, Planned, Result, Where, Who
from tests.audit.chains import entry
from tests.every import every

NASTY = st.text(alphabet=st.characters(codec=None), max_size=200)
PLACING = Placing("one", 1, "k", "pod-1", "0.1.0")
FORGED = '"}\n{"event": "outcome", "seq": 7, "who": {"person": "T1/UBOB"}}'


def written(one: Entry) -> bytes:
    return canonical(placed(told(one), PLACING))


@given(text=NASTY)
def test_any_text_becomes_one_line_of_printable_characters(text: str) -> None:
    assert printable(text).isprintable()
    assert cleaned(text).isprintable()


@given(phrase=NASTY, name=NASTY, said=NASTY)
def test_whatever_was_typed_the_record_is_one_line_that_reads_back(
    phrase: str, name: str, said: str
) -> None:
    one = entry(
        1, phrase=phrase, canonical=phrase, files=(File(name, 3),), result=Result(1, text=said)
    )
    line = written(one)
    assert b"\n" not in line
    assert line.decode().isprintable()
    record = orjson.loads(line)
    assert (record["event"], record["seq"], record["chain"]) == ("served", 1, "one")
    assert record["who"]["person"] == "T1/UADA"


@pytest.mark.parametrize(
    "text",
    [
        FORGED,
        "get pods\r\n2026-11-28 ERROR forged",
        "\x1b[2J\x1b[31mred\x1b]8;;http://evil\x07",
        "\x9b31m",
        "\u202egnp.exe",
        "a\u200bb\u2028c\x00d",
        "\ud800",
    ],
    ids=["json", "crlf", "ansi", "c1", "bidi", "invisible", "surrogate"],
)
def test_forged_lines_and_terminal_escapes_are_data(text: str) -> None:
    line = written(entry(1, phrase=text))
    assert line.decode().isprintable()
    record = json.loads(line)
    assert (record["event"], record["seq"]) == ("served", 1)
    assert "person" not in str(record["phrase"]) or record["who"]["person"] == "T1/UADA"


def test_a_huge_field_is_cut_with_a_word_about_it() -> None:
    record = told(entry(1, phrase="x" * 1_000_000))
    assert len(record["phrase"]) < LONGEST + 50
    assert record["phrase"].endswith("… (998000 characters more)")


def test_what_is_cut_never_ends_in_half_a_token() -> None:
    token = "xoxb-" + "1" * 40
    assert "1111" not in cleaned("x" * (LONGEST - 10) + " " + token)


def test_a_huge_list_is_cut_with_a_word_about_it() -> None:
    call = ApiCall("id", "list", "pods", "shop", "", 200)
    aims = tuple(Aim("main", "patch", "pods", "shop", f"p-{n}", "u") for n in range(500))
    record = told(
        entry(
            1,
            calls=(call,) * 5_000,
            plan=Planned("d", aims),
            who=Who("T1/U", "u", tuple(f"g{n}" for n in range(300))),
        )
    )
    assert (len(record["calls"]), record["calls_left_out"]) == (64, 4_936)
    assert record["plan"]["targets"][-1] == "… (436 more)"
    assert record["who"]["groups"][-1] == "… (236 more)"
    assert len(canonical(record)) < 64_000


SECRETS = {
    "jwt": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
    "slack": "xoxb-1234567890-abcdefghij",
    "password": "hunter2hunter2",
}


@every(
    "phrase",
    [
        "get pods {jwt}",
        "get pods --token {jwt}",
        "get pods --token={password}",
        "get pods --token {password}",
        "get pods --password '{password}'",
        "create secret generic db --from-literal=password={password}",
        "create secret generic db --from-literal=pw={password}",
        "kubectl create secret generic db —from-literal pw={password} -n shop",
        "create secret generic db --from-literal pw='a {password}'",
        'create secret generic db "--from-literal=pw=a {password}"',
        "create secret generic db --from-literal=pw=“a {password}”",
        "create secret generic db --from-literal=pw=a\\ {password}",
        "create secret generic db --from-litreal=pw={password}",
        "create secret docker-registry x --docker-password={password}",
        "config set-credentials x --client-secret {password}",
        "logs web | grep {slack}",
        "get pods\nAuthorization: Bearer {password}",
    ],
)
def test_a_secret_that_was_typed_is_in_no_record(phrase: str) -> None:
    one = entry(
        1,
        phrase=phrase.format(**SECRETS),
        canonical=phrase.format(**SECRETS),
        result=Result(1, text=f"error: {phrase.format(**SECRETS)}"),
    )
    line = written(one).decode()
    assert [value for value in SECRETS.values() if value in line] == []
    assert "<redacted>" in line


@pytest.mark.parametrize(
    "phrase",
    [
        "get pods --show-labels -n shop",
        "get secrets --token",
        "create secret generic db --from-file=k=app.conf --type=example.org/x -n=shop",
    ],
)
def test_what_is_no_secret_stays_as_it_was_typed(phrase: str) -> None:
    assert cleaned(phrase) == phrase


def test_a_record_says_who_where_what_and_how_it_ended() -> None:
    one = Entry(
        Happening.OUTCOME,
        datetime(2026, 11, 28, 12, tzinfo=UTC),
        "r-1",
        Who("T1/UADA", "quarterdeck:user", ("quarterdeck:operators",)),
        Where("mention", "CSHOP", "1.2", "https://x.slack.com/archives/CSHOP/p12", "main", "shop"),
        "scale deploy web --replicas 5",
        "scale deploy web --replicas=5",
        (File("f.yaml", 12),),
        Planned(
            "abc", (Aim("main", "patch", "deployments.apps/scale", "shop", "web", "u-1"),), "t"
        ),
        Result(1, 403, "Forbidden", "no", 0.25),
        (ApiCall("a-1", "patch", "deployments.apps/scale", "shop", "web", 403),),
    )
    assert placed(told(one), PLACING) == {
        "event": "outcome",
        "at": "2026-11-28T12:00:00.000000Z",
        "request": "r-1",
        "who": {
            "person": "T1/UADA",
            "user": "quarterdeck:user",
            "groups": ["quarterdeck:operators"],
        },
        "where": {
            "surface": "mention",
            "channel": "CSHOP",
            "thread": "1.2",
            "link": "https://x.slack.com/archives/CSHOP/p12",
            "context": "main",
            "namespace": "shop",
        },
        "phrase": "scale deploy web --replicas 5",
        "canonical": "scale deploy web --replicas=5",
        "files": [{"name": "f.yaml", "size": 12}],
        "plan": {
            "digest": "abc",
            "ticket": "t",
            "targets": [
                {
                    "context": "main",
                    "verb": "patch",
                    "resource": "deployments.apps/scale",
                    "namespace": "shop",
                    "name": "web",
                    "uid": "u-1",
                }
            ],
        },
        "result": {
            "exit_code": 1,
            "code": 403,
            "reason": "Forbidden",
            "text": "no",
            "seconds": 0.25,
        },
        "calls": [
            {
                "audit_id": "a-1",
                "verb": "patch",
                "resource": "deployments.apps/scale",
                "namespace": "shop",
                "name": "web",
                "code": 403,
            }
        ],
        "chain": "one",
        "seq": 1,
        "key": "k",
        "replica": "pod-1",
        "version": "0.1.0",
    }


def test_what_there_is_nothing_to_say_of_is_left_out() -> None:
    record = told(Entry(Happening.STOPPED, datetime(2026, 11, 28, tzinfo=UTC)))
    assert record == {"event": "stopped", "at": "2026-11-28T00:00:00.000000Z"}
