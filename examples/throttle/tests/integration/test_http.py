"""A running service over HTTP: the one that `TOWPATH_URL` names, else one of our own."""

import http.client
import json
import os
import threading
import uuid
from collections.abc import Iterator
from http import HTTPStatus
from typing import cast
from urllib.parse import urlsplit

import pytest

from throttle import Throttle
from throttle.service import make_server

CAPACITY = 10


@pytest.fixture
def service() -> Iterator[http.client.HTTPConnection]:
    url = os.environ.get("TOWPATH_URL")
    if url is not None:
        parts = urlsplit(url)
        client = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=5)
        yield client
        client.close()
        return
    with make_server(Throttle(CAPACITY, per_second=1.0)) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        client = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=5)
        yield client
        client.close()
        server.shutdown()
        thread.join()


@pytest.fixture
def key() -> str:
    """Name a bucket that no other test, and no other caller of the service, knows."""
    return uuid.uuid4().hex


def ask(
    client: http.client.HTTPConnection, method: str, path: str, body: object = None
) -> tuple[int, dict[str, object]]:
    """Send one request and read its answer."""
    text = None if body is None else json.dumps(body)
    client.request(method, path, body=text)
    response = client.getresponse()
    return response.status, cast("dict[str, object]", json.load(response))


def test_fr_1_a_new_key_finds_a_full_bucket(service: http.client.HTTPConnection, key: str) -> None:
    status, answer = ask(service, "POST", "/take", {"key": key, "tokens": CAPACITY})
    assert (status, answer["allowed"], answer["remaining"]) == (HTTPStatus.OK, True, 0)


def test_fr_2_an_empty_bucket_refuses_and_says_how_long_to_wait(
    service: http.client.HTTPConnection, key: str
) -> None:
    ask(service, "POST", "/take", {"key": key, "tokens": CAPACITY})
    status, answer = ask(service, "POST", "/take", {"key": key, "tokens": CAPACITY})
    assert (status, answer["allowed"]) == (HTTPStatus.TOO_MANY_REQUESTS, False)
    assert 0 < cast("float", answer["retry_after"]) <= CAPACITY


@pytest.mark.parametrize(
    "body",
    [None, [], {}, {"key": 1}, {"key": ""}, {"key": "a", "tokens": 0}, {"key": "a", "tokens": "x"}],
)
def test_fr_6_what_makes_no_sense_is_400(service: http.client.HTTPConnection, body: object) -> None:
    status, answer = ask(service, "POST", "/take", body)
    assert status == HTTPStatus.BAD_REQUEST
    assert answer["error"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/take", HTTPStatus.METHOD_NOT_ALLOWED),
        ("POST", "/health", HTTPStatus.METHOD_NOT_ALLOWED),
        ("GET", "/elsewhere", HTTPStatus.NOT_FOUND),
    ],
)
def test_fr_6_other_requests_are_refused(
    service: http.client.HTTPConnection, method: str, path: str, status: HTTPStatus
) -> None:
    assert ask(service, method, path)[0] == status


def test_fr_7_health_and_version_are_answered(service: http.client.HTTPConnection) -> None:
    status, health = ask(service, "GET", "/health")
    assert (status, health["status"]) == (HTTPStatus.OK, "ok")
    status, version = ask(service, "GET", "/version")
    assert (status, version["component"]) == (HTTPStatus.OK, "throttle")


def test_nfr_2_a_body_that_is_too_long_is_not_read(service: http.client.HTTPConnection) -> None:
    service.putrequest("POST", "/take")
    service.putheader("Content-Length", "1000000")
    service.endheaders()
    assert service.getresponse().status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
