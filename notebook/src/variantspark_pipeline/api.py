"""Signed calls to the pipeline's API; each answer is a JSON object, each error one of errors.py."""

from __future__ import annotations

import json
import os
import ssl
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx

from .errors import Offline, WrongUrl, problem_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .machine import Machine


class Api:
    """One pipeline's API. Lost connections are tried twice more before Offline is raised."""

    def __init__(self, url: str, auth: httpx.Auth) -> None:
        self.url = url.rstrip("/")
        if urlsplit(self.url).scheme not in ("http", "https"):
            raise WrongUrl(f"{url!r} is no web address.")
        self._client = http_client(self.url, auth=auth)

    def start_run(self, prefix: str, analysis: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        body = {"prefix": prefix, **({"analysis": dict(analysis)} if analysis else {})}
        return self._call("POST", "/runs", body=body)

    def list_runs(self, limit: int, following: str | None = None) -> Mapping[str, Any]:
        query = {"limit": str(limit), **({"next": following} if following else {})}
        return self._call("GET", "/runs", query=query)

    def get_run(self, run_id: str, machine: Machine) -> Mapping[str, Any]:
        """The machine's size goes with it, so that the option "local" can be computed for this machine."""
        query = {"cores": str(machine.cores), "memoryGiB": str(machine.memory_gib)}
        return self._call("GET", f"/runs/{run_id}", query=query)

    def choose(self, run_id: str, choice: Mapping[str, Any]) -> Mapping[str, Any]:
        return self._call("POST", f"/runs/{run_id}/choice", body=dict(choice))

    def finish(self, run_id: str) -> Mapping[str, Any]:
        return self._call("POST", f"/runs/{run_id}/finish")

    def cancel(self, run_id: str) -> Mapping[str, Any]:
        return self._call("DELETE", f"/runs/{run_id}")

    def files(self, run_id: str) -> Mapping[str, Any]:
        return self._call("GET", f"/runs/{run_id}/files")

    def report_local_result(self, run_id: str, seconds: Mapping[str, float]) -> Mapping[str, Any]:
        return self._call("POST", f"/runs/{run_id}/local-result", body={"seconds": dict(seconds)})

    def _call(
        self, method: str, path: str, *, query: Mapping[str, str] | None = None, body: Any = None
    ) -> Mapping[str, Any]:
        content = None if body is None else json.dumps(body).encode()
        headers = {} if body is None else {"content-type": "application/json"}
        url = f"{self.url}{path}"
        try:
            answer = self._client.request(method, url, params=query, content=content, headers=headers)
        except httpx.HTTPError as error:
            raise unreachable(error, url) from error
        if answer.status_code >= 400:
            raise problem_of(answer.status_code, answer.content, self.url)
        try:
            document = answer.json()
        except ValueError:
            document = None
        if not isinstance(document, dict):
            raise WrongUrl(f"{self.url} is not the API of a pipeline: it does not answer in JSON.")
        return document


def http_client(url: str, auth: httpx.Auth | None = None) -> httpx.Client:
    """Honours the proxy variables and AWS_CA_BUNDLE; loopback is reached directly."""
    loopback = urlsplit(url).hostname in ("127.0.0.1", "::1", "localhost")
    bundle = os.environ.get("AWS_CA_BUNDLE")
    verify = ssl.create_default_context(cafile=bundle) if bundle else True
    return httpx.Client(
        auth=auth,
        timeout=httpx.Timeout(60, connect=10),
        transport=httpx.HTTPTransport(retries=2, verify=verify) if loopback else None,
        verify=verify,
        trust_env=not loopback,
    )


def unreachable(error: httpx.HTTPError, url: str) -> Offline | WrongUrl:
    host = urlsplit(url).hostname or url
    words = str(error).lower()
    if "name or service" in words or "nodename nor" in words or "name resolution" in words or "getaddrinfo" in words:
        return WrongUrl(
            f"The host {host} cannot be found.", remedy=f"{Offline.default_remedy} {WrongUrl.default_remedy}"
        )
    return Offline(f"{host} cannot be reached: {error or type(error).__name__}.", retryable=True)
