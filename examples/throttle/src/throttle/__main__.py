"""Start the service: `python -m throttle --port 8080`."""

import argparse
import signal
from collections.abc import Sequence

from throttle import Throttle, __version__
from throttle.service import make_server


def main(argv: Sequence[str] | None = None) -> None:
    """Serve until the process is told to stop."""
    parser = argparse.ArgumentParser(
        prog="throttle", description="A rate limiter as an HTTP service."
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080, help="0 takes a free one")
    parser.add_argument("--capacity", type=int, default=10, help="tokens of a full bucket")
    parser.add_argument(
        "--per-second", type=float, default=1.0, help="tokens that come back each second"
    )
    parser.add_argument("--version", action="version", version=__version__)
    options = parser.parse_args(argv)
    with make_server(
        Throttle(options.capacity, options.per_second), options.host, options.port
    ) as server:
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        print(f"throttle {__version__} listens on port {server.server_port}", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("stopped", flush=True)


if __name__ == "__main__":
    main()
