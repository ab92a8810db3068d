"""Which servers are set up, and what is said where they are set up wrongly."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from bot.core.errors import ConfigurationError
from bot.prometheus.options import Options, sources_of
from tests.every import every


def test_nothing_is_set_up_by_itself() -> None:
    assert sources_of(Options()) == ()


def test_the_settings_are_a_source_for_every_context() -> None:
    options = Options(
        url="http://prometheus:9090/",
        alertmanager="http://a:9093, http://b:9093/",
        username="bot",
        password=SecretStr("very secret"),
    )
    [source] = sources_of(options)
    assert (source.name, source.url) == ("default", "http://prometheus:9090")
    assert source.peers == ("http://a:9093", "http://b:9093")
    assert source.serves("anything")
    assert source.password.get_secret_value() == "very secret"
    assert "very secret" not in repr(source)


def test_a_file_holds_several_and_they_come_first(tmp_path: Path) -> None:
    file = tmp_path / "prometheus.yaml"
    file.write_text(
        "sources:\n"
        "- {name: shop, contexts: [prod], url: http://shop:9090, tenant: shop}\n"
        "- {name: all, contexts: [prod, test], url: http://all:9090}\n"
    )
    found = sources_of(Options(file=file, url="http://else:9090"))
    assert [one.name for one in found] == ["shop", "all", "default"]
    assert [one.name for one in found if one.serves("prod")] == ["shop", "all", "default"]
    assert [one.name for one in found if one.serves("test")] == ["all", "default"]


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no scheme": ({"url": "prometheus:9090"}, "this must be an address"),
    "a file": ({"url": "file:///etc/passwd"}, "this must be an address"),
    "a password in it": ({"url": "http://a:b@c"}, "have settings of their own"),
    "a query": ({"url": "http://a/?b=c"}, "without . and #"),
    "one of two peers": ({"alertmanager": "http://a,b"}, "this must be an address"),
    "a name alone": ({"username": "a"}, "need each other"),
    "a password alone": ({"password": "a"}, "need each other"),
    "two ways in": (
        {"bearer_file": "/t", "username": "a", "password": "b"},
        "exclude each other",
    ),
    "a key alone": ({"key_file": "/k"}, "needs the certificate"),
    "a label": ({"namespace_label": "a-b"}, "should match pattern"),
    "a tenant in two lines": ({"tenant": "a\r\nX-Admin: 1"}, "text in one line"),
}


@every(("given", "text"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_said(given: dict[str, Any], text: str) -> None:
    with pytest.raises(ValidationError, match=text):
        Options(**given)


FILES = {
    "sources: [": "line 2: this is no YAML",
    "[]": "the file: ",
    "sources: []": "sources: ",
    "sources: [{name: a}]": "sources.0: url is missing",
    "sources: [{url: 'http://a', colour: red}]": "sources.0.colour: ",
    "sources: [{url: 'http://a', username: b}]": "username and password_file need each other",
    "sources: [{url: 'http://a'}, {url: 'http://b'}]": "two of them have the same name",
    "sources: [{url: 'http://a', password: secret-one}]": "a file of its own: password_file",
}


@pytest.mark.parametrize(("content", "text"), FILES.items(), ids=FILES.keys())
def test_what_is_wrong_in_the_file_is_said(content: str, text: str, tmp_path: Path) -> None:
    file = tmp_path / "prometheus.yaml"
    file.write_text(content)
    with pytest.raises(ConfigurationError) as raised:
        sources_of(Options(file=file))
    assert text in raised.value.text
    assert str(file) in raised.value.text
    assert "secret-one" not in raised.value.text


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="No such file"):
        sources_of(Options(file=tmp_path / "none"))


def test_two_sources_of_the_same_name_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "prometheus.yaml"
    file.write_text("sources: [{url: 'http://a'}]")
    assert [one.name for one in sources_of(Options(file=file))] == ["default"]
    with pytest.raises(ConfigurationError, match="called default already"):
        sources_of(Options(file=file, url="http://b"))
