"""What submit() was handed, as the objects of one folder of the inbox. The VCFs go first and the small files last, one
right after the other: a run starts at the first moment that a folder looks complete."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from .errors import StudyUnusable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: A folder, a file, or several files.
StudyFiles = str | Path | Iterable[str | Path]


@dataclass(frozen=True)
class StudyObject:
    #: Name inside the study's folder, with / between folders.
    name: str
    #: A file, or the bytes themselves when they are made here.
    source: Path | bytes

    @property
    def byte_length(self) -> int:
        return len(self.source) if isinstance(self.source, bytes) else self.source.stat().st_size


@dataclass(frozen=True)
class Study:
    #: Folder of the inbox, ending in /.
    prefix: str
    #: In the order in which they are to be uploaded.
    objects: tuple[StudyObject, ...]


def study_of(
    files: StudyFiles,
    labels: str | Path | pd.DataFrame | None,
    fields: Mapping[str, Any],
    name: str | None,
) -> Study:
    """The study; `fields` are written over those of the folder's own analysis.json. Raises StudyUnusable."""
    found = _objects(files)
    if labels is not None:
        found = [one for one in found if not _is_table(one.name)] + [_labels_object(labels)]
    vcfs = [one for one in found if re.search(r"\.vcf(\.b?gz)?$", one.name, re.IGNORECASE)]
    if not vcfs:
        raise StudyUnusable("There is no VCF among these files.", remedy="Hand over .vcf, .vcf.gz or .vcf.bgz files.")
    tables = [one for one in found if _is_table(one.name)]
    if not tables:
        raise StudyUnusable(
            "There is no labels table among these files.",
            remedy="Name it: submit(…, labels='phenotypes.csv'), or hand over a pandas DataFrame.",
        )
    if len(tables) > 1:
        raise StudyUnusable(
            f"There are several tables ({', '.join(one.name for one in tables)}).",
            remedy="Say which one holds the labels: submit(…, labels='phenotypes.csv').",
        )
    analysis = _analysis_object(found, fields)
    objects = (*vcfs, *tables, *([analysis] if analysis else []))
    return Study(prefix=f"{name or _name_of(files, objects)}/", objects=objects)


def study_name(text: str) -> str:
    """ "My Cohort (2026)" → "my-cohort-2026"."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:40].strip("-") or "study"


def _objects(files: StudyFiles) -> list[StudyObject]:
    if not isinstance(files, str | Path):
        return [StudyObject(path.name, path) for path in (_existing(one) for one in files)]
    path = _existing(files)
    if path.is_file():
        return [StudyObject(path.name, path)]
    inside = sorted(file for file in path.rglob("*") if file.is_file() and not file.name.startswith((".", "_")))
    return [StudyObject(file.relative_to(path).as_posix(), file) for file in inside]


def _existing(file: str | Path) -> Path:
    path = Path(file).expanduser()
    if not path.exists():
        raise StudyUnusable(f"{path} is not there.", remedy="Check the path; it is looked up on this machine.")
    return path


def _is_table(name: str) -> bool:
    base = name.rsplit("/", 1)[-1].lower()
    return base.endswith((".csv", ".tsv", ".txt")) and not base.startswith("readme")


def _labels_object(labels: str | Path | pd.DataFrame) -> StudyObject:
    if not isinstance(labels, pd.DataFrame):
        path = _existing(labels)
        return StudyObject(path.name, path)
    # The sample stands first: it is the index of most such tables, else their first column.
    with_index = not isinstance(labels.index, pd.RangeIndex)
    table = labels.rename_axis(index=str(labels.index.name or "sample")) if with_index else labels
    return StudyObject("labels.csv", table.to_csv(index=with_index).encode())


def _analysis_object(found: Sequence[StudyObject], fields: Mapping[str, Any]) -> StudyObject | None:
    own = next((one for one in found if one.name == "analysis.json"), None)
    if not fields:
        return own
    given = _read_json(own) if own else {}
    return StudyObject("analysis.json", json.dumps({**given, **fields}, indent=2, sort_keys=True).encode())


def _read_json(own: StudyObject) -> dict[str, Any]:
    text = own.source if isinstance(own.source, bytes) else own.source.read_bytes()
    try:
        document = json.loads(text.decode("utf-8-sig"))
    except ValueError as error:
        raise StudyUnusable(f"analysis.json is not JSON: {error}.", remedy="Correct it, or take it away.") from error
    return document if isinstance(document, dict) else {}


def _name_of(files: StudyFiles, objects: Sequence[StudyObject]) -> str:
    """Other files get another folder: a file that an earlier study of that name left there would be taken along."""
    first = Path(files) if isinstance(files, str | Path) else Path(objects[0].name)
    base = first.resolve().name if isinstance(files, str | Path) else first.name
    base = re.sub(r"\.vcf(\.b?gz)?$", "", base, flags=re.IGNORECASE)
    names = "\n".join(sorted(one.name for one in objects if one.name != "analysis.json"))
    return f"{study_name(base)}-{hashlib.sha256(names.encode()).hexdigest()[:6]}"
