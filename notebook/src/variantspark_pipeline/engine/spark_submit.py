"""VariantSpark in one JVM with all cores of this machine."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from .driver_log import DriverLog
    from .local_engine import LocalEngine

_GRACE_SECONDS = 5


def spark_submit(
    engine: LocalEngine,
    main_class: str,
    arguments: Sequence[str],
    *,
    memory_mib: int,
    settings: Mapping[str, str],
    folder: Path,
    log: DriverLog,
    on_look: Callable[[], None],
) -> int:
    """
    Runs in `folder`, where the names among the arguments lie. What interrupts it ends the engine.

    :param settings: Spark's, as the run says them
    :param on_look: called about once a second while it runs, after the log was read
    :returns: its exit code
    """
    process = subprocess.Popen(
        [*_command(engine, memory_mib, settings, folder), "--class", main_class, str(engine.jar), *arguments],
        cwd=folder,
        env=_environment(engine),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
        # Of its own, so that Ctrl-C reaches it through us, and so that all of it can be ended.
        start_new_session=sys.platform != "win32",
    )
    lines: queue.Queue[tuple[str, str | None]] = queue.Queue()
    for name, stream in (("stdout", process.stdout), ("stderr", process.stderr)):
        threading.Thread(target=_hear, args=(name, stream, lines), daemon=True).start()
    try:
        open_streams = 2
        while open_streams:
            open_streams -= _read(lines, log)
            on_look()
        return process.wait()
    finally:
        _end(process)


def _command(engine: LocalEngine, memory_mib: int, settings: Mapping[str, str], folder: Path) -> list[str]:
    submit = engine.spark_home / "bin" / ("spark-submit.cmd" if sys.platform == "win32" else "spark-submit")
    own = {
        "spark.ui.enabled": "false",
        "spark.local.dir": str(folder / "spark"),
        "spark.driver.host": "127.0.0.1",
    }
    confs = [word for name, value in {**settings, **own}.items() for word in ("--conf", f"{name}={value}")]
    return [str(submit), "--master", "local[*]", "--driver-memory", f"{memory_mib}m", *confs]


def _environment(engine: LocalEngine) -> dict[str, str]:
    places = {
        "JAVA_HOME": str(engine.java_home),
        "SPARK_HOME": str(engine.spark_home),
        "SPARK_LOCAL_IP": "127.0.0.1",
    }
    # The user's own Spark settings belong to another Spark.
    own = {name: value for name, value in os.environ.items() if not name.startswith(("SPARK_", "PYSPARK_"))}
    return {**own, **places}


def _hear(name: str, stream: IO[str] | None, lines: queue.Queue[tuple[str, str | None]]) -> None:
    for line in stream or ():
        lines.put((name, line.rstrip("\r\n")))
    lines.put((name, None))


def _read(lines: queue.Queue[tuple[str, str | None]], log: DriverLog) -> int:
    """Reads what has come, waiting at most a second for something. @returns how many streams have ended"""
    ended = 0
    try:
        name, line = lines.get(timeout=1)
        while True:
            if line is None:
                ended += 1
            elif name == "stdout":
                log.read_stdout(line)
            else:
                log.read_stderr(line)
            name, line = lines.get_nowait()
    except queue.Empty:
        return ended


def _end(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        _signal(process, signal.SIGTERM)
        try:
            process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            _signal(process, getattr(signal, "SIGKILL", signal.SIGTERM))
            process.wait()
    for stream in (process.stdout, process.stderr):
        if stream:
            stream.close()


def _signal(process: subprocess.Popen[str], number: int) -> None:
    """To the whole group: spark-submit is a shell script that becomes the JVM."""
    if sys.platform == "win32":
        process.terminate()
    else:
        os.killpg(process.pid, number)
