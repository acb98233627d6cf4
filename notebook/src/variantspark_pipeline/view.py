"""A run as GET /runs/{id} shows it, read so that an older or a newer server does no harm: what is missing is left out,
what is unknown stays in `document`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

FINAL_STATES = ("Succeeded", "Failed", "Superseded", "Expired", "Cancelled")
_GROWING_STATES = ("Ask", "Provision", "Launch", "Observe", "Merge", "Heal")


@dataclass(frozen=True)
class Range:
    low: float
    expected: float
    high: float


@dataclass(frozen=True)
class Finding:
    #: "error", "prepare", "warning" or "info".
    severity: str
    #: "chr22.vcf.gz, line 12"; empty when it is about the whole study.
    place: str
    message: str
    remedy: str
    code: str


@dataclass(frozen=True)
class Option:
    """One way to run: where, and whether the genotype matrix is made first."""

    where: str
    prepare: bool
    prepare_seconds: Range
    run_seconds: Range
    cost_usd: Range
    #: "3 × r6a.xlarge", or "this machine".
    machines: str
    memory_mib: int
    #: Trees grown side by side; None when the server does not tell.
    batch_size: int | None
    #: Predicted seconds per phase: start, load, trees, finish.
    phases: Mapping[str, float]
    #: US dollars by part, when the server tells them.
    cost_parts: Mapping[str, float]
    #: Why it cannot be taken; None when it can.
    refusal: str | None


@dataclass(frozen=True)
class LabelColumn:
    """A column of the labels table that can hold the labels, where nothing says which one does."""

    name: str
    #: Samples per class: the first number counts class 0.
    classes: tuple[int, ...]


@dataclass(frozen=True)
class WaitedUpload:
    """An upload in parts to the study's folder that is not complete."""

    file: str
    #: When the run goes on without it.
    waited_until: datetime | None


@dataclass(frozen=True)
class Progress:
    #: starting, loading, caching, growing-trees, writing-results or finished.
    phase: str = "starting"
    trees_done: int = 0
    trees_total: int = 0
    #: Share of the data that lies in memory, 0 to 1; None until the cache fill begins.
    cached_fraction: float | None = None
    tree_seconds: float | None = None
    seconds_left: float | None = None
    #: Whether the trees are those of several jobs, one after the other.
    chunked: bool = False


@dataclass(frozen=True)
class Forest:
    """A forest that grows in chunks: what of it has grown, and how it ranks the variants."""

    trees_grown: int
    trees_planned: int
    chunks_grown: int
    chunks_planned: int
    #: Rank, variant and importance, by all trees that have grown; the first 20 variants.
    ranking: tuple[tuple[int, str, float], ...]
    #: First variants of both halves of the forest that are compared: 20, or as many as both have.
    compared: int
    #: The share of them that both have; None before there are two chunks.
    agreement: float | None
    #: So many variants stand first in both halves, in whatever order.
    same_first: int
    #: More trees are not expected to change the first 20.
    has_converged: bool
    #: Whether it was asked to be left at what has grown.
    is_finishing: bool
    #: Why it was left there; empty when all of it grew.
    left_because: str


@dataclass(frozen=True)
class RunView:
    id: str
    state: str
    findings: tuple[Finding, ...]
    #: The estimate in plain words.
    message: str
    options: tuple[Option, ...]
    #: The choice names one of them; empty where the column is known.
    label_columns: tuple[LabelColumn, ...]
    #: What the run waits for in Settle; the first ten.
    uploads: tuple[WaitedUpload, ...]
    where: str | None
    prepare: bool
    progress: Progress | None
    #: None for a forest in one piece.
    forest: Forest | None
    slices: int | None
    slices_done: int | None
    #: Seconds since the present state was entered, by this machine's clock.
    entered_at: datetime | None
    failure: Mapping[str, Any] | None
    result: Mapping[str, Any] | None
    superseded_by: str | None
    analysis: Mapping[str, Any]
    study: Mapping[str, Any]
    #: All that the server said.
    document: Mapping[str, Any] = field(repr=False)

    @property
    def is_final(self) -> bool:
        return self.state in FINAL_STATES

    @property
    def is_asking(self) -> bool:
        """An answer is there a moment before the run leaves the state."""
        return self.state == "Ask" and self.where is None

    @property
    def can_finish(self) -> bool:
        """Whether it may be left at the trees that have grown."""
        forest = self.forest
        if forest is None or forest.is_finishing or self.state not in _GROWING_STATES:
            return False
        return 0 < forest.chunks_grown < forest.chunks_planned

    @property
    def chosen(self) -> Option | None:
        """The option that counts; on prepared data the same place stands without preparing."""
        fitting = [option for option in self.options if option.where == self.where]
        exact = [option for option in fitting if option.prepare == self.prepare]
        return next(iter(exact or fitting), None)


#: What would move a terminal's cursor or turn the direction of writing: names come from files.
_CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def _printable(value: Any) -> Any:
    """The same document with such characters shown as U+FFFD, in keys and values."""
    if isinstance(value, str):
        return _CONTROLS.sub("\ufffd", value)
    if isinstance(value, Mapping):
        return {_printable(key): _printable(one) for key, one in value.items()}
    return [_printable(one) for one in value] if isinstance(value, list) else value


def read_run(whole: Mapping[str, Any]) -> RunView:
    document: Mapping[str, Any] = _printable(whole)
    estimate = _mapping(document.get("estimate"))
    inspection = _mapping(document.get("inspection"))
    choice = _mapping(document.get("choice"))
    history = _mappings(document.get("history"))
    # On the researcher's machine a forest grows in one piece.
    forest = None if choice.get("where") == "local" else _forest(document.get("chunks"))
    return RunView(
        id=str(document.get("id", "")),
        state=str(document.get("state", "Settle")),
        findings=tuple(_finding(one) for one in _mappings(document.get("findings"))),
        message=str(estimate.get("message") or ""),
        options=tuple(_option(one) for one in _mappings(estimate.get("options"))),
        label_columns=tuple(_label_column(one) for one in _mappings(inspection.get("labelCandidates"))),
        uploads=tuple(_upload(one) for one in _mappings(_mapping(document.get("waiting")).get("uploads"))),
        where=_text(choice.get("where")),
        prepare=choice.get("prepare") is True,
        progress=_progress(document.get("progress"), _number(document.get("secondsLeft")), forest),
        forest=forest,
        slices=_whole(document.get("slices")),
        slices_done=_whole(document.get("slicesDone")),
        entered_at=_time(history[-1].get("at")) if history else None,
        failure=_mapping(document.get("failure")) or None,
        result=_mapping(document.get("result")) or None,
        superseded_by=_text(document.get("supersededBy")),
        # Sent back to the server as they came.
        analysis=_mapping(whole.get("analysis")),
        study=_mapping(whole.get("study")),
        document=whole,
    )


def _progress(document: Any, seconds_left: float | None, forest: Forest | None) -> Progress | None:
    if not isinstance(document, Mapping):
        return None
    return Progress(
        phase=str(document.get("phase", "starting")),
        trees_done=_whole(document.get("treesDone")) or 0,
        trees_total=_whole(document.get("treesTotal")) or 0,
        cached_fraction=_number(document.get("cachedFraction")),
        # Of the present job, where the trees are those of all.
        tree_seconds=None if forest else _number(document.get("treeSeconds")),
        seconds_left=seconds_left,
        chunked=forest is not None,
    )


def _forest(document: Any) -> Forest | None:
    if not isinstance(document, Mapping):
        return None
    planned, grown = _mappings(document.get("planned")), _mappings(document.get("grown"))
    stability = _mapping(document.get("stability"))
    return Forest(
        trees_grown=sum(_whole(chunk.get("trees")) or 0 for chunk in grown),
        trees_planned=sum(_whole(chunk.get("trees")) or 0 for chunk in planned),
        chunks_grown=len(grown),
        chunks_planned=len(planned),
        ranking=tuple(_ranked(row) for row in _mappings(_mapping(document.get("ranking")).get("top"))),
        agreement=_number(stability.get("agreement")),
        compared=_whole(stability.get("compared")) or 0,
        same_first=_whole(stability.get("sameFirst")) or 0,
        has_converged=stability.get("hasConverged") is True,
        is_finishing=_text(document.get("finishAskedAt")) is not None,
        left_because=_text(document.get("leftBecause")) or "",
    )


def _ranked(row: Mapping[str, Any]) -> tuple[int, str, float]:
    return _whole(row.get("rank")) or 0, str(row.get("variant") or ""), _number(row.get("importance")) or 0.0


def _label_column(document: Mapping[str, Any]) -> LabelColumn:
    counts = document.get("classes")
    classes = [_whole(count) or 0 for count in counts] if isinstance(counts, Sequence) else []
    return LabelColumn(str(document.get("column", "")), tuple(classes))


def _upload(document: Mapping[str, Any]) -> WaitedUpload:
    # Without the study's folder, which is the first part of its key.
    file = str(document.get("key", "")).partition("/")[2]
    return WaitedUpload(file, _time(document.get("waitedUntil")))


def _finding(document: Mapping[str, Any]) -> Finding:
    file, line, byte = document.get("file"), document.get("line"), document.get("byteOffset")
    place = [str(file)] if file else []
    place += [f"line {line}"] if line else []
    place += [f"byte {byte}"] if byte is not None else []
    message = str(document.get("message") or document.get("code") or "")
    return Finding(
        severity=str(document.get("severity", "info")),
        place="" if file and str(file) in message else ", ".join(place),
        message=message,
        remedy=str(document.get("remedy") or ""),
        code=str(document.get("code") or ""),
    )


def _option(document: Mapping[str, Any]) -> Option:
    configuration = _mapping(document.get("configuration"))
    types = configuration.get("instanceTypes") or [""]
    nodes = _whole(configuration.get("nodes")) or 0
    where = str(document.get("where", ""))
    return Option(
        where=where,
        prepare=document.get("prepare") is True,
        prepare_seconds=_range(document.get("prepareSeconds")),
        run_seconds=_range(document.get("runSeconds")),
        cost_usd=_range(document.get("costUsd")),
        machines=_machines(where, nodes, types[0]),
        memory_mib=_whole(configuration.get("driverMemoryMiB")) or 0,
        batch_size=_whole(configuration.get("batchSize")),
        phases=_numbers(document.get("phases")),
        cost_parts=_numbers(document.get("costParts") or document.get("costPartsUsd")),
        refusal=_text(document.get("refusal")),
    )


def _machines(where: str, nodes: int, instance_type: str) -> str:
    if where == "local":
        return "this machine"
    if where == "cluster":
        return f"{nodes} {'node' if nodes == 1 else 'nodes'} of your cluster"
    return f"{nodes} × {instance_type}"


def _range(document: Any) -> Range:
    values = _numbers(document)
    expected = values.get("expected", 0.0)
    return Range(values.get("low", expected), expected, values.get("high", expected))


def _numbers(document: Any) -> dict[str, float]:
    """The members that are numbers, or ranges whose expected value then counts."""
    found: dict[str, float] = {}
    for name, value in _mapping(document).items():
        number = _number(value.get("expected") if isinstance(value, Mapping) else value)
        if number is not None:
            found[name] = number
    return found


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _mappings(value: Any) -> list[Mapping[str, Any]]:
    listed = value if isinstance(value, Sequence) and not isinstance(value, str) else []
    return [one for one in listed if isinstance(one, Mapping)]


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _whole(value: Any) -> int | None:
    number = _number(value)
    return None if number is None else int(number)


def _time(value: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    except ValueError:
        return None
