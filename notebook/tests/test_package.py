from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

from variantspark_pipeline import errors
from variantspark_pipeline.engine import local_engine

PROJECT = Path(__file__).parents[1]


def test_the_wheel_holds_every_module_and_says_that_it_is_typed(tmp_path: Path) -> None:
    wheel = next(WheelBuilder(str(PROJECT)).build(directory=str(tmp_path), versions=["standard"]))
    names = set(zipfile.ZipFile(wheel).namelist())
    sources = {file.relative_to(PROJECT / "src").as_posix() for file in (PROJECT / "src").rglob("*.py")}
    assert len(sources) > 20
    assert sources | {"variantspark_pipeline/py.typed"} <= names


def test_the_example_notebook_is_committed_without_outputs() -> None:
    notebook = json.loads((PROJECT / "getting-started.ipynb").read_text())
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert len(code) > 5
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)


def test_without_the_extra_packages_it_says_how_to_install_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(errors.LocalEngineMissing, match=r"variantspark-pipeline\[local\]"):
        local_engine.local_engine()
