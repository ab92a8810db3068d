import pytest

from bot.core.quoting import quote


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("abc", '"abc"'),
        ('a"b\\c', r'"a\"b\\c"'),
        ("é日", '"é日"'),
        ("\n\t\r\a\b\f\v", r'"\n\t\r\a\b\f\v"'),
        ("\x00\x7f", r'"\x00\x7f"'),
        ("\u00a0\u200b", r'"\u00a0\u200b"'),
        ("\U000e0041", r'"\U000e0041"'),
    ],
)
def test_a_text_is_quoted_as_go_quotes_it(text: str, quoted: str) -> None:
    assert quote(text) == quoted


def test_a_letter_is_quoted_as_a_rune() -> None:
    assert (quote("x", "'"), quote("'", "'"), quote('"', "'")) == ("'x'", r"'\''", "'\"'")
