"""A run on this machine, with a program in VariantSpark's place that writes the same log."""

from __future__ import annotations

import os
import stat
import sys
import time
from pathlib import Path

import documents
import pytest
from fake_cloud import FakeCloud
from recording_screen import RecordingScreen

from variantspark_pipeline import Pipeline, errors, run_locally
from variantspark_pipeline.engine.local_engine import LocalEngine

ENGINE = """#!{python}
import pathlib, sys, time
pathlib.Path("arguments").write_text("\\n".join(sys.argv[1:]))
{body}
"""
GOOD = """
print("Loaded variables: x, total: 3, took: 1.5")
print("Training random forest with trees: 500")
print("Finished trees: 500, current oobError: 0.1, totalTime: 2.5 s, avg timePerTree: 0.1 s")
pathlib.Path("importance.csv").write_text("variable,importance\\n1_2_A_C,0.5\\n")
"""
BAD = """
print("java.lang.OutOfMemoryError: Java heap space", file=sys.stderr)
sys.exit(52)
"""
ENDLESS = """
pathlib.Path("pid").write_text(str(__import__("os").getpid()))
print("Loaded variables: x, total: 3, took: 1.5", flush=True)
time.sleep(600)
"""


def engine_that(monkeypatch: pytest.MonkeyPatch, folder: Path, body: str) -> None:
    submit = folder / "spark" / "bin" / "spark-submit"
    submit.parent.mkdir(parents=True)
    submit.write_text(ENGINE.format(python=sys.executable, body=body))
    submit.chmod(submit.stat().st_mode | stat.S_IXUSR)
    engine = LocalEngine(spark_home=folder / "spark", java_home=folder / "java", jar=folder / "variantspark.jar")
    monkeypatch.setattr(run_locally, "local_engine", lambda: engine)


def waiting(cloud: FakeCloud) -> None:
    cloud.runs = [documents.chosen("AwaitLocal", "local")]
    cloud.files = {"matrix/part-1.parquet": b"genotypes", "labels.csv": b"sample,label\n"}


def test_it_fetches_computes_and_hands_in(
    cloud: FakeCloud, pipeline: Pipeline, screen: RecordingScreen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine_that(monkeypatch, tmp_path, GOOD)
    waiting(cloud)
    links = [{"name": name, "url": f"{cloud.url}/files/{name}"} for name in cloud.files]
    engine = {
        "mainClass": "au.csiro.Main",
        "arguments": ["importance", "-rn", "500"],
        "driverMemoryMiB": 4096,
        "settings": {"spark.default.parallelism": "6"},
    }
    document = {
        "inputs": links,
        "results": [],
        "uploads": [{"name": "importance.csv", "url": f"{cloud.url}/files/importance.csv"}],
        "engine": engine,
    }
    cloud.answers["GET /runs/run-1/files"] = [(200, document), (200, document)]
    run = pipeline.run("run-1")
    cloud.runs = [
        documents.chosen("AwaitLocal", "local"),
        documents.chosen("AwaitLocal", "local"),
        documents.succeeded("local"),
    ]
    run.run_locally(tmp_path / "files")
    assert (tmp_path / "files" / "matrix" / "part-1.parquet").read_bytes() == b"genotypes"
    arguments = (tmp_path / "files" / "arguments").read_text().split("\n")
    assert arguments[-5:] == ["au.csiro.Main", str(tmp_path / "variantspark.jar"), "importance", "-rn", "500"]
    assert "4096m" in arguments
    assert "spark.default.parallelism=6" in arguments
    assert cloud.files["importance.csv"] == b"variable,importance\n1_2_A_C,0.5\n"
    seconds = cloud.requests("POST", "/runs/run-1/local-result")[0].json["seconds"]
    assert (seconds["load"], seconds["trees"]) == (1.5, 2.5)
    assert seconds["total"] > 0
    shown = [[bar.label for bar in picture.bars] for picture in screen.pictures]
    assert ["Download", "Start Spark", "Load and cache", "Trees", "Result"] in shown
    assert screen.pictures[-1].status == "Succeeded"


def test_an_engine_that_gives_up_says_why_and_the_run_waits_on(
    cloud: FakeCloud, pipeline: Pipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine_that(monkeypatch, tmp_path, BAD)
    waiting(cloud)
    with pytest.raises(errors.EngineFailed, match=r"OutOfMemoryError: Java heap space\.\n→ Close other programs"):
        pipeline.run("run-1").run_locally(tmp_path / "files")
    assert cloud.requests("POST", "/runs/run-1/local-result") == []


def test_an_interrupt_ends_the_engine_and_leaves_the_run_waiting(
    cloud: FakeCloud, pipeline: Pipeline, screen: RecordingScreen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine_that(monkeypatch, tmp_path, ENDLESS)
    waiting(cloud)
    draw = screen.draw

    def interrupt(picture: object) -> None:
        draw(picture)  # type: ignore[arg-type]
        if any(bar.label == "Start Spark" and bar.fraction == 1 for bar in screen.pictures[-1].bars):
            raise KeyboardInterrupt

    monkeypatch.setattr(screen, "draw", interrupt)
    pipeline.run("run-1").run_locally(tmp_path / "files")
    assert "The run goes on" in screen.said[-1]
    pid = int((tmp_path / "files" / "pid").read_text())
    with pytest.raises(ProcessLookupError):
        for _ in range(50):
            os.kill(pid, 0)
            time.sleep(0.1)
    assert cloud.requests("DELETE", ".*") == []


def test_files_that_were_fetched_before_are_kept(
    cloud: FakeCloud, pipeline: Pipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine_that(monkeypatch, tmp_path, BAD)
    waiting(cloud)
    run = pipeline.run("run-1")
    for _ in range(2):
        with pytest.raises(errors.EngineFailed):
            run.run_locally(tmp_path / "files")
        os.utime(tmp_path / "files" / "labels.csv", (1, 1))
    assert (tmp_path / "files" / "labels.csv").stat().st_mtime == 1


def test_a_run_that_went_to_aws_is_not_computed_here(cloud: FakeCloud, pipeline: Pipeline) -> None:
    cloud.runs = [documents.chosen("Observe")]
    with pytest.raises(errors.NotWaiting, match="does not wait for a local result"):
        pipeline.run("run-1").run_locally()


def test_a_result_survives_a_moment_without_network_and_is_uploaded_once(screen: RecordingScreen) -> None:
    attempts: list[str] = []
    pauses: list[float] = []

    def act() -> None:
        attempts.append("x")
        if len(attempts) < 3:
            raise errors.Offline("Gone.", retryable=True)

    run_locally._persistently(act, screen, pauses.append)
    assert (len(attempts), pauses) == (3, [2, 4])
    assert screen.said[0] == "Gone. Trying again in 2 s."


def test_a_result_that_is_refused_is_not_tried_again(screen: RecordingScreen) -> None:
    attempts: list[str] = []

    def act() -> None:
        attempts.append("x")
        raise errors.ResultMalformed("Not VariantSpark's.")

    with pytest.raises(errors.ResultMalformed):
        run_locally._persistently(act, screen)
    assert attempts == ["x"]
