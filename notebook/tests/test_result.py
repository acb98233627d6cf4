from __future__ import annotations

import json
import warnings
from pathlib import Path

import documents
import numpy as np
import pandas as pd
import pytest
from fake_cloud import FakeCloud
from matplotlib import pyplot as plt

from variantspark_pipeline import Pipeline, errors
from variantspark_pipeline.manhattan import manhattan_plot
from variantspark_pipeline.result import COLUMNS, importances_of, ranked_of

FIRST = {"variant": "22_16050408_T_C", "contig": "22", "pos": 16050408, "ref": "T", "alts": ["C"]}
SECOND = {"variant": "NA_7_A_|G", "contig": "NA", "pos": 7, "ref": "A", "alts": ["", "G"]}


def result_json(*ranked: dict[str, object]) -> bytes:
    return json.dumps({"formatVersion": 1, "ranked": ranked}).encode()


RANKED = result_json({"rank": 1, **FIRST, "importance": 33.95}, {"rank": 2, **SECOND, "importance": 1.5})
IMPORTANCE = b"variable,importance\nchrUn_KI270742v1_12_A_C|G,0.5\n22_16050408_T_C,33.95\nX_5_T_,2E-3\n"


def test_the_ranking_is_a_table_whose_alleles_and_contigs_stay_text() -> None:
    table = ranked_of(RANKED)
    assert list(table.columns) == COLUMNS
    assert table["contig"].tolist() == ["22", "NA"]
    assert table["alt"].tolist() == ["C", "|G"]
    assert table["pos"].dtype == "int64"


def test_a_newer_ranking_keeps_its_own_columns_behind_the_known_ones() -> None:
    table = ranked_of(result_json({"fdr": 0.01, "rank": 1, **FIRST, "importance": 1}))
    assert list(table.columns) == [*COLUMNS, "fdr"]
    assert list(ranked_of(result_json()).columns) == COLUMNS


def test_the_engines_own_names_are_taken_apart_and_ranked() -> None:
    table = importances_of(IMPORTANCE)
    assert table["rank"].tolist() == [1, 2, 3]
    assert table["contig"].tolist() == ["22", "chrUn_KI270742v1", "X"]
    assert table["alt"].tolist() == ["C", "C|G", ""]
    assert table["pos"].tolist() == [16050408, 12, 5]


def test_the_files_of_a_run_become_tables_figures_and_a_folder(
    cloud: FakeCloud, pipeline: Pipeline, tmp_path: Path
) -> None:
    cloud.runs = [documents.succeeded()]
    cloud.files = {"result.json": RANKED, "importance.csv": IMPORTANCE}
    run = pipeline.run("run-1")
    assert run.result["variant"].iloc[0] == "22_16050408_T_C"
    assert run.importances["importance"].tolist() == [33.95, 0.5, 0.002]
    assert {text.get_text() for text in run.manhattan().axes[0].texts} >= {"22_16050408_T_C"}
    assert run.summary["variants"] == 1988
    assert sorted(file.name for file in run.download(tmp_path)) == ["importance.csv", "result.json"]
    assert (tmp_path / "run-1" / "importance.csv").read_bytes() == IMPORTANCE
    # Links and files are asked for once.
    assert len(cloud.requests("GET", "/files/result.json")) == 2


def test_the_report_comes_when_it_is_there(cloud: FakeCloud, pipeline: Pipeline, tmp_path: Path) -> None:
    cloud.runs = [documents.succeeded()]
    run = pipeline.run("run-1")
    with pytest.raises(errors.NotFinished, match=r"report\.html"):
        run.report(tmp_path)
    cloud.files = {"report.html": b"<html></html>"}
    assert run.report(tmp_path).read_bytes() == b"<html></html>"


@pytest.mark.parametrize("name", ["../outside", "/etc/passwd", "a/../../b"])
def test_a_name_that_leads_out_of_the_folder_is_refused(
    cloud: FakeCloud, pipeline: Pipeline, tmp_path: Path, name: str
) -> None:
    cloud.runs = [documents.succeeded()]
    cloud.files = {name: b"x"}
    with pytest.raises(errors.ResultMissing, match="no name of a file"):
        pipeline.run("run-1").download(tmp_path)


def test_contigs_stand_in_the_genomes_order_and_the_plot_is_shown_once() -> None:
    contigs = ["10", "chr2", "X", "1", "MT", "GL000220"]
    table = pd.DataFrame({"variant": contigs, "contig": contigs, "pos": 5, "importance": 1.0})
    figure = manhattan_plot(table)
    assert [tick.get_text() for tick in figure.axes[0].get_xticklabels()] == ["1", "chr2", "10", "X", "MT", "GL000220"]
    assert plt.get_fignums() == []


def test_a_million_variants_are_thinned_to_what_a_picture_can_show() -> None:
    many = 1_000_000
    position = np.arange(many)
    table = pd.DataFrame({"variant": "v", "contig": "1", "pos": position, "importance": (position % 997) / 997})
    drawn = sum(np.shape(points.get_offsets())[0] for points in manhattan_plot(table).axes[0].collections)
    assert drawn < 25_000


def test_a_result_without_variants_is_an_empty_plot() -> None:
    table = importances_of(b"variable,importance\n")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(manhattan_plot(table).axes[0].texts) == 0
