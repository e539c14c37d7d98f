"""A collector for tests: takes OTLP over HTTP in JSON, and holds it against the official messages."""

import base64
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from google.protobuf.json_format import MessageToDict, ParseDict
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

MESSAGES = {
    "/v1/traces": ExportTraceServiceRequest,
    "/v1/metrics": ExportMetricsServiceRequest,
    "/v1/logs": ExportLogsServiceRequest,
}
IDS = {"traceId": 16, "spanId": 8, "parentSpanId": 8}
received = []


def with_bytes(value):
    """OTLP writes ids in hexadecimal, where the JSON of protobuf has base64."""
    if isinstance(value, list):
        return [with_bytes(item) for item in value]
    if not isinstance(value, dict):
        return value
    out = {}
    for key, item in value.items():
        if key in IDS:
            raw = bytes.fromhex(item)
            if len(raw) != IDS[key] or not any(raw):
                raise ValueError(f"{key} {item!r} is no id")
            out[key] = base64.b64encode(raw).decode()
        else:
            out[key] = with_bytes(item)
    return out


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        try:
            message = ParseDict(with_bytes(body), MESSAGES[self.path]())
            entry = {"path": self.path, "body": body, "headers": dict(self.headers)}
            # What survives the way through the official message is all that there was.
            entry["same"] = MessageToDict(message).keys() == body.keys()
            received.append(entry)
            self.answer(200, {})
        except Exception as error:  # noqa: BLE001
            received.append({"path": self.path, "error": f"{type(error).__name__}: {error}"})
            self.answer(400, {"message": str(error)})

    def do_GET(self):
        self.answer(200, received)

    def answer(self, status, document):
        data = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_args):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
sys.stdin.close()
server.serve_forever()
