"""A pipeline and its inbox on a free port of 127.0.0.1: answers as the real ones do and remembers what it was asked."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

BUCKET = "the-inbox"


@dataclass
class Asked:
    method: str
    path: str
    query: Mapping[str, list[str]]
    #: By their names in lower case.
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class FakeCloud:
    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    #: What GET /runs/{id} answers, one after the other; the last one again and again.
    runs: list[dict[str, Any]] = field(default_factory=list)
    #: Answers that come first, by "METHOD /path": (status, document or bytes), or None for a cut connection.
    answers: dict[str, list[tuple[int, Any] | None]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    #: Objects of the inbox by key, and uploads under way by id.
    objects: dict[str, bytes] = field(default_factory=dict)
    uploads: dict[str, dict[int, bytes]] = field(default_factory=dict)
    #: A researcher may put objects and need not be allowed to look at them.
    head_allowed: bool = True

    def requests(self, method: str, path: str) -> list[Asked]:
        return [one for one in self.asked if one.method == method and re.fullmatch(path, one.path)]


def start(cloud: FakeCloud) -> ThreadingHTTPServer:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(cloud))
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    cloud.url = f"http://127.0.0.1:{server.server_address[1]}"
    return server


def problem(code: str, status: int, *, retryable: bool = False) -> tuple[int, dict[str, Any]]:
    document = {
        "type": f"urn:variantspark-pipeline:{code}",
        "status": status,
        "title": "T",
        "detail": f"detail of {code}.",
    }
    return status, {**document, "remedy": f"remedy of {code}.", "retryable": retryable}


def _handler(cloud: FakeCloud) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            query = parse_qs(parts.query, keep_blank_values=True)
            asked = Asked(
                self.command, unquote(parts.path), query, {k.lower(): v for k, v in self.headers.items()}, body
            )
            cloud.asked.append(asked)
            queued = cloud.answers.get(f"{asked.method} {asked.path}")
            answer = queued.pop(0) if queued else _usual(cloud, asked)
            if answer is None:
                self.close_connection = True
                self.connection.close()
                return
            status, content, headers = (*answer, {})[:3]
            if not isinstance(content, bytes):
                content, headers = json.dumps(content).encode(), {"content-type": "application/json", **headers}
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            if asked.method != "HEAD":
                self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _answer  # noqa: N815  the names that http.server looks for

        def log_message(self, format: str, *args: Any) -> None:
            """Silent."""

    return Handler


def _usual(cloud: FakeCloud, asked: Asked) -> Any:
    if asked.path.startswith(f"/{BUCKET}/"):
        return _s3(cloud, asked, asked.path.removeprefix(f"/{BUCKET}/"))
    if asked.path.startswith("/files/"):
        return _file(cloud, asked, asked.path.removeprefix("/files/"))
    run = r"/runs/[\w-]+"
    if asked.path == "/runs" and asked.method == "POST":
        return 202, {"id": "run-1", "started": True}
    if asked.path == "/runs":
        started = "2026-01-02T03:04:05.678Z"
        return 200, {"runs": [{"id": "run-1", "status": "RUNNING", "startedAt": started}], "inbox": BUCKET}
    if re.fullmatch(run, asked.path) and asked.method == "GET":
        return 200, cloud.runs.pop(0) if len(cloud.runs) > 1 else cloud.runs[0]
    if re.fullmatch(f"{run}/files", asked.path):
        links = [{"name": name, "url": f"{cloud.url}/files/{name}"} for name in cloud.files]
        return 200, {
            "inputs": links,
            "results": links,
            "uploads": [{"name": "importance.csv", "url": f"{cloud.url}/files/importance.csv"}],
        }
    return 202, {"id": "run-1", "released": True}


def _file(cloud: FakeCloud, asked: Asked, name: str) -> Any:
    if asked.method == "PUT":
        cloud.files[name] = asked.body
        return 200, b""
    return (200, cloud.files[name]) if name in cloud.files else (404, b"")


def _s3(cloud: FakeCloud, asked: Asked, key: str) -> Any:
    if asked.method == "HEAD":
        if not cloud.head_allowed:
            return 403, b""
        return (200, b"", {"ETag": _etag(cloud.objects[key])}) if key in cloud.objects else (404, b"")
    if "uploads" in asked.query:
        upload = f"upload-{len(cloud.uploads) + 1}"
        cloud.uploads[upload] = {}
        return 200, _xml("InitiateMultipartUploadResult", UploadId=upload)
    if "uploadId" not in asked.query:
        cloud.objects[key] = asked.body
        return 200, b"", {"ETag": _etag(asked.body)}
    parts = cloud.uploads.get(asked.query["uploadId"][0])
    if parts is None:
        return 404, _xml("Error", Code="NoSuchUpload", Message="gone")
    if asked.method == "PUT":
        parts[int(asked.query["partNumber"][0])] = asked.body
        return 200, b"", {"ETag": _etag(asked.body)}
    listed = re.findall(rb"<PartNumber>(\d+)</PartNumber>", asked.body)
    cloud.objects[key] = b"".join(parts[int(number)] for number in listed)
    return 200, _xml("CompleteMultipartUploadResult", ETag=_etag(cloud.objects[key]))


def _etag(content: bytes) -> str:
    return f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'


def _xml(root: str, **members: str) -> bytes:
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in members.items())
    return f"<{root}>{inner}</{root}>".encode()
