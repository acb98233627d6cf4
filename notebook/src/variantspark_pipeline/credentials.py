"""Credentials from boto3's chain, and Signature Version 4 on each request to the API."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import botocore.exceptions as boto
import httpx
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

from .errors import AccessDenied, CredentialsExpired, NoCredentials, Offline, PipelineError, UploadFailed

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator


class SignedWithSigV4(httpx.Auth):
    """Signs with the session's present credentials, so that ones which renew themselves are renewed."""

    requires_request_body = True

    def __init__(self, session: Any, region: str, service: str = "execute-api") -> None:
        self._session = session
        self._region = region
        self._service = service

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        with aws_errors_in_words():
            credentials = self._session.get_credentials()
            if credentials is None:
                raise NoCredentials("There are no AWS credentials on this machine.")
            frozen = credentials.get_frozen_credentials()
        signed = AWSRequest(method=request.method, url=str(request.url), data=request.content)
        if "content-type" in request.headers:
            signed.headers["content-type"] = request.headers["content-type"]
        SigV4Auth(frozen, self._service, self._region).add_auth(signed)
        request.headers.update(dict(signed.headers))
        yield request


@contextmanager
def aws_errors_in_words() -> Iterator[None]:
    """Turns what botocore raises into this package's exceptions."""
    try:
        yield
    except (boto.ClientError, boto.BotoCoreError) as error:
        raise _in_words(error) from error


def _in_words(error: Exception) -> PipelineError:
    if isinstance(error, boto.ClientError):
        return _of_service(error)
    if isinstance(error, boto.ProfileNotFound | boto.NoCredentialsError | boto.PartialCredentialsError):
        return NoCredentials(f"{error}.")
    if isinstance(error, boto.NoRegionError):
        return NoCredentials("No AWS region is known.", remedy="Name it: Pipeline(url, region='eu-west-1').")
    # Every error about a sign-in that has run out has one of these words in its class.
    if any(word in type(error).__name__ for word in ("SSO", "Token", "CredentialRetrieval", "Login")):
        return CredentialsExpired(f"Your AWS sign-in is not valid: {error}.")
    if isinstance(error, boto.HTTPClientError | boto.ConnectionError):
        return Offline(f"AWS cannot be reached: {error}.", retryable=True)
    return PipelineError(f"AWS's client says: {error}.")


def _of_service(error: boto.ClientError) -> PipelineError:
    details = error.response.get("Error", {})
    code, said = str(details.get("Code", "")), str(details.get("Message", ""))
    if code in ("ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"):
        return CredentialsExpired("Your AWS credentials have expired.")
    if code in ("InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidClientTokenId"):
        return NoCredentials(f"AWS does not take these credentials: {said}")
    if code in ("AccessDenied", "403", "AccessDeniedException"):
        return AccessDenied(f"AWS does not allow {error.operation_name}: {said}")
    if code == "NoSuchBucket":
        return UploadFailed(f"The inbox bucket is not there: {said}", remedy="Name it: Pipeline(url, bucket='…').")
    return UploadFailed(f"{error.operation_name} failed ({code}): {said}")
