"""Everything that can go wrong, as a typed exception: what happened (detail) and what to do about it (remedy).

The API answers errors as RFC 9457 problem+json whose type names a code; each code has a class here. What never reaches
the API (no credentials, no network, a wrong address) has one too.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Mapping


class PipelineError(Exception):
    """The base of all; a code that this version does not know arrives as this class itself."""

    code: ClassVar[str] = "unknown"
    default_remedy: ClassVar[str] = "Try again; if it stays, hand this message to whoever runs the pipeline."

    def __init__(
        self,
        detail: str,
        *,
        remedy: str | None = None,
        code: str | None = None,
        status: int | None = None,
        retryable: bool = False,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.remedy = self.default_remedy if remedy is None else remedy
        self.problem_code = code or self.code
        self.status = status
        self.retryable = retryable

    def __str__(self) -> str:
        return f"{self.detail}\n→ {self.remedy}" if self.remedy else self.detail

    def _render_traceback_(self, *_: object) -> list[str]:
        """What IPython shows in place of a stack, which would say nothing to a researcher."""
        return [f"{type(self).__name__}: {self}"]


def problem_of(status: int, body: bytes, url: str) -> PipelineError:
    """The exception that an answer of the API with status ≥ 400 stands for."""
    document = _json_object(body)
    kind = document.get("type")
    if isinstance(kind, str) and kind.startswith(_PROBLEM_PREFIX):
        return _from_problem(kind.removeprefix(_PROBLEM_PREFIX), status, document)
    said = str(document.get("message") or document.get("Message") or "")
    if status in (401, 403):
        expired = "expired" in said.lower()
        words = f"The pipeline refused your credentials ({status}{': ' + said if said else ''})."
        return (CredentialsExpired if expired else AccessDenied)(words, status=status)
    if status == 404:
        return WrongUrl(f"There is no pipeline at {url} (404).", status=status)
    if status == 429 or status >= 500:
        return InternalProblem(f"The pipeline answered {status}.", status=status, retryable=True)
    return PipelineError(f"The pipeline answered {status}{': ' + said if said else ''}.", status=status)


class InvalidRequest(PipelineError):
    code = "invalid-request"
    default_remedy = "Correct the fields that are named and send it again."


class StudyNotFound(PipelineError):
    code = "study-not-found"


class BucketNotAllowed(PipelineError):
    code = "bucket-not-allowed"


class RunNotFound(PipelineError):
    code = "run-not-found"
    default_remedy = "pipeline.runs() lists the runs of this pipeline."


class NotWaiting(PipelineError):
    code = "not-waiting"
    default_remedy = "run.watch() shows what the run does now."


class AlreadyChosen(PipelineError):
    code = "already-chosen"
    default_remedy = "run.watch() shows the choice that counts; run.again() starts another run to choose differently."


class UnknownOption(PipelineError):
    code = "unknown-option"
    default_remedy = "run.options lists what can be chosen; an option with a refusal cannot."


class UnknownLabelColumn(PipelineError):
    """The labels table has several columns that can hold the labels, and the choice names none of them."""

    code = "unknown-label-column"
    default_remedy = "run.choose(option, label_column='…') with one of the columns that the findings name."


class NothingGrown(PipelineError):
    """There are no trees that a run could be left at."""

    code = "nothing-grown"
    default_remedy = (
        "A forest that grows in chunks can be finished early from its first chunk on, until its last tree has grown: "
        "run.ranking_so_far has what has grown, run.watch() shows what the run does now."
    )


class RunChanged(PipelineError):
    code = "run-changed"
    default_remedy = "Run this again: somebody else changed the run at the same moment."


class ResultMissing(PipelineError):
    code = "result-missing"


class ResultMalformed(PipelineError):
    code = "result-malformed"


class NodeGroupFailed(PipelineError):
    code = "node-group-failed"


class InternalProblem(PipelineError):
    code = "internal"


class NoCredentials(PipelineError):
    code = "no-credentials"
    default_remedy = (
        "Sign in (`aws sso login`, or `aws configure`), or name a profile: Pipeline(url, profile='…'); "
        "then run this again."
    )


class CredentialsExpired(PipelineError):
    code = "credentials-expired"
    default_remedy = "Sign in again (`aws sso login`) and run this cell again; runs go on without you."


class AccessDenied(PipelineError):
    code = "access-denied"
    default_remedy = (
        "Check who you are with `aws sts get-caller-identity`, sign in again if that fails, and ask the owner of the "
        "pipeline to attach its researcher policy to you."
    )


class WrongUrl(PipelineError):
    code = "wrong-url"
    default_remedy = (
        "Check the address: it is the output HttpApiUrl of the deployed stack, "
        "https://….execute-api.<region>.amazonaws.com."
    )


class Offline(PipelineError):
    code = "offline"
    default_remedy = (
        "Check the network and the proxy (HTTPS_PROXY, NO_PROXY), then run this again; runs go on without you."
    )


class StudyUnusable(PipelineError):
    """What was handed to submit() is no study."""

    code = "study-unusable"


class UploadFailed(PipelineError):
    code = "upload-failed"


class NotFinished(PipelineError):
    """The run has no result yet."""

    code = "not-finished"


class RunFailed(PipelineError):
    """The run ended without a result."""

    code = "run-failed"


class LocalEngineMissing(PipelineError):
    code = "local-engine-missing"
    default_remedy = 'Install it: pip install "variantspark-pipeline[local]" (about 500 MB: Spark, Java, VariantSpark).'


class EngineFailed(PipelineError):
    """VariantSpark, run on this machine, ended with an error."""

    code = "engine-failed"


_PROBLEM_PREFIX = "urn:variantspark-pipeline:"
_API_PROBLEMS = (
    InvalidRequest,
    StudyNotFound,
    BucketNotAllowed,
    RunNotFound,
    NotWaiting,
    AlreadyChosen,
    UnknownOption,
    UnknownLabelColumn,
    NothingGrown,
    RunChanged,
    ResultMissing,
    ResultMalformed,
    NodeGroupFailed,
    InternalProblem,
)
problem_classes: dict[str, type[PipelineError]] = {problem.code: problem for problem in _API_PROBLEMS}


def _from_problem(code: str, status: int, document: Mapping[str, Any]) -> PipelineError:
    problem = problem_classes.get(code, PipelineError)
    return problem(
        str(document.get("detail") or document.get("title") or f"The pipeline answered {status}."),
        # The API speaks of its routes; a client has words of its own for some of them.
        remedy=problem.default_remedy if "default_remedy" in vars(problem) else str(document.get("remedy") or ""),
        code=code,
        status=status,
        retryable=document.get("retryable") is True,
    )


def _json_object(body: bytes) -> Mapping[str, Any]:
    try:
        document = json.loads(body)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}
