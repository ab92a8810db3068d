"""The bot asks about itself without being anybody else, and takes the API server's word."""

import orjson
import pytest

from bot.core.errors import ForbiddenError
from bot.kube.own import OwnRights
from bot.kube.transport import Transport
from tests.kube.server import ApiServer, status
from tests.rbac.accounts import CLASSIC, LEASES, REVIEWS, Account, answers_for


@pytest.fixture
def own(transport: Transport) -> OwnRights:
    return OwnRights(transport, "r-1", 5.0)


async def test_it_asks_whether_it_may(server: ApiServer, own: OwnRights) -> None:
    answers_for(Account(CLASSIC), server)
    assert await own.may("impersonate", "", "users", "quarterdeck:user")
    assert not await own.may("impersonate", "", "users", "system:admin")
    first, second = server.asked
    assert orjson.loads(second.body) == {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {
            "resourceAttributes": {
                "verb": "impersonate",
                "group": "",
                "resource": "users",
                "name": "system:admin",
            }
        },
    }
    for asked in (first, second):
        assert asked.path == f"{REVIEWS}accessreviews"
        assert not [name for name in asked.headers if name.lower().startswith("impersonate")]


async def test_it_asks_for_the_rules_of_a_namespace(server: ApiServer, own: OwnRights) -> None:
    urls = {"nonResourceURLs": ["/version"], "verbs": ["get"]}
    answers_for(Account([*CLASSIC, urls], {"shop": LEASES}), server)
    assert await own.rules("shop") == [*CLASSIC, *LEASES, urls]
    assert await own.rules("other") == [*CLASSIC, urls]


async def test_a_refusal_is_not_taken_for_a_no(server: ApiServer, own: OwnRights) -> None:
    server.on(f"{REVIEWS}accessreviews", status(403, "Forbidden", "not even this"))
    with pytest.raises(ForbiddenError):
        await own.may("get", "", "pods")
