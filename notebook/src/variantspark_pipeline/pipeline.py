"""A pipeline as its researcher reaches it: uploads to the inbox, runs and their answers."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

import boto3
import pandas as pd
from botocore.config import Config

from .api import Api
from .credentials import SignedWithSigV4, aws_errors_in_words
from .errors import NoCredentials, WrongUrl
from .machine import this_machine
from .parameters import Parameters, analysis_fields
from .picture import Bar, Picture
from .run import Run
from .screens.screen import Screen, fitting_screen
from .study import StudyFiles, study_of
from .upload import Uploader, UploadProgress
from .upload_journal import UploadJournal, cache_folder
from .words import size

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from typing_extensions import Unpack

URL_VARIABLE = "VARIANTSPARK_PIPELINE_URL"
BUCKET_VARIABLE = "VARIANTSPARK_PIPELINE_BUCKET"


class Pipeline:
    """
    The address is the stack's output HttpApiUrl; without it the variable VARIANTSPARK_PIPELINE_URL counts. Credentials
    come from boto3's chain. The region is read from the address.

    :param profile: of your AWS configuration
    :param bucket: the inbox, when the pipeline does not tell it; or the variable VARIANTSPARK_PIPELINE_BUCKET
    :param endpoint_url: of S3, for a local cloud; AWS_ENDPOINT_URL does the same
    :raises NoCredentials, WrongUrl: with what to do about it
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        region: str | None = None,
        profile: str | None = None,
        bucket: str | None = None,
        endpoint_url: str | None = None,
        screen: Callable[[], Screen] = fitting_screen,
    ) -> None:
        address = url or os.environ.get(URL_VARIABLE)
        if not address:
            raise WrongUrl(f"The pipeline's address is missing: Pipeline('https://…'), or the variable {URL_VARIABLE}.")
        with aws_errors_in_words():
            session = boto3.Session(profile_name=profile)
            self._region = region or _region_of(address) or session.region_name or _no_region()
        self._session = session
        self._endpoint_url = endpoint_url or os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
        self._bucket = bucket or os.environ.get(BUCKET_VARIABLE)
        self._screen = screen
        self._api = Api(address, SignedWithSigV4(session, self._region))

    def submit(
        self,
        files: StudyFiles,
        *,
        labels: str | Path | pd.DataFrame | None = None,
        study: str | None = None,
        upload_again: bool = False,
        **parameters: Unpack[Parameters],
    ) -> Run:
        """
        Uploads a study and starts its run; what is in the inbox already is not sent again, and an interrupted upload
        goes on where it stopped.

        :param files: a folder with VCF files and a labels table, one VCF file, or a list of files
        :param labels: the table, when the folder holds several or none: a file, or a DataFrame indexed by sample
        :param study: name of its folder in the inbox; made from the files' names unless given
        :param upload_again: sends also what has not changed
        :param parameters: label_column, trees, mtry_fraction, batch_size, max_depth, min_node_size, seed, where,
            prepare, budget_usd, deadline_hours, chunks, oob_error, local_fdr, filters; they are written over those of
            the folder's analysis.json
        """
        planned = study_of(files, labels, analysis_fields(parameters), study)
        bucket = self._inbox()
        screen = self._screen()
        place = self._endpoint_url or self._region
        uploader = Uploader(
            self._s3(),
            bucket,
            UploadJournal(cache_folder() / "uploads", place),
            lambda progress: screen.draw(_upload_picture(planned.prefix, progress)),
        )
        try:
            uploader.upload(planned, again=upload_again)
        except KeyboardInterrupt:
            screen.say(
                "The upload was interrupted. Call submit(…) again in the same way and it goes on where it stopped."
            )
            raise
        finally:
            screen.close()
        return self._started(planned.prefix, None)

    def run(self, run_id: str) -> Run:
        """A run by its id, also one of another day or another person. Raises RunNotFound."""
        run = Run(self, self._api, run_id, this_machine(), self._screen)
        run.refresh()
        return run

    def runs(self, limit: int = 20) -> pd.DataFrame:
        """The newest runs: id, status, started, ended."""
        rows: list[dict[str, Any]] = []
        following: str | None = None
        while len(rows) < limit:
            page = self._api.list_runs(min(limit - len(rows), 100), following)
            rows += page.get("runs", [])
            following = page.get("next")
            if not following:
                break
        table = pd.DataFrame(rows, columns=["id", "status", "startedAt", "stoppedAt"]).rename(
            columns={"startedAt": "started", "stoppedAt": "ended"}
        )
        for column in ("started", "ended"):
            table[column] = pd.to_datetime(table[column], utc=True, format="ISO8601").dt.floor("s")
        return table

    def start(self, prefix: str, **parameters: Unpack[Parameters]) -> Run:
        """Runs a folder that lies in the inbox already."""
        return self._started(prefix if prefix.endswith("/") else f"{prefix}/", analysis_fields(parameters))

    def _started(self, prefix: str, fields: dict[str, Any] | None) -> Run:
        answer = self._api.start_run(prefix, fields)
        return Run(self, self._api, str(answer["id"]), this_machine(), self._screen)

    def _s3(self) -> Any:
        settings = {"addressing_style": "path"} if self._endpoint_url else {}
        config = Config(s3=settings, retries={"mode": "standard", "max_attempts": 5}, max_pool_connections=10)
        with aws_errors_in_words():
            return self._session.client("s3", region_name=self._region, endpoint_url=self._endpoint_url, config=config)

    def _inbox(self) -> str:
        """As it was given; else as the pipeline tells it."""
        if self._bucket is None:
            self._bucket = str(self._api.list_runs(1)["inbox"])
        return self._bucket

    def __repr__(self) -> str:
        return f"Pipeline({self._api.url!r})"


def _region_of(address: str) -> str | None:
    found = re.search(r"\.execute-api\.([a-z0-9-]+)\.amazonaws\.com", address)
    return found[1] if found else None


def _no_region() -> str:
    raise NoCredentials("No AWS region is known.", remedy="Name it: Pipeline(url, region='eu-west-1').")


def _upload_picture(prefix: str, progress: UploadProgress) -> Picture:
    done, total, skipped = progress.done_bytes, progress.total_bytes, progress.skipped_bytes
    text = f"{size(done)} of {size(total)}" + (f", {size(skipped)} were there" if skipped else "")
    complete = done == total
    return Picture(
        title=prefix,
        status="Uploaded" if complete else f"Uploading {progress.name}",
        bars=(Bar("Upload", done / total if total else 1, text),),
        going_on=not complete,
    )
