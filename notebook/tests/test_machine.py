from __future__ import annotations

from pathlib import Path

import pytest

from variantspark_pipeline.machine import Machine, this_machine
from variantspark_pipeline.run_locally import memory_mib


def test_a_container_has_what_its_limits_allow(tmp_path: Path) -> None:
    (tmp_path / "cpu.max").write_text("100000 100000\n")
    (tmp_path / "memory.max").write_text(f"{2**29}\n")
    assert this_machine(tmp_path) == Machine(1, 0.5)


def test_limits_that_are_none_change_nothing(tmp_path: Path) -> None:
    without = this_machine(tmp_path)
    (tmp_path / "cpu.max").write_text("max 100000\n")
    (tmp_path / "memory.max").write_text("max\n")
    assert this_machine(tmp_path) == without
    assert without.cores >= 1
    assert without.memory_gib > 0


@pytest.mark.parametrize(("memory_gib", "given"), [(64, 4096), (2, 1638), (0.3, 512)])
def test_the_engine_gets_what_was_estimated_but_not_more_than_there_is(memory_gib: float, given: int) -> None:
    assert memory_mib({"driverMemoryMiB": 4096}, Machine(4, memory_gib)) == given
