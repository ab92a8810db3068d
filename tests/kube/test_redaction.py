"""What looks like a secret is hidden in a pod's log, however the bytes are cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.kube.redaction import HIDDEN, Redactor, _hinted, suspicious
from tests.every import every

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\nq0V3m2xz\n-----END RSA PRIVATE KEY-----\n"
SECRETS = {
    "a JSON Web Token": (f"token is {JWT} ok", JWT),
    "a Slack token": ("using xoxb-1234567890-abcdefghij now", "xoxb-1234567890-abcdefghij"),
    "a GitHub token": ("ghp_abcdefghijklmnopqrstuvwxyz012345", "ghp_abcdefghijklmnop"),
    "an AWS key": ("id AKIAIOSFODNN7EXAMPLE used", "AKIAIOSFODNN7EXAMPLE"),
    "a bearer": ("Authorization: Bearer abc.def-ghi_jkl=", "abc.def-ghi_jkl="),
    "a basic login": ("authorization: basic dXNlcjpwYXNzd29yZA==", "dXNlcjpwYXNzd29yZA=="),
    "an address": ("dial postgres://shop:hunter2@db:5432/shop", "hunter2"),
    "a password": ("password=hunter2 user=shop", "hunter2"),
    "a quoted password": ('{"db_password": "hunter 2", "user": "shop"}', "hunter 2"),
    "an environment variable": ("DB_PASSWORD: hunter2", "hunter2"),
    "an API key": ("api-key='abc123'", "abc123"),
    "a private key": (f"loaded {KEY}done", "q0V3m2xz"),
    "a private key on one line": (KEY.replace("\n", "\\n"), "q0V3m2xz"),
    "a Stripe key": ("sk_live_abcdefghijkl", "sk_live_abcdefghijkl"),
}
HARMLESS = (
    "GET /healthz 200 1ms",
    "token bucket is full",
    "author: ada",
    "reading secrets from /etc/secrets",
    "https://example.org:8080/path?x=1",
    "passed 12 tests",
    "user@example.org logged in",
)


def redacted(*pieces: str) -> str:
    redactor = Redactor()
    return "".join(map(redactor.feed, pieces)) + redactor.finish()


@every(("text", "secret"), SECRETS.values(), ids=SECRETS)
def test_a_secret_is_hidden(text: str, secret: str) -> None:
    shown = redacted(text)
    assert secret not in shown
    assert HIDDEN in shown


@pytest.mark.parametrize("text", HARMLESS)
def test_an_ordinary_line_stays_as_it_is(text: str) -> None:
    assert redacted(f"{text}\n") == f"{text}\n"


@every(("text", "secret"), SECRETS.values(), ids=SECRETS)
def test_where_the_pieces_are_cut_does_not_matter(text: str, secret: str) -> None:
    whole = redacted(f"before\n{text}\nafter\n")
    for at in range(len(text)):
        assert redacted(f"before\n{text[:at]}", f"{text[at:]}\nafter\n") == whole


@given(st.lists(st.text("ab \n", max_size=9), max_size=9))
def test_nothing_is_lost_of_text_without_secrets(pieces: list[str]) -> None:
    assert redacted(*pieces) == "".join(pieces)


LINES = st.sampled_from([*(text for text, _ in SECRETS.values()), *HARMLESS, "İ", ""])


@given(st.lists(LINES, min_size=1, max_size=40))
def test_a_line_is_hidden_whatever_stands_around_it(lines: list[str]) -> None:
    together = redacted("\n".join(lines))
    assert together == "\n".join(map(redacted, lines))


def test_patterns_are_tried_only_near_what_they_need() -> None:
    text = "ordinary\n" * 5000 + "password=hunter2\n" + "ordinary\n" * 5000
    [(start, end)] = _hinted(text, text.lower(), ["pass", "token"])
    assert text[start:end].startswith("password=hunter2\n")
    assert text[end - 1] == "\n"
    assert end - start < 1000


def test_the_lines_around_a_private_key_stay() -> None:
    assert redacted(f"one\n{KEY}two\n") == f"one\n{HIDDEN}\n\ntwo\n"


def test_a_line_without_an_end_is_not_kept_in_memory() -> None:
    redactor = Redactor()
    shown = sum(len(redactor.feed("x" * 65_536)) for _ in range(30))
    assert shown > 30 * 65_536 - 300_000


@every("after", range(0, 8 * 1024 + 200, len(JWT) - 3))
def test_a_token_in_a_line_without_an_end_is_hidden_at_the_cut(after: int) -> None:
    redactor = Redactor()
    text = "x" * (256 * 1024) + f" {JWT} " + "y" * after
    shown = redactor.feed(text) + redactor.finish()
    assert JWT[-20:] not in shown
    assert redactor.hidden == 1


@given(text=st.text(alphabet=st.sampled_from("abxo-eyJ:/=. \n1ak_pASIAİ"), max_size=60))
def test_what_is_not_suspicious_is_left_as_it_is(text: str) -> None:
    redactor = Redactor()
    shown = redactor.feed(text) + redactor.finish()
    assert suspicious(text) or shown == text
