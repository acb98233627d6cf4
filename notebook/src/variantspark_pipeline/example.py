"""The example cohort: a piece of chromosome 22 of 1,092 people of the 1000 Genomes project; VariantSpark ships it."""

from __future__ import annotations

import shutil
from importlib import metadata
from pathlib import Path

from .errors import LocalEngineMissing

_FILES = ("chr22_1000.vcf.gz", "chr22-labels.csv")


def example_study(folder: str | Path = "chr22") -> Path:
    """
    Copies the cohort into a folder. Its phenotype, the column 22_16050408, is the genotype of that variant: it should
    come out first, and its neighbours in linkage after it.
    """
    try:
        shipped = metadata.files("variant-spark") or []
    except metadata.PackageNotFoundError as error:
        raise LocalEngineMissing("The example comes with the package variant-spark, which is not installed.") from error
    into = Path(folder)
    into.mkdir(parents=True, exist_ok=True)
    for file in shipped:
        if file.name in _FILES:
            # With its time, so that an upload finds it unchanged.
            shutil.copy2(Path(str(file.locate())), into / file.name)
    return into
