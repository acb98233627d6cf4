"""How many cores and how much memory this machine has for a local run."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Machine:
    cores: int
    #: Rounded down to tenths.
    memory_gib: float


def this_machine(cgroup: Path = Path("/sys/fs/cgroup")) -> Machine:
    """What the operating system gives this process: inside a container less than the machine has."""
    cores = _allowed_cores()
    quota = _words(cgroup / "cpu.max")
    if len(quota) == 2 and quota[0].isdigit() and int(quota[1]) > 0:
        cores = min(cores, max(1, int(quota[0]) // int(quota[1])))
    memory = _physical_bytes()
    limit = _words(cgroup / "memory.max")
    if limit and limit[0].isdigit():
        memory = min(memory, int(limit[0]))
    return Machine(cores, memory * 10 // 2**30 / 10)


def _allowed_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _physical_bytes() -> int:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        # Windows has no sysconf; the pipeline's own assumption for a laptop.
        return 16 * 2**30


def _words(file: Path) -> list[str]:
    try:
        return file.read_text().split()
    except OSError:
        return []
