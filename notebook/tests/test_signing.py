"""Signature Version 4, computed here once more from AWS's description and compared with what arrived."""

from __future__ import annotations

import hashlib
import hmac
import re
from urllib.parse import quote

import documents
import pytest
from fake_cloud import Asked, FakeCloud

from variantspark_pipeline import Pipeline
from variantspark_pipeline.errors import NoCredentials


def expected_signature(asked: Asked, host: str, secret: str) -> str:
    headers = {**asked.headers, "host": host}
    signed = re.search(r"SignedHeaders=([^,]+)", headers["authorization"])
    assert signed
    names = signed[1].split(";")
    pairs = sorted((quote(k, safe="-_.~"), quote(v, safe="-_.~")) for k, vs in asked.query.items() for v in vs)
    request = "\n".join(
        [
            asked.method,
            quote(asked.path, safe="/-_.~"),
            "&".join(f"{k}={v}" for k, v in pairs),
            *(f"{name}:{headers[name].strip()}" for name in names),
            "",
            ";".join(names),
            hashlib.sha256(asked.body).hexdigest(),
        ]
    )
    time = headers["x-amz-date"]
    scope = f"{time[:8]}/eu-west-1/execute-api/aws4_request"
    to_sign = "\n".join(["AWS4-HMAC-SHA256", time, scope, hashlib.sha256(request.encode()).hexdigest()])
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()


def test_every_call_carries_a_signature_that_the_service_computes_too(cloud: FakeCloud, pipeline: Pipeline) -> None:
    cloud.runs = [documents.asking()]
    run = pipeline.run("run-1")
    run.choose("aws-spot")
    run.cancel()
    pipeline.start("chr22", trees=5)
    pipeline.runs()
    assert len(cloud.asked) >= 5
    for asked in cloud.asked:
        sent = re.search(r"Signature=([0-9a-f]{64})", asked.headers["authorization"])
        assert sent
        assert sent[1] == expected_signature(asked, cloud.url.removeprefix("http://"), "secret")


def test_a_session_token_goes_along(cloud: FakeCloud, alone: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "the-token")
    Pipeline(cloud.url).runs()
    assert cloud.asked[0].headers["x-amz-security-token"] == "the-token"


def test_without_credentials_it_says_how_to_get_some(
    cloud: FakeCloud, alone: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(NoCredentials, match="aws sso login"):
        Pipeline(cloud.url).runs()
    assert cloud.asked == []


def test_a_profile_that_is_not_there_is_named(cloud: FakeCloud, alone: None) -> None:
    with pytest.raises(NoCredentials, match="nobody"):
        Pipeline(cloud.url, profile="nobody")


@pytest.mark.parametrize(
    ("url", "region"),
    [
        ("https://abc123.execute-api.ap-southeast-2.amazonaws.com", "ap-southeast-2"),
        ("https://pipeline.example.org", "eu-west-1"),
    ],
)
def test_the_region_comes_from_the_address_or_else_from_the_settings(alone: None, url: str, region: str) -> None:
    assert Pipeline(url)._region == region
