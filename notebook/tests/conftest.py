from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_cloud import BUCKET, FakeCloud, start
from recording_screen import RecordingScreen

from variantspark_pipeline import Pipeline


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of the user's own AWS settings or caches; credentials that mean nothing."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("VARIANTSPARK_PIPELINE_URL", "VARIANTSPARK_PIPELINE_BUCKET"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_CONFIG_FILE": str(tmp_path / "no-config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "no-credentials"),
        "AWS_EC2_METADATA_DISABLED": "true",
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def cloud() -> Iterator[FakeCloud]:
    fake = FakeCloud()
    server = start(fake)
    yield fake
    server.shutdown()
    server.server_close()


@pytest.fixture
def screen() -> RecordingScreen:
    return RecordingScreen()


@pytest.fixture
def pipeline(alone: None, cloud: FakeCloud, screen: RecordingScreen) -> Pipeline:
    return Pipeline(cloud.url, endpoint_url=cloud.url, bucket=BUCKET, screen=lambda: screen)


@pytest.fixture(scope="session")
def repository() -> Path:
    return Path(__file__).parents[2]
