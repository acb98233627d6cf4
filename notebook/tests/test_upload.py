"""Against a server that takes objects as S3 does."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from fake_cloud import BUCKET, FakeCloud
from recording_screen import RecordingScreen

from variantspark_pipeline import Pipeline, errors
from variantspark_pipeline.upload import PART_BYTES, parts_of

LABELS = "sample,case\na,0\nb,1\n"


@pytest.fixture
def cohort(tmp_path: Path) -> Path:
    folder = tmp_path / "My Cohort"
    folder.mkdir()
    (folder / "chr1.vcf").write_bytes(os.urandom(PART_BYTES * 3 + 5))
    (folder / "labels.csv").write_text(LABELS)
    return folder


def puts(cloud: FakeCloud) -> list[str]:
    """Names of the objects, and numbers of the parts, in the order in which they arrived."""
    arrived = [one for one in cloud.asked if one.method == "PUT"]
    return [one.query["partNumber"][0] if "partNumber" in one.query else one.path.rsplit("/", 1)[1] for one in arrived]


def test_a_cohort_arrives_whole_and_its_run_starts(
    cloud: FakeCloud, pipeline: Pipeline, cohort: Path, screen: RecordingScreen
) -> None:
    run = pipeline.submit(cohort, trees=7)
    assert run.id == "run-1"
    prefix = cloud.requests("POST", "/runs")[0].json["prefix"]
    assert re.fullmatch(r"my-cohort-[0-9a-f]{6}/", prefix)
    assert cloud.objects[f"{prefix}chr1.vcf"] == (cohort / "chr1.vcf").read_bytes()
    assert cloud.objects[f"{prefix}labels.csv"] == LABELS.encode()
    assert cloud.objects[f"{prefix}analysis.json"] == b'{\n  "trees": 7\n}'
    # The small files last: a run starts at the first moment that a folder looks complete.
    assert sorted(puts(cloud)[:4]) == ["1", "2", "3", "4"]
    assert puts(cloud)[4:] == ["labels.csv", "analysis.json"]
    fractions = [picture.bars[0].fraction for picture in screen.pictures]
    assert fractions == sorted(fractions, key=lambda fraction: fraction or 0)
    assert fractions[-1] == 1
    assert screen.closed


@pytest.mark.parametrize("head_allowed", [True, False])
def test_what_has_not_changed_is_not_sent_again(
    cloud: FakeCloud, pipeline: Pipeline, cohort: Path, head_allowed: bool
) -> None:
    cloud.head_allowed = head_allowed
    pipeline.submit(cohort)
    cloud.asked.clear()
    pipeline.submit(cohort)
    assert puts(cloud) == []
    (cohort / "labels.csv").write_text(LABELS + "c,1\n")
    pipeline.submit(cohort)
    assert puts(cloud) == ["labels.csv"]
    cloud.asked.clear()
    pipeline.submit(cohort, upload_again=True)
    assert len(puts(cloud)) == 5


def test_what_is_no_longer_in_the_inbox_is_sent_again(cloud: FakeCloud, pipeline: Pipeline, cohort: Path) -> None:
    pipeline.submit(cohort)
    cloud.asked.clear()
    cloud.objects.clear()
    pipeline.submit(cohort)
    assert len(puts(cloud)) == 5


def test_an_interrupted_upload_goes_on_where_it_stopped(
    cloud: FakeCloud, pipeline: Pipeline, cohort: Path, screen: RecordingScreen
) -> None:
    key = f"PUT /{BUCKET}/study/chr1.vcf"
    cloud.answers[key] = [(403, b"<Error><Code>AccessDenied</Code><Message>not now</Message></Error>")]
    with pytest.raises(errors.AccessDenied, match="not now"):
        pipeline.submit(cohort, study="study")
    arrived = {number for parts in cloud.uploads.values() for number in parts}
    assert 0 < len(arrived) < 4
    cloud.asked.clear()
    pipeline.submit(cohort, study="study")
    assert {int(number) for number in puts(cloud) if number.isdigit()} == {1, 2, 3, 4} - arrived
    assert cloud.objects["study/chr1.vcf"] == (cohort / "chr1.vcf").read_bytes()
    assert "were there" in screen.pictures[-1].bars[0].text


def test_an_upload_that_the_inbox_has_dropped_begins_anew(cloud: FakeCloud, pipeline: Pipeline, cohort: Path) -> None:
    cloud.answers[f"PUT /{BUCKET}/study/chr1.vcf"] = [(403, b"<Error><Code>AccessDenied</Code></Error>")]
    with pytest.raises(errors.AccessDenied):
        pipeline.submit(cohort, study="study")
    cloud.uploads.clear()
    pipeline.submit(cohort, study="study")
    assert cloud.objects["study/chr1.vcf"] == (cohort / "chr1.vcf").read_bytes()


def test_a_file_that_changed_meanwhile_is_not_taken_up(cloud: FakeCloud, pipeline: Pipeline, cohort: Path) -> None:
    cloud.answers[f"PUT /{BUCKET}/study/chr1.vcf"] = [(403, b"<Error><Code>AccessDenied</Code></Error>")]
    with pytest.raises(errors.AccessDenied):
        pipeline.submit(cohort, study="study")
    (cohort / "chr1.vcf").write_bytes(os.urandom(PART_BYTES * 2 + 1))
    pipeline.submit(cohort, study="study")
    assert cloud.objects["study/chr1.vcf"] == (cohort / "chr1.vcf").read_bytes()


def test_expired_credentials_say_to_sign_in_again(cloud: FakeCloud, pipeline: Pipeline, cohort: Path) -> None:
    expired = b"<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>"
    cloud.answers[f"POST /{BUCKET}/study/chr1.vcf"] = [(400, expired)]
    with pytest.raises(errors.CredentialsExpired, match="aws sso login"):
        pipeline.submit(cohort, study="study")


def test_the_pipeline_tells_its_inbox(cloud: FakeCloud, alone: None, cohort: Path, screen: RecordingScreen) -> None:
    Pipeline(cloud.url, endpoint_url=cloud.url, screen=lambda: screen).submit(cohort, study="study")
    assert "study/labels.csv" in cloud.objects


@pytest.mark.parametrize("length", [1, PART_BYTES, PART_BYTES + 1, 90_000 * PART_BYTES + 3])
def test_parts_cover_a_file_in_order_and_are_few_enough_for_s3(length: int) -> None:
    parts = list(parts_of(length))
    assert [number for number, _, _ in parts] == list(range(1, len(parts) + 1))
    assert len(parts) <= 10_000
    ends = [start + size for _, start, size in parts]
    assert [start for _, start, _ in parts] == [0, *ends[:-1]]
    assert ends[-1] == length
