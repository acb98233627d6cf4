"""What was uploaded, one small JSON file per object, in the user's cache folder. It names files, not their content."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path


@dataclass(frozen=True)
class UploadRecord:
    bucket: str
    key: str
    #: Tells whether the file is still the one that was uploaded.
    fingerprint: str
    #: Of a multipart upload under way, and the ETags of its parts by number.
    upload_id: str = ""
    parts: dict[int, str] = field(default_factory=dict)
    #: Of the complete object; empty until then.
    etag: str = ""

    def with_parts(self, parts: dict[int, str]) -> UploadRecord:
        return replace(self, parts=dict(parts))


class UploadJournal:
    """@param place tells one cloud from another: the endpoint, or the region"""

    def __init__(self, folder: Path, place: str) -> None:
        self._folder = folder
        self._place = place

    def find(self, bucket: str, key: str) -> UploadRecord | None:
        try:
            document = json.loads(self._file(bucket, key).read_text())
            parts = {int(number): etag for number, etag in document.pop("parts").items()}
            return UploadRecord(**document, parts=parts)
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return None

    def save(self, record: UploadRecord) -> None:
        file = self._file(record.bucket, record.key)
        file.parent.mkdir(parents=True, exist_ok=True)
        partial = file.with_suffix(".part")
        partial.write_text(json.dumps(asdict(record)))
        partial.replace(file)

    def _file(self, bucket: str, key: str) -> Path:
        name = hashlib.sha256("\n".join((self._place, bucket, key)).encode()).hexdigest()[:32]
        return self._folder / f"{name}.json"


def fingerprint(source: Path | bytes) -> str:
    """Size and modification time of a file, which is not read; the digest of bytes."""
    if isinstance(source, bytes):
        return hashlib.sha256(source).hexdigest()
    status = source.stat()
    return f"{source.resolve()}:{status.st_size}:{status.st_mtime_ns}"


def cache_folder() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()
    return Path(base) / "variantspark-pipeline"
