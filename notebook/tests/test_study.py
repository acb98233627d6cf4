from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from variantspark_pipeline import errors
from variantspark_pipeline.parameters import analysis_fields
from variantspark_pipeline.study import Study, study_name, study_of


def folder_with(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("{}")
    return folder


def names_of(study: Study) -> list[str]:
    return [one.name for one in study.objects]


@pytest.mark.parametrize(
    ("text", "name"),
    [("My Cohort (2026)", "my-cohort-2026"), ("Größe", "groe"), ("___", "study"), ("x" * 99, "x" * 40)],
)
def test_any_name_becomes_one_of_a_folder(text: str, name: str) -> None:
    assert study_name(text) == name


def test_a_folder_goes_up_with_its_subfolders_but_without_what_is_hidden_or_foreign(tmp_path: Path) -> None:
    folder = folder_with(
        tmp_path / "c", "b/x.vcf.gz", "a.vcf", "p.csv", ".DS_Store", "_tmp.vcf", "plot.png", "README.txt"
    )
    assert names_of(study_of(folder, None, {}, None)) == ["a.vcf", "b/x.vcf.gz", "p.csv"]


def test_other_files_of_the_same_folder_name_get_another_folder_of_the_inbox(tmp_path: Path) -> None:
    one = study_of(folder_with(tmp_path / "1/data", "a.vcf", "p.csv"), None, {}, None)
    same = study_of(folder_with(tmp_path / "2/data", "a.vcf", "p.csv"), None, {"trees": 5}, None)
    other = study_of(folder_with(tmp_path / "3/data", "b.vcf", "p.csv"), None, {}, None)
    assert one.prefix == same.prefix != other.prefix


def test_a_list_of_files_and_a_table_from_memory(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, "a.vcf", "b.vcf", "other.csv")
    labels = pd.DataFrame({"case": [0, 1]}, index=["s1", "s2"])
    study = study_of([folder / "a.vcf", folder / "b.vcf"], labels, {}, "mine")
    assert (study.prefix, names_of(study)) == ("mine/", ["a.vcf", "b.vcf", "labels.csv"])
    assert study.objects[-1].source == b"sample,case\ns1,0\ns2,1\n"


def test_a_table_whose_first_column_is_the_sample_keeps_its_columns(tmp_path: Path) -> None:
    labels = pd.DataFrame({"sample": ["s1"], "case": [1]})
    study = study_of(folder_with(tmp_path, "a.vcf"), labels, {}, None)
    assert study.objects[-1].source == b"sample,case\ns1,1\n"


def test_the_named_table_takes_the_place_of_the_others(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, "a.vcf", "1.csv", "2.csv")
    assert names_of(study_of(folder, folder / "2.csv", {}, None)) == ["a.vcf", "2.csv"]


def test_parameters_are_written_over_those_of_the_folder(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, "a.vcf", "p.csv")
    (folder / "analysis.json").write_text('{"trees": 100, "seed": 1}')
    study = study_of(folder, None, analysis_fields({"trees": 500, "label_column": "case"}), None)
    source = study.objects[-1].source
    assert isinstance(source, bytes)
    assert json.loads(source) == {"trees": 500, "seed": 1, "labelColumn": "case"}


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["p.csv"], "no VCF"),
        (["a.vcf"], "labels="),
        (["a.vcf", "1.csv", "2.tsv"], r"1\.csv, 2\.tsv"),
    ],
)
def test_what_is_no_study_is_refused_before_anything_is_sent(tmp_path: Path, names: list[str], words: str) -> None:
    with pytest.raises(errors.StudyUnusable, match=words):
        study_of(folder_with(tmp_path / "c", *names), None, {}, None)


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(errors.StudyUnusable, match="nowhere"):
        study_of(tmp_path / "nowhere", None, {}, None)


def test_the_spelling_of_the_pipelines_own_messages_is_taken_too() -> None:
    assert analysis_fields({"localFdr": True, "oob_error": True}) == {"localFdr": True, "oobError": True}


def test_a_parameter_that_does_not_exist_is_named_with_those_that_do() -> None:
    parameters: dict[str, Any] = {"tree": 5}
    with pytest.raises(errors.InvalidRequest, match=r"tree\.\n→ .*trees, mtry_fraction"):
        analysis_fields(parameters)
