"""A caller's way through a deployed release; `TOWPATH_URL` says where it answers."""

import http.client
import json
import os
import time
import uuid
from typing import cast
from urllib.parse import urlsplit


def ask(method: str, path: str, body: object = None) -> dict[str, object]:
    """Send one request over a connection of its own, as callers do."""
    parts = urlsplit(os.environ["TOWPATH_URL"])
    client = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=5)
    try:
        client.request(method, path, body=None if body is None else json.dumps(body))
        return cast("dict[str, object]", json.load(client.getresponse()))
    finally:
        client.close()


def test_fr_7_it_is_the_release_that_was_deployed() -> None:
    assert ask("GET", "/version")["release"] == os.environ["TOWPATH_RELEASE"]


def test_fr_2_a_caller_that_waits_as_long_as_told_gets_through() -> None:
    key = uuid.uuid4().hex
    assert ask("POST", "/take", {"key": key, "tokens": 10})["allowed"] is True
    refused = ask("POST", "/take", {"key": key})
    assert refused["allowed"] is False
    time.sleep(cast("float", refused["retry_after"]))
    assert ask("POST", "/take", {"key": key})["allowed"] is True
