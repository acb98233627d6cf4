"""Signs the calls of Schemathesis with SigV4, as the researcher whose credentials stand in the environment."""

from __future__ import annotations

import botocore.session
import schemathesis
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from requests import PreparedRequest
from requests.auth import AuthBase


class SignedWithSigV4(AuthBase):
    def __init__(self) -> None:
        session = botocore.session.get_session()
        self._signer = SigV4Auth(session.get_credentials(), "execute-api", session.get_config_variable("region"))

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        # A space is %20 in what is signed (SigV4, canonical query string); requests writes "+".
        path, mark, query = (request.url or "").partition("?")
        request.url = path + mark + query.replace("+", "%20")
        unsigned = AWSRequest(method=request.method, url=request.url, data=request.body)
        self._signer.add_auth(unsigned)
        request.headers.update(dict(unsigned.headers))
        return request


schemathesis.auth.set_from_requests(SignedWithSigV4())
