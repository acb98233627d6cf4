"""The choice "local": fetches the run's files through their links, runs VariantSpark on this machine with the arguments
that come with them, and hands the importances in, so that the run ends with the same report."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING, Any

from .engine.driver_log import DriverLog
from .engine.local_engine import local_engine
from .engine.spark_submit import spark_submit
from .errors import EngineFailed, PipelineError
from .picture import Bar, Picture, engine_bars
from .transfer import Links, download, upload
from .upload_journal import cache_folder
from .words import size

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from .api import Api
    from .engine.local_engine import LocalEngine
    from .machine import Machine
    from .run import Run
    from .screens.screen import Screen
    from .view import RunView

#: What the operating system and everything else keep.
_KEPT_SHARE = 0.2
_RESULT = "importance.csv"
_ATTEMPTS = 8


def run_locally(run: Run, api: Api, screen: Screen, machine: Machine, folder: Path | None) -> None:
    """
    For a run that waits for a local result.

    :param folder: kept afterwards; without one the files go to the cache and are deleted when all went well
    :raises LocalEngineMissing, EngineFailed, Offline: the run waits on, and this can be called again
    """
    view = run.refresh()
    place = folder or cache_folder() / "runs" / view.id
    screen.draw(_picture(view, "Getting Spark and VariantSpark ready", ()))
    engine = local_engine()
    links = Links(api, view.id, "inputs")
    fetched = _fetch(view, links, place, screen)
    seconds = _compute(view, links, engine, machine, place, screen, fetched)
    screen.draw(_picture(view, "Handing in the result", ()))
    _persistently(lambda: _hand_in(api, view.id, place / _RESULT, seconds), screen)
    if folder is None:
        shutil.rmtree(place, ignore_errors=True)


def _hand_in(api: Api, run_id: str, result: Path, seconds: Mapping[str, float]) -> None:
    # Asked for now: the run may have taken longer than a link lives.
    links = Links(api, run_id, "uploads")
    # After an attempt whose second half failed the file is there, and no link is offered for it.
    if _RESULT in links.names():
        upload(links, _RESULT, result)
    api.report_local_result(run_id, seconds)


def _persistently(act: Callable[[], None], screen: Screen, sleep: Callable[[float], None] = time.sleep) -> None:
    """What took long to compute is not lost to a moment without network."""
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            act()
            return
        except PipelineError as error:
            if not error.retryable or attempt == _ATTEMPTS:
                raise
            screen.say(f"{error.detail} Trying again in {2**attempt} s.")
            sleep(2**attempt)


def _fetch(view: RunView, links: Links, place: Path, screen: Screen) -> Bar:
    names = links.names()
    for number, name in enumerate(names):

        def show(done: int, total: int, name: str = name, number: int = number) -> None:
            fraction = (number + (done / total if total else 1)) / len(names)
            bar = Bar("Download", fraction, f"{name}: {size(done)} of {size(total)}")
            screen.draw(_picture(view, "Fetching the run's files", (bar,)))

        download(links, name, place, show)
    total = sum((place / name).stat().st_size for name in names)
    return Bar("Download", 1, f"{len(names)} files, {size(total)}")


def _compute(
    view: RunView,
    links: Links,
    engine: LocalEngine,
    machine: Machine,
    place: Path,
    screen: Screen,
    fetched: Bar,
) -> dict[str, float]:
    """Seconds as the API takes them: total, load, trees."""
    command = links.engine()
    log = DriverLog(int(view.analysis.get("trees") or 0))
    begun = phase_since = time.monotonic()
    seen = ("", 0)

    def look() -> None:
        nonlocal seen, phase_since
        if (log.phase, log.trees_done) != seen:
            seen, phase_since = (log.phase, log.trees_done), time.monotonic()
        bars = engine_bars(log.progress, view.chosen, time.monotonic() - phase_since, local=True)
        screen.draw(_picture(view, "VariantSpark is running on this machine", (fetched, *bars)))

    exit_code = spark_submit(
        engine,
        str(command.get("mainClass", "")),
        [str(argument) for argument in command.get("arguments", [])],
        memory_mib=memory_mib(command, machine),
        settings={str(name): str(value) for name, value in command.get("settings", {}).items()},
        folder=place,
        log=log,
        on_look=look,
    )
    if exit_code != 0:
        raise _failure(log, exit_code)
    measured = {"total": time.monotonic() - begun, "load": log.load_seconds, "trees": log.tree_seconds}
    return {name: seconds for name, seconds in measured.items() if seconds is not None}


def memory_mib(command: Mapping[str, Any], machine: Machine) -> int:
    """What the estimate gives it, but never more than this machine has to spare."""
    spare = int(machine.memory_gib * 1024 * (1 - _KEPT_SHARE))
    return max(min(int(command.get("driverMemoryMiB") or 4096), spare), 512)


def _failure(log: DriverLog, exit_code: int) -> EngineFailed:
    error = log.error or f"it ended with {exit_code} and did not say why"
    where = {
        "starting": "before it read the data",
        "growing-trees": f"after {log.trees_done} of {log.trees_total} trees",
    }
    place = where.get(log.phase, "while it read the variants" if log.phase in ("loading", "caching") else "at the end")
    if "OutOfMemory" in error or exit_code in (-9, 137):
        remedy = "Close other programs and call run.run_locally() again, or cancel this run and choose AWS for another."
    else:
        remedy = "run.run_locally() tries it again; the run waits."
    return EngineFailed(f"VariantSpark stopped {place}: {error}.", remedy=remedy)


def _picture(view: RunView, status: str, bars: tuple[Bar, ...]) -> Picture:
    return Picture(
        title=view.id,
        status=status,
        findings=view.findings,
        chosen=view.chosen,
        options=view.options,
        bars=bars,
    )
