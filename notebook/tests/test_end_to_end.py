"""On the local cloud, with the real VariantSpark; `npm run test:notebook` starts it once for all of these."""

from __future__ import annotations

import gzip
import os
import threading
import time
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
from nbclient import NotebookClient
from recording_screen import RecordingScreen

from variantspark_pipeline import Pipeline, Run, errors, example_study

pytestmark = pytest.mark.end_to_end
NOTEBOOK = Path(__file__).parents[1] / "getting-started.ipynb"
RENDERED = os.environ.get("VARIANTSPARK_RENDERED_NOTEBOOK")


def small_study(folder: Path, records: int = 300) -> Path:
    """The first records of the example: enough to run the engine in seconds."""
    study = example_study(folder)
    file = study / "chr22_1000.vcf.gz"
    lines = gzip.decompress(file.read_bytes()).decode().splitlines(keepends=True)
    header = sum(line.startswith("#") for line in lines)
    file.write_bytes(gzip.compress("".join(lines[: header + records]).encode()))
    return study


def ends(run: Run, screen: RecordingScreen) -> Any:
    run.watch()
    ending = screen.pictures[-1].ending
    assert ending is not None
    assert ending.good, ending.message
    return ending


def test_the_example_notebook_runs_from_top_to_bottom(tmp_path: Path) -> None:
    """A person presses the button; here somebody answers through the API while the cell waits."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)  # type: ignore[no-untyped-call]
    stop = threading.Event()
    presser = threading.Thread(target=_choose_when_asked, args=(Pipeline(), stop))
    presser.start()
    try:
        NotebookClient(notebook, timeout=280, resources={"metadata": {"path": str(tmp_path)}}).execute()
    finally:
        stop.set()
        presser.join()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert not [output for output in outputs if output.output_type == "error"]
    images = [output for output in outputs if "image/png" in output.get("data", {})]
    assert len(images) == 1
    tables = [str(output.data["text/html"]) for output in outputs if "text/html" in output.get("data", {})]
    assert "22_16050408_T_C" in tables[-1]
    if RENDERED:
        nbformat.write(notebook, RENDERED)  # type: ignore[no-untyped-call]


def test_a_script_submits_prepares_and_reads_the_result(tmp_path: Path) -> None:
    screen = RecordingScreen()
    pipeline = Pipeline(screen=lambda: screen)
    run = pipeline.submit(small_study(tmp_path / "prepared"), label_column="22_16050408", trees=20, batch_size=10)
    run.choose("aws-spot", prepare=True)
    ending = ends(run, screen)
    labels = {bar.label for picture in screen.pictures for bar in picture.bars}
    assert {"Upload", "Prepare", "Start nodes", "Load and cache", "Trees", "Result"} <= labels
    assert run.result["variant"].head(len(ending.top)).tolist() == [variant for _, variant, _ in ending.top]
    assert len(run.importances) >= len(run.result) > 0
    assert set(run.result["contig"]) == {"22"}
    assert run.id in pipeline.runs()["id"].tolist()
    with pytest.raises((errors.AlreadyChosen, errors.NotWaiting)):
        run.choose("local")


def test_the_same_study_again_on_this_machine(tmp_path: Path) -> None:
    screen = RecordingScreen()
    pipeline = Pipeline(screen=lambda: screen)
    study = small_study(tmp_path / "local")
    run = pipeline.submit(study, label_column="22_16050408", trees=20, batch_size=10)
    screen.pictures.clear()
    same = pipeline.submit(study, label_column="22_16050408", trees=20, batch_size=10)
    assert "were there" in screen.pictures[-1].bars[0].text
    run.run_locally()
    assert run.state == "Succeeded"
    assert same.refresh().study == run.refresh().study
    assert run.summary["where"] == "local"
    assert run.summary["seconds"]["trees"]["actual"] > 0
    assert not (Path(os.environ["XDG_CACHE_HOME"]) / "variantspark-pipeline" / "runs" / run.id).exists()
    other = run.again(seed=14, trees=10)
    other.run_locally(tmp_path / "files")
    assert other.id != run.id
    assert other.summary["parameters"]["trees"] == 10
    assert (tmp_path / "files" / "importance.csv").exists()


def test_a_study_that_cannot_be_run_says_why(tmp_path: Path) -> None:
    study = small_study(tmp_path / "unlabelled")
    table = pd.read_csv(study / "chr22-labels.csv", index_col=0)
    screen = RecordingScreen()
    run = Pipeline(screen=lambda: screen).submit(study, labels=table.iloc[:0], label_column="22_16050408")
    run.watch()
    assert screen.pictures[-1].ending is not None
    assert not screen.pictures[-1].ending.good
    assert any(finding.severity == "error" and finding.remedy for finding in screen.pictures[-1].findings)


def _choose_when_asked(pipeline: Pipeline, stop: threading.Event) -> None:
    seen = set(pipeline.runs()["id"])
    while not stop.is_set():
        for run_id in pipeline.runs()["id"]:
            if run_id not in seen and pipeline.run(run_id).state == "Ask":
                pipeline.run(run_id).choose("aws-spot")
                return
        time.sleep(0.5)
