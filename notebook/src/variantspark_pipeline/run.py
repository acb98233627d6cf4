"""One run: watch it, answer its question, read its result, run it on this machine, start another like it."""

from __future__ import annotations

import time
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import NotFinished, NotWaiting, RunFailed
from .manhattan import manhattan_plot
from .parameters import Parameters, analysis_fields
from .picture import OPTION_NAMES, picture_of
from .ranking_so_far import ranking_table
from .result import importances_of, ranked_of
from .run_locally import run_locally
from .transfer import Links, download
from .view import FINAL_STATES, Finding, Option, RunView, read_run
from .watch import Watch, watch

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd
    from matplotlib.figure import Figure
    from typing_extensions import Unpack

    from .api import Api
    from .machine import Machine
    from .pipeline import Pipeline
    from .screens.screen import Screen

#: Until the question is there; inspection reads little and takes seconds.
_QUESTION_SECONDS = 1800
#: Until its study and parameters are known.
_RECORD_SECONDS = 300
_BEFORE_QUESTION = ("Settle", "Inspect", "Estimate")


class Run:
    def __init__(
        self, pipeline: Pipeline, api: Api, run_id: str, machine: Machine, screen: Callable[[], Screen]
    ) -> None:
        self._pipeline = pipeline
        self._api = api
        self._id = run_id
        self._machine = machine
        self._screen = screen
        self._view: RunView | None = None
        self._tables: dict[str, pd.DataFrame] = {}
        #: Whether the option "local" was chosen here, so that it means this machine.
        self.is_for_this_machine = False

    @property
    def id(self) -> str:
        return self._id

    @property
    def state(self) -> str:
        return self.refresh().state

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What inspection found, with the place and the remedy."""
        return self.refresh().findings

    @property
    def options(self) -> tuple[Option, ...]:
        """The ways to run it, with times and costs; empty until it has been estimated."""
        return self.refresh().options

    def refresh(self) -> RunView:
        """Asks the pipeline how the run stands. A run whose folder changed gives way to the newer one."""
        if self._view is None or self._view.state not in FINAL_STATES:
            self._view = read_run(self._api.get_run(self._id, self._machine))
            if self._view.state == "Superseded" and self._view.superseded_by:
                self._id, self._view = self._view.superseded_by, None
                return self.refresh()
        return self._view

    def watch(self, *, block: bool | None = None) -> None:
        """
        Shows findings, the question with its options, then the progress, and the result at the end. Interrupting it
        leaves the run running. Choosing "local" here runs VariantSpark on this machine.

        :param block: whether the cell lasts as long as the run; unless said it does where a button can be pressed
            meanwhile (JupyterLab), and elsewhere the display goes on by itself
        """
        watch(self, self._screen(), block)

    def choose(
        self,
        option: str,
        *,
        prepare: bool = False,
        filters: Mapping[str, Any] | None = None,
        label_column: str | None = None,
    ) -> Run:
        """
        Answers the run's question, as soon as there is one.

        :param option: "aws-spot", "aws-on-demand", "cluster" or "local", as far as the run offers it
        :param prepare: makes the genotype matrix first
        :param filters: what goes into it, in place of the run's own filters: {"minMaf": 0.01, "onlyLabelled": True}
        :param label_column: of the labels table, where the findings ask for it
        :raises UnknownOption, UnknownLabelColumn, AlreadyChosen, RunFailed: with the reason
        """
        view = self._until(lambda seen: seen.state not in _BEFORE_QUESTION, _QUESTION_SECONDS)
        if view.is_final and view.state != "Succeeded":
            raise self._failed(view)
        choice: dict[str, Any] = {"option": option, "prepare": prepare}
        if filters is not None:
            choice["filters"] = dict(filters)
        if label_column is not None:
            choice["labelColumn"] = label_column
        if option == "local":
            choice["machine"] = {"cores": self._machine.cores, "memoryGiB": self._machine.memory_gib}
        self._api.choose(self._id, choice)
        self.is_for_this_machine = option == "local"
        return self

    def finish(self) -> Run:
        """
        Leaves a forest that grows in chunks at the trees that have grown: the run ends with their result, and the chunk
        that grows at the moment is given up. It also answers a run that asks whether to go on.

        :raises NothingGrown: before the first chunk, for a forest in one piece, and once all trees have grown
        """
        self._api.finish(self._id)
        return self

    def run_locally(self, folder: str | Path | None = None) -> None:
        """
        Runs VariantSpark on this machine with the run's own files and arguments, and hands the result in, so that the
        run ends with the same report. Answers the question with "local" if it still waits. Interrupted, it leaves the
        run waiting: call it again.

        :param folder: where the files are put; by default a folder of the cache that is deleted when all went well
        """
        view = self._until(lambda seen: seen.state not in _BEFORE_QUESTION, _QUESTION_SECONDS)
        if view.is_asking:
            self.choose("local")
        elif view.where != "local":
            raise NotWaiting(
                f"The run {self._id} does not wait for a local result ({picture_of(view).status.lower()})."
            )
        self.is_for_this_machine = True
        Watch(self, self._screen(), folder=Path(folder) if folder else None).follow()

    def compute_here(self, screen: Screen, folder: Path | None) -> None:
        """What run_locally() does once the run waits for the result; watch() calls it too."""
        run_locally(self, self._api, screen, self._machine, folder)

    def wait(self) -> Run:
        """Returns when the run has ended, without showing anything."""
        while not self.refresh().is_final:
            time.sleep(2)
        return self

    def cancel(self) -> None:
        """Ends the run and gives back what it holds, and waits until that is done."""
        while not self._api.cancel(self._id).get("released", True):
            time.sleep(2)
        self._view = None

    @property
    def ranking_so_far(self) -> pd.DataFrame:
        """
        The first 20 variants by the trees that have grown: rank, variant, importance. Empty before the first chunk of
        the forest, and for a forest in one piece.
        """
        return ranking_table(self.refresh().forest)

    @property
    def result(self) -> pd.DataFrame:
        """The most important variants: rank, variant, contig, pos, ref, alt, importance."""
        return self._table("result.json", ranked_of)

    @property
    def importances(self) -> pd.DataFrame:
        """Every variant that a tree used: variant, contig, pos, ref, alt, importance; the most important first."""
        return self._table("importance.csv", importances_of)

    @property
    def summary(self) -> dict[str, Any]:
        """Time, cost, parameters and configuration, predicted and actual."""
        return dict(self._finished().result or {})

    def manhattan(self, *, name_top: int = 10) -> Figure:
        """Importance by genome position, with the first variants named."""
        return manhattan_plot(self.importances, name_top=name_top, title=self._id)

    def again(self, **changes: Unpack[Parameters]) -> Run:
        """Starts a new run of the same study with the same parameters, but for these changes."""
        # A moment after its start neither is known.
        view = self._until(lambda seen: bool(seen.study and seen.analysis) or seen.is_final, _RECORD_SECONDS)
        # The answer to one run's question is not the answer to another's.
        kept = {name: value for name, value in view.analysis.items() if name not in ("where", "prepare", "budgetUsd")}
        prefix = str(view.study.get("prefix", ""))
        return self._pipeline._started(prefix, {**kept, **analysis_fields(changes)})

    def download(self, folder: str | Path = ".") -> list[Path]:
        """Fetches all files of the result into `folder`/`run id`."""
        self._finished()
        into = Path(folder) / self._id
        links = Links(self._api, self._id, "results")
        return [download(links, name, into) for name in links.names()]

    def report(self, folder: str | Path = ".") -> Path:
        """Fetches the report, one HTML file that needs no network. Raises NotFinished until it is there."""
        self._finished()
        links = Links(self._api, self._id, "results")
        if "report.html" not in links.names():
            raise NotFinished(
                f"The run {self._id} has no report.html.",
                remedy="This pipeline writes none; run.result, run.summary and run.manhattan() have its content.",
            )
        return download(links, "report.html", Path(folder) / self._id)

    def open_report(self) -> None:
        """Opens the report in a browser window."""
        webbrowser.open(self.report().resolve().as_uri())

    def __repr__(self) -> str:
        return f"<Run {self._id}{': ' + self._view.state if self._view else ''}>"

    def _until(self, reached: Callable[[RunView], bool], seconds: float) -> RunView:
        deadline = time.monotonic() + seconds
        while not reached(view := self.refresh()):
            if time.monotonic() > deadline:
                raise NotFinished(
                    f"The run {self._id} is still in the state {view.state}.", remedy="Look: run.watch()."
                )
            time.sleep(0.5)
        return view

    def _table(self, name: str, read: Callable[[bytes], pd.DataFrame]) -> pd.DataFrame:
        if name not in self._tables:
            self._finished()
            self._tables[name] = read(Links(self._api, self._id, "results").read(name))
        return self._tables[name].copy()

    def _finished(self) -> RunView:
        view = self.refresh()
        if view.state == "Succeeded":
            return view
        if view.is_final:
            raise self._failed(view)
        words = picture_of(view).status.lower()
        remedy = (
            f"Answer its question first: run.watch(), or run.choose('{next(iter(OPTION_NAMES))}')."
            if view.state == "Ask"
            else "run.watch() shows how far it is."
        )
        raise NotFinished(f"The run {self._id} has no result yet ({words}).", remedy=remedy)

    def _failed(self, view: RunView) -> RunFailed:
        ending = picture_of(view).ending
        message, remedy = (ending.message, ending.remedy) if ending else (view.state, "")
        return RunFailed(f"The run {self._id} ended as {view.state}: {message}", remedy=remedy)
