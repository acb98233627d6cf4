"""The logs of real runs that the pipeline's own reader is tested with: both must read the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from variantspark_pipeline.engine.driver_log import DriverLog

GOLDEN = Path(__file__).parents[2] / "tests" / "unit" / "variantspark" / "golden"
RUNS = sorted(folder.name for folder in GOLDEN.iterdir())


def read(name: str, *, stderr_first: bool = False) -> DriverLog:
    log = DriverLog(20)
    streams = [(log.read_stdout, "stdout.txt"), (log.read_stderr, "stderr.txt")]
    for hear, file in reversed(streams) if stderr_first else streams:
        for line in (GOLDEN / name / file).read_text().rstrip().split("\n"):
            hear(line)
    return log


def test_there_are_golden_runs_to_compare_with() -> None:
    assert len(RUNS) > 20


@pytest.mark.parametrize("name", RUNS)
def test_reads_the_log_as_the_pipeline_does(name: str) -> None:
    log = read(name)
    expected = json.loads((GOLDEN / name / "expected.json").read_text())
    told = {
        "phase": log.phase,
        "treesDone": log.trees_done,
        "treesTotal": log.trees_total,
        "variants": log.variants,
        "loadSeconds": log.load_seconds,
        "treeSeconds": log.tree_seconds,
        "cachedFraction": log.cached_fraction,
        "error": log.error,
    }
    assert {key: value for key, value in told.items() if value is not None} == {
        key: value for key, value in expected.items() if key in told
    }


@pytest.mark.parametrize("name", RUNS)
def test_nothing_of_samples_or_genotypes_is_kept(name: str) -> None:
    assert not any(word in str(vars(read(name))) for word in ("SAMPLE", "0/0", "0/1"))


def test_phases_only_go_forward_however_the_streams_come_in() -> None:
    assert read("two-executors", stderr_first=True).phase == "finished"
