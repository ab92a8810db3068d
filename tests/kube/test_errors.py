"""A Status, or what stands in its place, in kubectl's words."""

from typing import Any

import orjson
import pytest

from bot.core.errors import ConflictError, ForbiddenError, KubernetesError, NotFoundError
from bot.kube.errors import from_status
from tests.every import every


def status(code: int, reason: str, message: str, **more: Any) -> bytes:
    value = {"kind": "Status", "code": code, "reason": reason, "message": message, **more}
    return orjson.dumps(value)


def invalid(*causes: tuple[str, str], **details: Any) -> bytes:
    listed = [{"field": field, "message": message} for field, message in causes]
    return status(422, "Invalid", "it is invalid", details={**details, "causes": listed})


POD = {"kind": "Pod", "name": "web"}


@every(
    ("code", "body", "text"),
    [
        pytest.param(
            404,
            status(404, "NotFound", 'pods "x" not found'),
            'Error from server (NotFound): pods "x" not found',
            id="not-found",
        ),
        pytest.param(
            401,
            status(401, "Unauthorized", "Unauthorized"),
            "error: You must be logged in to the server (Unauthorized)",
            id="unauthorized",
        ),
        pytest.param(
            422,
            invalid(("spec.replicas", "must be positive"), **POD),
            'The Pod "web" is invalid: spec.replicas: must be positive',
            id="one-cause",
        ),
        pytest.param(
            422,
            invalid(("a", "is bad"), ("b", "is worse"), ("a", "is bad"), **POD),
            'The Pod "web" is invalid: \n* a: is bad\n* b: is worse',
            id="causes-once-each",
        ),
        pytest.param(422, invalid(**POD), 'The Pod "web" is invalid', id="no-cause"),
        pytest.param(
            422, invalid(), "The request is invalid: it is invalid", id="nothing-but-a-message"
        ),
        pytest.param(
            422, status(422, "Invalid", "odd"), "The request is invalid: odd", id="no-details"
        ),
        pytest.param(500, status(500, "", "odd"), "Error from server: odd", id="no-reason"),
    ],
)
def test_a_status_is_told_as_kubectl_tells_it(code: int, body: bytes, text: str) -> None:
    error = from_status(code, body, "get pods")
    assert error.text == text
    assert error.code == code


# Seen with kubectl 1.37.1 against a server that answered so.
@every(
    ("code", "body", "text"),
    [
        (400, "", "(BadRequest): the server rejected our request for an unknown reason (get pods)"),
        (403, "", "(Forbidden):  (get pods)"),
        (403, "<html>bad</html>", "(Forbidden): <html>bad</html> (get pods)"),
        (404, "x", "(NotFound): the server could not find the requested resource (get pods)"),
        (
            405,
            "x",
            "(MethodNotAllowed): the server does not allow this method on the requested resource"
            " (get pods)",
        ),
        (409, "x", "(Conflict): the server reported a conflict (get pods)"),
        (
            413,
            "x",
            "the server responded with the status code 413 but did not return more information"
            " (get pods)",
        ),
        (
            422,
            "x",
            "(Invalid): the server rejected our request due to an error in our request (get pods)",
        ),
        (
            429,
            "x",
            "(TooManyRequests): the server has received too many requests and has asked us to try"
            " again later (get pods)",
        ),
        (
            502,
            '<html>"bad"</html>\n',
            '(InternalError): an error on the server ("<html>\\"bad\\"</html>") has prevented the'
            " request from succeeding (get pods)",
        ),
        (
            503,
            "service unavailable",
            "(ServiceUnavailable): the server is currently unable to handle the request (get pods)",
        ),
        (
            504,
            "",
            "(Timeout): the server was unable to return a response in the time allotted, but may"
            " still be processing the request (get pods)",
        ),
    ],
    ids=lambda value: str(value) if isinstance(value, int) else None,
)
def test_what_is_no_status_is_told_as_client_go_reads_it(code: int, body: str, text: str) -> None:
    head = "Error from server: " if text.startswith("the") else "Error from server "
    assert from_status(code, body.encode(), "get pods").text == head + text


def test_nobody_in_particular_is_told_to_log_in() -> None:
    assert from_status(401, b"").text == (
        "error: You must be logged in to the server"
        " (the server has asked for the client to provide credentials)"
    )


@pytest.mark.parametrize(
    ("code", "kind"),
    [(403, ForbiddenError), (404, NotFoundError), (409, ConflictError), (500, KubernetesError)],
)
def test_the_code_gives_the_kind_of_the_error(code: int, kind: type[KubernetesError]) -> None:
    assert type(from_status(code, b"")) is kind


@pytest.mark.parametrize(
    "body", [b"\xff\xfe", b"[]", b"null", b'{"kind": "Pod"}'], ids=["bytes", "list", "null", "pod"]
)
def test_any_body_can_be_told(body: bytes) -> None:
    assert from_status(500, body).text.startswith("Error from server (InternalError): ")


def test_a_long_page_of_a_proxy_is_not_repeated_whole() -> None:
    assert len(from_status(502, b"<p>" * 10**5).text) < 500
