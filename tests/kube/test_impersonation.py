"""Whose request it is, as the wire shows it."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from aiohttp import WSMsgType

from bot.core.errors import RefusedError
from bot.core.request import Impersonated, KubeconfigUser
from bot.kube.impersonation import OPEN_REVIEWS
from bot.kube.transport import Transport
from tests.clock import ManualClock
from tests.kube.rig import ADA, EVE, PODS_PATH, call, transport_to, upgrade
from tests.kube.server import ApiServer, Asked, body, upgraded

EXEC_PATH = "/api/v1/namespaces/shop/pods/web/exec"


def check_is_ada(asked: Asked) -> None:
    assert asked.all("Impersonate-User") == ["quarterdeck:user"]
    assert asked.all("Impersonate-Group") == ["quarterdeck:viewers", "quarterdeck:operators"]
    assert asked.all("Impersonate-Extra-quarterdeck.dev%2Fperson") == ["T1/UADA"]
    assert asked.all("Impersonate-Extra-quarterdeck.dev%2Frequest") == ["r-1"]
    assert asked.all("Authorization") == ["Bearer first"]
    assert "request r-1" in asked.headers["User-Agent"]


async def test_each_group_and_each_extra_is_a_header_of_its_own(
    server: ApiServer, transport: Transport
) -> None:
    server.on(PODS_PATH, body({}))
    await transport.request(call())
    [asked] = server.asked
    check_is_ada(asked)


async def test_a_stream_carries_the_same_identity(server: ApiServer, transport: Transport) -> None:
    server.on(PODS_PATH, body({}))
    async for _ in transport.stream(call()):
        pass
    [asked] = server.asked
    check_is_ada(asked)


async def test_a_websocket_carries_the_same_identity(
    server: ApiServer, transport: Transport
) -> None:
    server.on(EXEC_PATH, upgraded)
    async with transport.websocket(call(EXEC_PATH), ("v5.channel.k8s.io",)) as socket:
        assert socket.protocol == "v5.channel.k8s.io"
        assert (await socket.receive()).data == b"\x01hello"
        await socket.send_bytes(b"\x00")
        assert (await socket.receive()).type is WSMsgType.CLOSE
    [asked] = server.asked
    assert asked.headers["Upgrade"] == "websocket"
    check_is_ada(asked)


async def test_requests_at_the_same_time_keep_their_own_identities(
    server: ApiServer, transport: Transport
) -> None:
    server.on(PODS_PATH, body({}))
    people = [ADA, EVE] * 20
    calls = [call(identity=who, parameters={"n": str(n)}) for n, who in enumerate(people)]
    await asyncio.gather(*map(transport.request, calls))
    groups = {asked.target: tuple(asked.all("Impersonate-Group")) for asked in server.asked}
    assert groups == {f"{PODS_PATH}?n={n}": who.groups for n, who in enumerate(people)}


@pytest.mark.parametrize("path", ["/api", "/apis", "/version"])
async def test_what_says_nothing_of_a_person_may_be_asked_without_one(
    server: ApiServer, transport: Transport, path: str
) -> None:
    await transport.request(call(path, identity=None))
    [asked] = server.asked
    assert not [name for name in asked.headers if name.lower().startswith("impersonate")]


@pytest.mark.parametrize(
    "path",
    [PODS_PATH, "/api/v1", "/apis/apps/v1", "/version/", "/healthz", "/", "/apis/../api/v1/pods"],
)
async def test_everything_else_without_an_identity_is_not_sent(
    server: ApiServer, transport: Transport, path: str
) -> None:
    with pytest.raises(RefusedError, match="has no identity and was not sent"):
        await transport.request(call(path, identity=None))
    assert server.asked == []


REVIEW = "/apis/authorization.k8s.io/v1/selfsubject{}"


@pytest.mark.parametrize("review", sorted(OPEN_REVIEWS))
async def test_the_bot_may_ask_about_itself_as_itself(
    server: ApiServer, transport: Transport, review: str
) -> None:
    server.on(review, body({}))
    await transport.request(call(review, identity=None, method="POST", body=b"{}"))
    [asked] = server.asked
    assert asked.method == "POST"
    assert not [name for name in asked.headers if name.lower().startswith("impersonate")]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", REVIEW.format("accessreviews")),
        ("PUT", REVIEW.format("accessreviews")),
        ("DELETE", REVIEW.format("rulesreviews")),
        ("POST", REVIEW.format("accessreviews/")),
        ("POST", REVIEW.format("accessreviews/x")),
        ("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews"),
        ("POST", "/apis/authorization.k8s.io/v1/namespaces/shop/localsubjectaccessreviews"),
        ("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews"),
        ("POST", "/apis/authorization.k8s.io/v1beta1/selfsubjectaccessreviews"),
        ("POST", "/api"),
        ("DELETE", "/version"),
        ("HEAD", "/apis"),
    ],
)
async def test_t16_what_is_near_to_that_is_not_sent(
    server: ApiServer, transport: Transport, method: str, path: str
) -> None:
    with pytest.raises(RefusedError, match="has no identity and was not sent"):
        await transport.request(call(path, identity=None, method=method, body=b"{}"))
    assert server.asked == []


async def test_a_websocket_without_an_identity_is_not_opened(
    server: ApiServer, transport: Transport
) -> None:
    with pytest.raises(RefusedError, match="no identity"):
        await upgrade(transport, call(EXEC_PATH, identity=None))
    assert server.asked == []


async def test_the_kubeconfigs_own_user_is_refused_outside_of_a_terminal(
    server: ApiServer, transport: Transport
) -> None:
    asked = call(identity=KubeconfigUser())
    for way in (transport.request(asked), upgrade(transport, asked)):
        with pytest.raises(RefusedError, match="acts in a terminal only"):
            await way
    assert server.asked == []


async def test_in_a_terminal_the_kubeconfigs_user_is_sent_as_it_is(
    server: ApiServer, tmp_path: Path, clock: ManualClock
) -> None:
    server.on(PODS_PATH, body({}))
    async with transport_to(server, tmp_path, clock, terminal=True) as transport:
        await transport.request(call(identity=KubeconfigUser()))
    [asked] = server.asked
    assert asked.headers["Authorization"] == "Bearer first"
    assert not [name for name in asked.headers if name.lower().startswith("impersonate")]


def as_user(name: str) -> Impersonated:
    return Impersonated(name)


def in_group(name: str) -> Impersonated:
    return Impersonated("quarterdeck:user", (name,))


def with_extra(name: str) -> Impersonated:
    return Impersonated("quarterdeck:user", (), ((name, "x"),))


@pytest.mark.parametrize(
    "name",
    [
        "system:masters",
        "system:serviceaccount:kube-system:default",
        " system:masters",
        "\tsystem:masters",
        "system:masters ",
        "ops\r\nImpersonate-Group: system:masters",
        "ops\n",
        "",
        " ",
        "gruppe-ä",
    ],
    ids=repr,
)
@pytest.mark.parametrize("place", [as_user, in_group, with_extra], ids=["user", "group", "extra"])
async def test_what_would_arrive_as_something_else_is_not_sent(
    server: ApiServer, transport: Transport, place: Callable[[str], Impersonated], name: str
) -> None:
    with pytest.raises(RefusedError, match="cannot be impersonated"):
        await transport.request(call(identity=place(name)))
    assert server.asked == []


async def test_an_extras_value_survives_whatever_it_holds(
    server: ApiServer, transport: Transport
) -> None:
    server.on(PODS_PATH, body({}))
    who = Impersonated("u", (), (("Quarterdeck.dev/Person", "Zoë\r\nImpersonate-Group: a, b"),))
    await transport.request(call(identity=who))
    [asked] = server.asked
    assert asked.all("Impersonate-Group") == []
    assert asked.all("Impersonate-Extra-quarterdeck.dev%2Fperson") == [
        "Zo%C3%AB%0D%0AImpersonate-Group: a%2C b"
    ]
