"""What the process reads from its environment."""

import pytest

from bot import environment

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*PROXIES, "KUBECONFIG", "REQUEST_METHOD"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def test_the_kubeconfig_is_where_kubectl_would_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    assert environment.kubeconfig_paths() == "/home/ada/.kube/config"
    monkeypatch.setenv("KUBECONFIG", "/a:/b")
    assert environment.kubeconfig_paths() == "/a:/b"


@pytest.mark.parametrize(
    ("url", "proxy"),
    [
        ("https://api.example.org:6443", "http://secure:3128"),
        ("https://api.example.org/k8s/clusters/c-1", "http://secure:3128"),
        ("wss://slack.example.org/link?a=b", "http://secure:3128"),
        ("http://api.example.org", "http://plain:3128"),
        ("ws://api.example.org", "http://plain:3128"),
        ("https://api.internal.example.org", None),
        ("https://internal.example.org:6443", None),
        ("https://10.96.0.1", None),
        ("https://10.96.0.1:443/api", None),
        ("https://10.97.0.1", "http://secure:3128"),
        ("https://[fd00::1]:443", None),
        ("https://[fd01::1]:443", "http://secure:3128"),
        ("https://192.0.2.7:6443", None),
        ("https://127.0.0.1:6443", None),
        ("https://localhost:6443", None),
        ("https://[::1]:6443", None),
    ],
)
def test_a_url_goes_through_the_proxy_that_is_set_for_it(
    monkeypatch: pytest.MonkeyPatch, url: str, proxy: str | None
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://secure:3128")
    monkeypatch.setenv("HTTP_PROXY", "http://plain:3128")
    names = "internal.example.org, 10.96.0.0/16,fd00::/16,192.0.2.7,not/a/network"
    monkeypatch.setenv("NO_PROXY", names)
    assert environment.proxy_for(url) == proxy


def test_without_a_proxy_there_is_none() -> None:
    assert environment.proxy_for("https://api.example.org") is None


def test_a_star_turns_every_proxy_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://secure:3128")
    monkeypatch.setenv("no_proxy", "*")
    assert environment.proxy_for("https://api.example.org") is None
