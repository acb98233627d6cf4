"""What there is to see of a run at one moment, apart from how it is drawn: screens/ draws it as widgets or as text."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from .ranking_so_far import RankingSoFar, ranking_so_far
from .view import Progress, RunView
from .words import dollars, duration, span

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .view import Finding, LabelColumn, Option


@dataclass(frozen=True)
class Bar:
    label: str
    #: 0 to 1; None while nobody knows.
    fraction: float | None
    text: str = ""


@dataclass(frozen=True)
class Ending:
    good: bool
    message: str
    remedy: str = ""
    #: The first variants of the ranking.
    top: tuple[tuple[int, str, float], ...] = ()
    #: What to change in the next run.
    advice: tuple[str, ...] = ()


@dataclass(frozen=True)
class Picture:
    title: str
    #: What goes on now, in a few words.
    status: str
    findings: tuple[Finding, ...] = ()
    #: What the estimate says beside the options themselves.
    sentences: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    #: Whether the options may be chosen now.
    asking: bool = False
    #: Of which one has to be chosen with the option.
    label_columns: tuple[LabelColumn, ...] = ()
    chosen: Option | None = None
    bars: tuple[Bar, ...] = ()
    #: Of a forest that grows in chunks.
    ranking: RankingSoFar | None = None
    note: str = ""
    ending: Ending | None = None
    #: Whether what `status` says goes on.
    going_on: bool = True


OPTION_NAMES = {
    "aws-spot": "AWS on spot nodes",
    "aws-on-demand": "AWS on on-demand nodes",
    "cluster": "Your own cluster",
    "local": "Your own machine",
}

_STATUS = {
    "Settle": "Waiting until the upload is complete",
    "Inspect": "Inspecting the files",
    "Estimate": "Estimating time and cost",
    "Ask": "Your choice",
    "Plan": "Preparing: planning the slices",
    "Convert": "Preparing: converting",
    "Seal": "Preparing: sealing the matrix",
    "Provision": "Starting nodes",
    "Launch": "Starting VariantSpark",
    "Observe": "VariantSpark is running",
    "Merge": "Adding the new trees to the ranking",
    "Heal": "Setting right what went wrong",
    "AwaitLocal": "Waiting for a result computed on your own machine",
    "Report": "Ranking the variants",
    "RecordFailure": "Giving back what the run held",
    "Release": "Giving back what the run held",
}
_BEFORE_CHOICE = ("Settle", "Inspect", "Estimate", "Ask")
_PREPARING = ("Plan", "Convert", "Seal")
_PHASES = ("starting", "loading", "caching", "growing-trees", "writing-results", "finished")


def picture_of(view: RunView, seconds_in_phase: float = 0, note: str = "") -> Picture:
    """@param seconds_in_phase since its present state and phase were first seen"""
    return Picture(
        title=view.id,
        status=_status(view),
        findings=view.findings,
        sentences=sentences_beside_options(view.message),
        options=view.options,
        asking=view.is_asking,
        label_columns=view.label_columns,
        chosen=view.chosen if view.where else None,
        bars=_bars(view, seconds_in_phase),
        ranking=ranking_so_far(view),
        note=note,
        ending=_ending(view) if view.is_final else None,
        going_on=not view.is_final and not view.is_asking,
    )


def _status(view: RunView) -> str:
    status = _STATUS.get(view.state, view.state)
    if view.state != "Settle" or not view.uploads:
        return status
    upload, *others = view.uploads
    more = f" and of {len(others)} more" if others else ""
    until = upload.waited_until
    limit = f", at most until {until.astimezone():%d %b %H:%M}" if until else ""
    return f"Waiting until the upload of {upload.file}{more} is complete{limit}"


def column_words(column: LabelColumn) -> str:
    """case (60 of class 0, 40 of class 1)"""
    classes = ", ".join(f"{count:,} of class {label}" for label, count in enumerate(column.classes))
    return f"{column.name} ({classes})" if classes else column.name


def option_name(option: Option) -> str:
    return OPTION_NAMES.get(option.where, option.where) + (", prepared first" if option.prepare else "")


def time_words(option: Option) -> str:
    """Preparing and running."""
    prepare, run = option.prepare_seconds, option.run_seconds
    return span(duration(prepare.low + run.low), duration(prepare.high + run.high))


def cost_words(option: Option) -> str:
    if option.where == "local" and option.cost_usd.high == 0:
        return "free of charge"
    if option.where == "cluster" and option.cost_usd.high == 0:
        return "no charge from AWS"
    if option.cost_usd.high < 0.001:
        return "under $0.001"
    return span(dollars(option.cost_usd.low), dollars(option.cost_usd.high))


def part_words(option: Option) -> list[str]:
    """Of what time and cost are made up, one line each."""
    times = [("prepare", option.prepare_seconds.expected)] if option.prepare else []
    times += [(_PART_NAMES.get(name, name), seconds) for name, seconds in option.phases.items()]
    lines = [" + ".join(f"{name} {duration(seconds)}" for name, seconds in times if seconds > 0)]
    lines.append(
        " + ".join(f"{_spaced(name)} {dollars(usd)}" for name, usd in option.cost_parts.items() if usd >= 0.0005)
    )
    return [line for line in lines if line]


def sentences_beside_options(message: str) -> tuple[str, ...]:
    """The estimate's message without the sentences that repeat what each option shows already."""
    sentences = re.split(r"(?<=[.!?]) (?=[A-Z])", message)
    return tuple(one for one in sentences if one and not one.startswith(tuple(OPTION_NAMES.values())))


def engine_bars(progress: Progress, option: Option | None, seconds_in_phase: float, *, local: bool) -> tuple[Bar, ...]:
    """Start, load, trees, result: the engine's phases as bars."""
    at = _PHASES.index(progress.phase) if progress.phase in _PHASES else 0
    phases = option.phases if option else {}
    left = _seconds_left(progress, phases, seconds_in_phase)
    about = f", about {duration(left)} left" if left is not None else ""
    # Later chunks of a forest find their nodes there.
    start = f"usually {duration(phases['start'])}" if phases.get("start") and not progress.trees_done else ""
    return (
        Bar("Start Spark" if local else "Start nodes", 1 if at > 0 else None, "" if at > 0 else start),
        _load_bar(progress, at),
        _trees_bar(progress, at, about, _trees_fraction(progress, at, option, seconds_in_phase, left)),
        Bar("Result", 1 if progress.phase == "finished" else None if at == 4 else 0),
    )


#: What has not been told is not drawn as done.
_MOST_OF_A_BATCH = 0.95
_PART_NAMES = {"start": "start", "load": "load", "trees": "trees", "finish": "finish"}


def _load_bar(progress: Progress, at: int) -> Bar:
    cached = progress.cached_fraction
    in_memory = "" if cached is None else f"{round(cached * 100)} % of the data in memory"
    if at > 2:
        return Bar("Load and cache", 1, in_memory)
    if at == 2:
        return Bar("Load and cache", cached, in_memory)
    return Bar("Load and cache", None if at == 1 else 0, "reading the variants" if at == 1 else "")


def _trees_bar(progress: Progress, at: int, about: str, fraction: float) -> Bar:
    done, total = progress.trees_done, progress.trees_total
    if at > 3:
        grown = done if progress.chunked else total
        return Bar("Trees", grown / total if total else 1, f"{grown} of {total}")
    return Bar("Trees", fraction, f"{done} of {total}{about if at >= 1 else ''}")


def _trees_fraction(
    progress: Progress, at: int, option: Option | None, seconds_in_phase: float, left: float | None
) -> float:
    """Trees are told by the batch, which may be all of them. In between the bar goes on as predicted, but not past the
    batch that is being grown."""
    done, total = progress.trees_done, progress.trees_total
    if not total:
        return 0
    if at != 3 or left is None:
        return done / total
    share = seconds_in_phase / max(seconds_in_phase + left, 0.001)
    batch = min((option and option.batch_size) or total, total - done)
    return (done + min(share * (total - done), _MOST_OF_A_BATCH * batch)) / total


def _seconds_left(progress: Progress, phases: Mapping[str, float], seconds_in_phase: float) -> float | None:
    """The server's figure; else by the pace of the trees so far; else as it was predicted."""
    if progress.seconds_left is not None:
        return progress.seconds_left
    finish = phases.get("finish", 0)
    if progress.trees_done and progress.tree_seconds:
        pace = progress.tree_seconds / progress.trees_done
        return max((progress.trees_total - progress.trees_done) * pace - seconds_in_phase, 0) + finish
    coming = {
        "starting": ("start", "load", "trees"),
        "loading": ("load", "trees"),
        "caching": ("load", "trees"),
    }
    if not phases or progress.chunked:
        return None
    present, *later = coming.get(progress.phase, ("trees",))
    return max(phases.get(present, 0) - seconds_in_phase, 0) + sum(phases.get(name, 0) for name in later) + finish


def _bars(view: RunView, seconds_in_phase: float) -> tuple[Bar, ...]:
    if view.where is None or view.state in ("Failed", "Cancelled", "Expired", "Superseded", "RecordFailure"):
        return ()
    bars = [_prepare_bar(view)] if view.prepare else []
    if view.state in _BEFORE_CHOICE or view.state in _PREPARING or view.state == "AwaitLocal":
        return tuple(bars)
    progress = view.progress or _before_its_job(view)
    if view.state in ("Report", "Release", "Succeeded"):
        progress = _after_its_jobs(view, progress)
    elif progress.chunked and progress.trees_done < progress.trees_total and progress.phase in _PHASES[4:]:
        # Between two jobs nothing grows.
        progress, seconds_in_phase = replace(progress, phase="growing-trees"), 0
    return (*bars, *engine_bars(progress, view.chosen, seconds_in_phase, local=view.where == "local"))


def _before_its_job(view: RunView) -> Progress:
    forest = view.forest
    if forest is None:
        return Progress(trees_total=int(view.analysis.get("trees") or 0))
    return Progress(trees_done=forest.trees_grown, trees_total=forest.trees_planned, chunked=True)


def _after_its_jobs(view: RunView, progress: Progress) -> Progress:
    done = view.forest.trees_grown if view.forest else progress.trees_total
    return replace(
        progress,
        phase="writing-results" if view.state == "Report" else "finished",
        trees_done=done,
        seconds_left=None,
    )


def _prepare_bar(view: RunView) -> Bar:
    if view.state not in _PREPARING:
        return Bar("Prepare", 1, f"{view.slices} slices" if view.slices else "")
    if view.state == "Convert" and view.slices:
        done = view.slices_done or 0
        return Bar("Prepare", done / view.slices, f"{done} of {view.slices} slices")
    return Bar("Prepare", 1 if view.state == "Seal" else 0, "sealing" if view.state == "Seal" else "planning")


def _ending(view: RunView) -> Ending:
    failure = view.failure or {}
    if view.state == "Superseded":
        return Ending(True, "The folder changed after this run had started, so a newer run takes its place.")
    if view.state != "Succeeded":
        words = {"Expired": "Nobody answered the question in time; nothing was billed."}
        message = str(failure.get("message") or words.get(view.state) or _first_error(view.findings) or view.state)
        return Ending(False, message, str(failure.get("remedy") or "Start it again with run.again()."))
    result = view.result or {}
    advice = result.get("advice")
    sentences = tuple(str(one) for one in advice) if isinstance(advice, list) else ()
    return Ending(True, " ".join([_success(result), *_left(view)]), top=_top(result.get("top")), advice=sentences)


def _success(result: Mapping[str, Any]) -> str:
    total, usd = result.get("seconds", {}).get("total", {}), result.get("costUsd", {})
    words = [
        f"{result.get('variants', 0):,} variants were analysed, the trees used {result.get('withImportance', 0):,}."
    ]
    if isinstance(total.get("actual"), int | float):
        words.append(f"It took {duration(total['actual'])} (predicted: {duration(total.get('predicted', 0))})")
        cost = usd.get("actual")
        free = result.get("where") == "local" or (result.get("where") == "cluster" and not cost)
        if not free and isinstance(cost, int | float):
            words.append(f"and cost {dollars(cost)} (predicted: {dollars(usd.get('predicted', 0))})")
        words[-1] += "."
    return " ".join(words)


def _left(view: RunView) -> list[str]:
    """Of a forest that was left before all of it had grown."""
    forest = view.forest
    if forest is None or forest.trees_grown >= forest.trees_planned:
        return []
    words = f"{forest.trees_grown:,} of {forest.trees_planned:,} trees were grown."
    return [f"{words} {forest.left_because}".strip()]


def _top(rows: Any, how_many: int = 10) -> tuple[tuple[int, str, float], ...]:
    listed: Sequence[Any] = rows if isinstance(rows, list) else []
    return tuple((int(row["rank"]), str(row["variant"]), float(row["importance"])) for row in listed[:how_many])


def _first_error(findings: Sequence[Finding]) -> str:
    return next((one.message for one in findings if one.severity == "error"), "")


def _spaced(name: str) -> str:
    """ "emrUpliftUsd" → "emr uplift"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.removesuffix("Usd")).lower()
