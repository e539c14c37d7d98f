"""The throttle as an HTTP service. All decisions are made in `respond`, which needs no socket."""

import json
import math
import os
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar, cast

from throttle import __version__
from throttle.bucket import Throttle, TooManyKeysError

MAX_BODY_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP response; the body is sent as JSON."""

    status: HTTPStatus
    body: dict[str, object]
    headers: dict[str, str] = field(default_factory=dict[str, str])


def respond(throttle: Throttle, method: str, path: str, body: bytes = b"") -> Response:
    """Answer one request."""
    match (method, path):
        case ("GET", "/health"):
            return Response(HTTPStatus.OK, {"status": "ok", "keys": throttle.keys()})
        case ("GET", "/version"):
            return Response(HTTPStatus.OK, _version())
        case ("POST", "/take"):
            return _take(throttle, body)
        case (_, "/health" | "/version" | "/take"):
            return _refusal(HTTPStatus.METHOD_NOT_ALLOWED, f"{method} is not possible here")
        case _:
            return _refusal(HTTPStatus.NOT_FOUND, "there are /take, /health and /version")


def make_server(throttle: Throttle, host: str = "127.0.0.1", port: int = 0) -> ThreadingHTTPServer:
    """Bind a server that is ready for `serve_forever`; port 0 takes a free one."""

    class Handler(_Handler):
        shared = throttle

    return ThreadingHTTPServer((host, port), Handler)


def _version() -> dict[str, object]:
    """Tell which release runs, so that whoever deploys can see that it is the new one."""
    version: dict[str, object] = {"component": "throttle", "version": __version__}
    release = os.environ.get("TOWPATH_RELEASE")
    return version if release is None else {**version, "release": release}


def _take(throttle: Throttle, body: bytes) -> Response:
    try:
        key, tokens = _read_request(body)
        answer = throttle.take(key, tokens)
    except ValueError as error:
        return _refusal(HTTPStatus.BAD_REQUEST, str(error))
    except TooManyKeysError as error:
        return _refusal(HTTPStatus.SERVICE_UNAVAILABLE, str(error))
    decision: dict[str, object] = {
        "allowed": answer.allowed,
        "remaining": answer.remaining,
        "retry_after": answer.retry_after,
    }
    if answer.allowed:
        return Response(HTTPStatus.OK, decision)
    wait = str(math.ceil(answer.retry_after))
    return Response(HTTPStatus.TOO_MANY_REQUESTS, decision, {"Retry-After": wait})


def _read_request(body: bytes) -> tuple[str, int]:
    try:
        request: object = json.loads(body)
    except RecursionError:
        raise ValueError("the body is nested too deeply") from None
    if not isinstance(request, dict):
        raise ValueError("the body must be a JSON object")
    fields = cast("dict[str, object]", request)
    key = fields.get("key")
    tokens = fields.get("tokens", 1)
    if not isinstance(key, str):
        raise ValueError("key must be a string")
    if not isinstance(tokens, int) or isinstance(tokens, bool):
        raise ValueError("tokens must be a whole number")
    return key, tokens


def _refusal(status: HTTPStatus, message: str) -> Response:
    return Response(status, {"error": message})


class _Handler(BaseHTTPRequestHandler):
    """Translates between sockets and `respond`."""

    protocol_version = "HTTP/1.1"
    timeout = 10
    shared: ClassVar[Throttle]

    def do_GET(self) -> None:
        self._send(respond(self.shared, "GET", self.path))

    def do_POST(self) -> None:
        length = self._length()
        if length is None:
            self.close_connection = True
            message = f"Content-Length must be between 0 and {MAX_BODY_BYTES}"
            self._send(_refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, message))
            return
        self._send(respond(self.shared, "POST", self.path, self.rfile.read(length)))

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet: one line per request would drown everything else."""

    def _length(self) -> int | None:
        try:
            length = int(self.headers.get("Content-Length", "0"))
        except ValueError:
            return None
        return length if 0 <= length <= MAX_BODY_BYTES else None

    def _send(self, response: Response) -> None:
        body = json.dumps(response.body).encode()
        self.send_response(response.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
