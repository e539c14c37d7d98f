"""The HTTP service: decisions without a socket, and a few requests through a real one."""

import http.client
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import pytest

import throttle as throttle_package
from throttle import Throttle, __version__
from throttle.__main__ import main
from throttle.service import MAX_BODY_BYTES, make_server, respond


@pytest.fixture
def throttle() -> Throttle:
    return Throttle(capacity=2, per_second=0.5, max_keys=1, clock=lambda: 0.0)


@pytest.fixture
def connection(throttle: Throttle) -> Iterator[http.client.HTTPConnection]:
    with make_server(throttle) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        client = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=5)
        yield client
        client.close()
        server.shutdown()
        thread.join()


def test_fr_6_take_answers_as_the_throttle_does(throttle: Throttle) -> None:
    response = respond(throttle, "POST", "/take", b'{"key": "ann"}')
    assert response.status == HTTPStatus.OK
    assert response.body == {"allowed": True, "remaining": 1, "retry_after": 0.0}


def test_fr_6_a_refusal_is_429_with_the_seconds_to_wait(throttle: Throttle) -> None:
    respond(throttle, "POST", "/take", b'{"key": "ann", "tokens": 2}')
    response = respond(throttle, "POST", "/take", b'{"key": "ann"}')
    assert response.status == HTTPStatus.TOO_MANY_REQUESTS
    assert response.headers == {"Retry-After": "2"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b"{}",
        b'{"key": 1}',
        b'{"key": "a", "tokens": true}',
        b'{"key": "a", "tokens": 9}',
        b"\xff",
        b"[" * 4096,
    ],
)
def test_fr_6_a_request_that_makes_no_sense_is_400(throttle: Throttle, body: bytes) -> None:
    assert respond(throttle, "POST", "/take", body).status == HTTPStatus.BAD_REQUEST


def test_fr_6_no_room_for_another_key_is_503(throttle: Throttle) -> None:
    respond(throttle, "POST", "/take", b'{"key": "ann"}')
    assert (
        respond(throttle, "POST", "/take", b'{"key": "bob"}').status
        == HTTPStatus.SERVICE_UNAVAILABLE
    )


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/", HTTPStatus.NOT_FOUND), ("POST", "/health", HTTPStatus.METHOD_NOT_ALLOWED)],
)
def test_fr_6_other_requests_are_refused(
    throttle: Throttle, method: str, path: str, status: HTTPStatus
) -> None:
    assert respond(throttle, method, path).status == status


def test_fr_7_health_and_version_are_served_over_http(
    connection: http.client.HTTPConnection,
) -> None:
    connection.request("GET", "/health")
    health = connection.getresponse()
    assert (health.status, json.load(health)) == (200, {"status": "ok", "keys": 0})
    connection.request("GET", "/version")
    assert json.load(connection.getresponse()) == {"component": "throttle", "version": __version__}


def test_fr_7_version_names_the_release_it_was_started_with(
    throttle: Throttle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOWPATH_RELEASE", "0123abcd")
    assert respond(throttle, "GET", "/version").body["release"] == "0123abcd"
    monkeypatch.delenv("TOWPATH_RELEASE")
    assert "release" not in respond(throttle, "GET", "/version").body


def test_fr_6_take_is_served_over_http(connection: http.client.HTTPConnection) -> None:
    connection.request("POST", "/take", body='{"key": "ann", "tokens": 2}')
    assert json.load(connection.getresponse())["remaining"] == 0
    connection.request("POST", "/take", body='{"key": "ann"}')
    refused = connection.getresponse()
    assert (refused.status, refused.headers["Retry-After"]) == (429, "2")


@pytest.mark.parametrize("length", [str(MAX_BODY_BYTES + 1), "-1", "many"])
def test_nfr_2_a_body_of_no_sensible_length_is_not_read(
    connection: http.client.HTTPConnection, length: str
) -> None:
    connection.putrequest("POST", "/take")
    connection.putheader("Content-Length", length)
    connection.endheaders()
    assert connection.getresponse().status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE


def test_fr_8_version_is_told_on_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--version"])
    assert capsys.readouterr().out.strip() == __version__


def test_fr_8_the_process_serves_until_it_is_told_to_stop() -> None:
    environment = os.environ | {"PYTHONPATH": str(Path(throttle_package.__file__).parents[1])}
    command = [sys.executable, "-m", "throttle", "--port", "0"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            port = int(process.stdout.readline().rsplit(maxsplit=1)[-1])
            client = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            client.request("GET", "/health")
            assert client.getresponse().status == HTTPStatus.OK
            client.close()
        finally:
            process.terminate()
        assert process.stdout.readline() == "stopped\n"
    assert process.returncode == 0
