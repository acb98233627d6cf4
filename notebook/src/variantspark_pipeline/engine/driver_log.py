"""Reads the engine's log as it grows. VariantSpark says on stdout when the variants are loaded and when a batch of
trees is finished; Spark says on stderr which block of the variants lies in memory. The lines also name samples: nothing
of that is kept."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from ..view import Progress
from .engine_error import ErrorReading, read_stderr_line, read_stdout_line

if TYPE_CHECKING:
    from collections.abc import Callable

PHASES = ("starting", "loading", "caching", "growing-trees", "writing-results", "finished")


class DriverLog:
    """What the lines so far tell; how they are spread over calls makes no difference."""

    def __init__(self, trees_total: int) -> None:
        self.phase = "starting"
        self.trees_done = 0
        self.trees_total = trees_total
        self.variants: int | None = None
        #: Share of the partitions that lie in memory at this moment, 0 to 1.
        self.cached_fraction: float | None = None
        self.load_seconds: float | None = None
        self.tree_seconds: float | None = None
        self._partitions = 0
        self._blocks: Counter[str] = Counter()
        self._reading = ErrorReading()

    @property
    def error(self) -> str | None:
        """Why the engine gave up: the innermost cause, without stack and names of samples."""
        return self._reading.error

    @property
    def progress(self) -> Progress:
        return Progress(self.phase, self.trees_done, self.trees_total, self.cached_fraction, self.tree_seconds)

    def read_stdout(self, line: str) -> None:
        self._apply_first(_STDOUT_MARKS, line)
        self._reading = read_stdout_line(self._reading, line)

    def read_stderr(self, line: str) -> None:
        self._apply_first(_STDERR_MARKS, line)
        self._reading = read_stderr_line(self._reading, line)

    def _apply_first(
        self, marks: tuple[tuple[re.Pattern[str], Callable[[DriverLog, Any], None]], ...], line: str
    ) -> None:
        for pattern, apply in marks:
            found = pattern.search(line)
            if found:
                apply(self, found)
                return

    def _enter(self, phase: str) -> None:
        """Phases only go forward: the two streams arrive at different times."""
        if PHASES.index(phase) > PHASES.index(self.phase):
            self.phase = phase

    def _loaded(self, found: re.Match[str]) -> None:
        self._enter("caching")
        self.variants, self.load_seconds = int(found[1]), float(found[2])

    def _training(self, found: re.Match[str]) -> None:
        self._enter("growing-trees")
        self.trees_total = int(found[1])

    def _finished_trees(self, found: re.Match[str]) -> None:
        self._enter("growing-trees")
        self.trees_done, self.tree_seconds = int(found[1]), float(found[2])

    def _filling(self, found: re.Match[str]) -> None:
        self._enter("caching")
        self._partitions = int(found[1])
        self._count_blocks()

    def _move_block(self, executor: str, by: int) -> None:
        self._blocks[executor] = max(self._blocks[executor] + by, 0)
        self._count_blocks()

    def _lose(self, executor: str) -> None:
        self._blocks[executor] = 0
        self._count_blocks()

    def _count_blocks(self) -> None:
        if self._partitions:
            self.cached_fraction = min(1.0, sum(self._blocks.values()) / self._partitions)

    def _stopped(self) -> None:
        """Spark stops its context after a failure too, and then an error was printed or a phase is missing."""
        if self.phase == "writing-results" and self.error is None:
            self._enter("finished")


_STDOUT_MARKS = (
    (re.compile(r" is loading to spark RDD|^Loading parquet file"), lambda log, _: log._enter("loading")),
    (re.compile(r"^Loaded variables: .* total: (\d+), took: ([\d.]+)$"), DriverLog._loaded),
    (re.compile(r"^Training random forest with trees: (\d+)"), DriverLog._training),
    (re.compile(r"^Finished trees: (\d+),.* totalTime: ([\d.]+) s"), DriverLog._finished_trees),
    (re.compile(r"^Random forest oob accuracy: "), lambda log, _: log._enter("writing-results")),
)

_STDERR_MARKS = (
    (re.compile(r" Starting job: zipWithIndex at ImportanceCmd"), lambda log, _: log._enter("loading")),
    (
        re.compile(r" Got job \d+ \(count at ImportanceCmd\S*\) with (\d+) output partitions"),
        DriverLog._filling,
    ),
    (
        re.compile(r" BlockManagerInfo: Added rdd_\d+_\d+ in memory on (\S+) "),
        lambda log, found: log._move_block(found[1], 1),
    ),
    (
        re.compile(r" BlockManagerInfo: Removed rdd_\d+_\d+ on (\S+) in memory "),
        lambda log, found: log._move_block(found[1], -1),
    ),
    (
        re.compile(r" BlockManagerMasterEndpoint: Removing block manager BlockManagerId\([^,]+, ([^,]+), (\d+),"),
        lambda log, found: log._lose(f"{found[1]}:{found[2]}"),
    ),
    (
        re.compile(r" Starting job: \w+ at (?:RandomForest|DecisionTree)\."),
        lambda log, _: log._enter("growing-trees"),
    ),
    (
        re.compile(r" Starting job: collectAsMap at ImportanceCmd\."),
        lambda log, _: log._enter("writing-results"),
    ),
    (re.compile(r" SparkContext: Successfully stopped SparkContext"), lambda log, _: log._stopped()),
)
