"""Uploads the objects of a study to the inbox. What an interrupted upload got across is not sent again, and neither is
what has not changed since: a small journal on this machine remembers both, because a researcher may write to the inbox
and need not be allowed to list it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import botocore.exceptions as boto

from .credentials import aws_errors_in_words
from .errors import UploadFailed
from .upload_journal import UploadJournal, UploadRecord, fingerprint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from .study import Study, StudyObject

#: S3 takes parts of 5 MiB or more, at most 10,000 of them.
PART_BYTES = 8 * 2**20
_MOST_PARTS = 9_000
_SIDE_BY_SIDE = 4


class S3(Protocol):
    """What is used of boto3's client."""

    def put_object(self, **request: Any) -> dict[str, Any]: ...
    def head_object(self, **request: Any) -> dict[str, Any]: ...
    def create_multipart_upload(self, **request: Any) -> dict[str, Any]: ...
    def upload_part(self, **request: Any) -> dict[str, Any]: ...
    def complete_multipart_upload(self, **request: Any) -> dict[str, Any]: ...


@dataclass(frozen=True)
class UploadProgress:
    name: str
    done_bytes: int
    total_bytes: int
    #: Bytes of which nothing was sent because they were there.
    skipped_bytes: int


class Uploader:
    def __init__(
        self, s3: S3, bucket: str, journal: UploadJournal, on_progress: Callable[[UploadProgress], None]
    ) -> None:
        self._s3 = s3
        self._bucket = bucket
        self._journal = journal
        self._on_progress = on_progress
        self._lock = threading.Lock()
        self._done = self._skipped = self._total = 0
        self._name = ""

    def upload(self, study: Study, *, again: bool = False) -> int:
        """@param again sends also what is there. @returns how many objects were sent"""
        self._total = sum(one.byte_length for one in study.objects)
        sent = 0
        for one in study.objects:
            self._name = one.name
            self._advance(0)
            with aws_errors_in_words():
                sent += self._upload_one(f"{study.prefix}{one.name}", one, again)
        return sent

    def _upload_one(self, key: str, one: StudyObject, again: bool) -> bool:
        print_ = fingerprint(one.source)
        record = self._journal.find(self._bucket, key)
        if record and record.fingerprint != print_:
            record = None
        if record and record.etag and not again and self._is_there(key, record.etag):
            self._advance(one.byte_length, skipped=True)
            return False
        if isinstance(one.source, bytes) or one.byte_length <= PART_BYTES:
            content = one.source if isinstance(one.source, bytes) else one.source.read_bytes()
            etag = self._s3.put_object(Bucket=self._bucket, Key=key, Body=content)["ETag"]
            self._advance(len(content))
        else:
            etag = self._upload_parts(key, one.source, record or UploadRecord(self._bucket, key, print_))
        if fingerprint(one.source) != print_:
            raise UploadFailed(
                f"{one.name} changed while it was uploaded.", remedy="Submit it again once it is complete."
            )
        self._journal.save(UploadRecord(self._bucket, key, print_, etag=str(etag)))
        return True

    def _is_there(self, key: str, etag: str) -> bool:
        try:
            return str(self._s3.head_object(Bucket=self._bucket, Key=key).get("ETag")) == etag
        except boto.ClientError as error:
            # Not allowed to look: the journal's word counts.
            return str(error.response.get("Error", {}).get("Code")) in ("403", "AccessDenied")

    def _upload_parts(self, key: str, file: Path, record: UploadRecord) -> str:
        if not record.upload_id or record.etag:
            record = self._begin(key, record.fingerprint)
        try:
            return self._send_parts(file, record)
        except boto.ClientError as error:
            if error.response.get("Error", {}).get("Code") != "NoSuchUpload":
                raise
        # S3 has dropped what was begun; its parts are gone too.
        return self._send_parts(file, self._begin(key, record.fingerprint))

    def _begin(self, key: str, print_: str) -> UploadRecord:
        upload_id = self._s3.create_multipart_upload(Bucket=self._bucket, Key=key)["UploadId"]
        record = UploadRecord(self._bucket, key, print_, upload_id=str(upload_id))
        self._journal.save(record)
        return record

    def _send_parts(self, file: Path, record: UploadRecord) -> str:
        request = {"Bucket": record.bucket, "Key": record.key, "UploadId": record.upload_id}
        etags = dict(record.parts)

        def send(number: int, start: int, length: int) -> None:
            if number not in etags:
                with file.open("rb") as stream:
                    stream.seek(start)
                    body = stream.read(length)
                etag = str(self._s3.upload_part(**request, PartNumber=number, Body=body)["ETag"])
                with self._lock:
                    etags[number] = etag
                    self._journal.save(record.with_parts(etags))
                self._advance(length)
            else:
                self._advance(length, skipped=True)

        with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
            pending = [pool.submit(send, *part) for part in parts_of(file.stat().st_size)]
            try:
                for one in pending:
                    one.result()
            except BaseException:
                # Also Ctrl-C: parts under way are finished and remembered, the others are not begun.
                pool.shutdown(wait=True, cancel_futures=True)
                raise
        parts = [{"PartNumber": number, "ETag": etags[number]} for number in sorted(etags)]
        return str(self._s3.complete_multipart_upload(**request, MultipartUpload={"Parts": parts})["ETag"])

    def _advance(self, byte_count: int, *, skipped: bool = False) -> None:
        with self._lock:
            self._done += byte_count
            self._skipped += byte_count if skipped else 0
            self._on_progress(UploadProgress(self._name, self._done, self._total, self._skipped))


def parts_of(byte_length: int) -> Iterator[tuple[int, int, int]]:
    """(number from 1, start, length) of each part; the same for the same length, so that an upload can be taken up."""
    part_bytes = PART_BYTES * max(1, -(-byte_length // (PART_BYTES * _MOST_PARTS)))
    for number, start in enumerate(range(0, byte_length, part_bytes), 1):
        yield number, start, min(part_bytes, byte_length - start)
