"""Files of a run through presigned links. A link ends after minutes, so a fresh one is asked for when it grows old."""

from __future__ import annotations

import time
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import httpx

from .api import http_client, unreachable
from .errors import ResultMissing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .api import Api

#: Of a server that does not say how long its links last.
_LINK_SECONDS = 900
_CHUNK_BYTES = 2**20


class Links:
    """@param kind "inputs", "results" or "uploads" """

    def __init__(self, api: Api, run_id: str, kind: str) -> None:
        self._api = api
        self._run_id = run_id
        self._kind = kind
        self._asked_at = float("-inf")
        self._document: Mapping[str, Any] = {}

    def names(self) -> list[str]:
        return [str(link["name"]) for link in self._fresh().get(self._kind, [])]

    def engine(self) -> Mapping[str, Any]:
        """Main class and arguments of the engine, in terms of these names."""
        engine = self._fresh().get("engine")
        return engine if isinstance(engine, dict) else {}

    def url(self, name: str) -> str:
        for link in self._fresh().get(self._kind, []):
            if link["name"] == name:
                return str(link["url"])
        raise ResultMissing(f"The run {self._run_id} has no file {name}.", remedy="run.watch() shows what it does now.")

    def read(self, name: str) -> bytes:
        url = self.url(name)
        with http_client(url) as client:
            try:
                answer = client.get(url)
            except httpx.HTTPError as error:
                raise unreachable(error, url) from error
            _check(answer, name)
            return answer.content

    def _fresh(self) -> Mapping[str, Any]:
        # The rest is for the transfer to begin in.
        stale_seconds = float(self._document.get("expiresIn", _LINK_SECONDS)) / 3
        if time.monotonic() - self._asked_at > stale_seconds:
            self._document = self._api.files(self._run_id)
            self._asked_at = time.monotonic()
        return self._document


def download(
    links: Links, name: str, folder: Path, on_progress: Callable[[int, int], None] = lambda done, total: None
) -> Path:
    """
    The file under its name in `folder`; one of the right size that lies there already is kept.

    :param on_progress: gets bytes done and bytes in all
    """
    file = _inside(folder, name)
    file.parent.mkdir(parents=True, exist_ok=True)
    url = links.url(name)
    with http_client(url) as client:
        try:
            with client.stream("GET", url) as answer:
                _check(answer, name)
                total = int(answer.headers.get("content-length", 0))
                if not (file.exists() and file.stat().st_size == total):
                    _write(answer, file, total, on_progress)
                on_progress(total, total)
        except httpx.HTTPError as error:
            raise unreachable(error, url) from error
    return file


def upload(links: Links, name: str, file: Path) -> None:
    """Hands the file in through the link of that name."""
    url = links.url(name)
    with http_client(url) as client, file.open("rb") as stream:
        try:
            answer = client.put(url, content=stream, headers={"content-length": str(file.stat().st_size)}, timeout=600)
        except httpx.HTTPError as error:
            raise unreachable(error, url) from error
        _check(answer, name)


def _inside(folder: Path, name: str) -> Path:
    """A name may have folders; one that would lead out of `folder` is no name of a run's file."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise ResultMissing(f"{name!r} is no name of a file.", remedy="Hand this message to whoever runs the pipeline.")
    return folder.joinpath(*path.parts)


def _write(answer: httpx.Response, file: Path, total: int, on_progress: Callable[[int, int], None]) -> None:
    partial = file.with_name(f"{file.name}.part")
    done = 0
    with partial.open("wb") as stream:
        # The bytes as they lie there: a .vcf.gz must stay compressed.
        for chunk in answer.iter_raw(_CHUNK_BYTES):
            stream.write(chunk)
            done += len(chunk)
            on_progress(done, total)
    partial.replace(file)


def _check(answer: httpx.Response, name: str) -> None:
    if answer.status_code >= 400:
        raise ResultMissing(
            f"{name} could not be transferred ({answer.status_code}).",
            remedy="Try again; a link that has grown old is renewed by itself.",
        )
