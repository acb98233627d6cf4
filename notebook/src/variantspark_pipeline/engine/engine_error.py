"""Finds the exception that ended the engine in its log. A stack trace alone proves nothing: those that hang on a log
line of level WARN or ERROR were survived. The fatal one stands alone, printed by the JVM or by VariantSpark's command
line."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class ErrorReading:
    #: The innermost cause of the first fatal exception.
    error: str | None = None
    #: What the last lines of stderr were: "log", "logged-problem" or "fatal-trace".
    inside: str = "log"
    #: The innermost cause of the logged problem.
    suspect: str | None = None


def read_stderr_line(reading: ErrorReading, line: str) -> ErrorReading:
    logged = _LOG_LINE.match(line)
    if logged:
        return _after_log_line(reading, line, logged)
    cause = _CAUSED_BY.match(line)
    if cause:
        return _after_cause(reading, _plain_cause(cause[1]))
    thrown = _THROWN.match(line)
    if not thrown or reading.error is not None:
        return reading
    if reading.inside == "logged-problem" and thrown[1] is None:
        return replace(reading, suspect=_plain_cause(thrown[2]))
    return ErrorReading(error=_plain_cause(thrown[2]), inside="fatal-trace")


def read_stdout_line(reading: ErrorReading, line: str) -> ErrorReading:
    """Stdout names unknown options, and says when the JVM exits for want of memory."""
    spoken = _SPOKEN.match(line)
    if not spoken or reading.error is not None:
        return reading
    return replace(reading, error=_plain_cause(spoken[1] or spoken[2] or line))


#: "26/11/24 07:58:39 ERROR Executor: …", Spark's own pattern.
_LOG_LINE = re.compile(r"\d\d/\d\d/\d\d \d\d:\d\d:\d\d ([A-Z]+) ([^:]+):")
_CAUSED_BY = re.compile(r"Caused by: (.*)$")
_THROWN = re.compile(r'(Exception in thread ".*" )?((?:[\w$]+\.)+[\w$]*(?:Exception|Error)[\w$]*(?:: .*)?)$')
_SPOKEN = re.compile(r'(?:ERROR: (".*)|(?:Terminating|Aborting) due to (.*))$')
_SHUTDOWN = "Invoking stop() from shutdown hook"
_LOST_TASK = re.compile(r"^.*most recent failure: Lost task \S+ in stage \S+ \(TID \d+\) \([^)]*\): ")
_PACKAGE = re.compile(r"^(?:[\w$]+\.)+(?=[\w$]+(?::|$))")
_KEY = re.compile(r"^(NoSuchElementException: key not found): .*")
_LONGEST_ERROR = 300


def _after_log_line(reading: ErrorReading, line: str, logged: re.Match[str]) -> ErrorReading:
    """A trace right before Spark is shut down was the fatal one, even if the line before it was only a warning."""
    fatal = reading.suspect if _SHUTDOWN in line else None
    # This handler logs what then ends the JVM.
    problem = logged[1] in ("WARN", "ERROR") and logged[2] != "SparkUncaughtExceptionHandler"
    return ErrorReading(reading.error or fatal, "logged-problem" if problem else "log")


def _after_cause(reading: ErrorReading, cause: str) -> ErrorReading:
    if reading.inside == "fatal-trace":
        return replace(reading, error=cause)
    return replace(reading, suspect=cause) if reading.inside == "logged-problem" else reading


def _plain_cause(thrown: str) -> str:
    """Without packages. A tab begins the genotypes of a quoted VCF line, and "key not found" names the sample: neither
    is kept."""
    plain = _KEY.sub(r"\1", _PACKAGE.sub("", _LOST_TASK.sub("", thrown)))
    return re.sub(r"\t.*$", " …", plain)[:_LONGEST_ERROR]
