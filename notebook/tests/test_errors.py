"""Whatever goes wrong comes as a typed exception that says what to do."""

from __future__ import annotations

import re
import socket
from pathlib import Path
from typing import Any

import documents
import pytest
from fake_cloud import FakeCloud, problem

from variantspark_pipeline import Pipeline, errors


def test_each_problem_of_the_api_has_a_class(repository: Path) -> None:
    catalogue = (repository / "core/errors/catalogue.ts").read_text()
    codes = set(re.findall(r'^  "?([a-z-]+)"?: {$', catalogue, re.MULTILINE))
    assert len(codes) > 10
    assert codes <= set(errors.problem_classes)


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("unknown-option", 400, errors.UnknownOption),
        ("already-chosen", 409, errors.AlreadyChosen),
        ("run-not-found", 404, errors.RunNotFound),
        ("something-new", 418, errors.PipelineError),
    ],
)
def test_a_problem_keeps_its_words(
    cloud: FakeCloud, pipeline: Pipeline, code: str, status: int, kind: type[errors.PipelineError]
) -> None:
    cloud.answers["GET /runs/run-1"] = [problem(code, status)]
    with pytest.raises(kind) as caught:
        pipeline.run("run-1")
    assert type(caught.value) is kind
    assert (caught.value.problem_code, caught.value.status) == (code, status)
    assert f"detail of {code}." in str(caught.value)
    assert re.search(r"→ \w{3}", str(caught.value))


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        ((403, {"message": "Forbidden"}), errors.AccessDenied, "aws sts get-caller-identity"),
        (
            (403, {"message": "The security token included in the request is expired"}),
            errors.CredentialsExpired,
            "aws sso login",
        ),
        ((404, {"message": "Not Found"}), errors.WrongUrl, "Check the address"),
        ((200, b"<html>a login page</html>"), errors.WrongUrl, "does not answer in JSON"),
        ((502, b"Bad Gateway"), errors.InternalProblem, "502"),
    ],
)
def test_what_is_no_problem_document_is_understood_too(
    cloud: FakeCloud, pipeline: Pipeline, answer: Any, kind: type[errors.PipelineError], words: str
) -> None:
    cloud.answers["GET /runs"] = [answer]
    with pytest.raises(kind, match=words):
        pipeline.runs()


def test_a_pipeline_that_cannot_be_reached_is_offline(alone: None) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(errors.Offline, match="HTTPS_PROXY") as caught:
        Pipeline(f"http://127.0.0.1:{port}").runs()
    assert caught.value.retryable


@pytest.mark.parametrize("url", ["", "pipeline", "ftp://x"])
def test_what_is_no_address_is_said_to_be_none(alone: None, url: str) -> None:
    with pytest.raises(errors.WrongUrl):
        Pipeline(url)


def test_a_notebook_shows_words_instead_of_a_stack() -> None:
    error = errors.RunNotFound("There is no run x.")
    assert error._render_traceback_() == [
        "RunNotFound: There is no run x.\n→ pipeline.runs() lists the runs of this pipeline."
    ]


def test_a_run_without_result_says_what_it_does_now(cloud: FakeCloud, pipeline: Pipeline) -> None:
    cloud.runs = [documents.asking()]
    with pytest.raises(errors.NotFinished, match=r"run\.choose\('aws-spot'\)"):
        _ = pipeline.run("run-1").result


def test_a_failed_run_says_why(cloud: FakeCloud, pipeline: Pipeline) -> None:
    failure = {"code": "driver-out-of-memory", "message": "The driver ran out of memory.", "remedy": "More memory."}
    cloud.runs = [documents.run("Failed", failure=failure)]
    with pytest.raises(errors.RunFailed, match=r"out of memory\.\n→ More memory"):
        _ = pipeline.run("run-1").result
