/**
 * Finds the exception that ended the engine in its log. A stack trace alone proves nothing: a run that lost two
 * executors and still came to the right result logged dozens. Those hang on a log line of level WARN or ERROR; the
 * fatal one stands alone, printed by the JVM ("Exception in thread …") or by VariantSpark's command line, which prints
 * it and exits with 2.
 */

export interface ErrorReading {
  /** The innermost cause of the first fatal exception; what is thrown after it is a consequence. */
  readonly error?: string | undefined;
  /**
   * What the last lines of stderr were: ordinary log, a logged problem with its trace, or the trace of a fatal
   * exception.
   */
  readonly inside: "log" | "logged-problem" | "fatal-trace";
  /** The innermost cause of the logged problem. */
  readonly suspect?: string | undefined;
}

export const noError: ErrorReading = { inside: "log" };

/** Takes the lines of stderr in order. */
export function readStderrLine(reading: ErrorReading, whole: string): ErrorReading {
  const line = whole.slice(0, LONGEST_LINE);
  const logged = LOG_LINE.exec(line);
  if (logged) return afterLogLine(reading, logged);
  const cause = CAUSED_BY.exec(line)?.[1];
  if (cause !== undefined) return afterCause(reading, plainCause(cause));
  const [, thread, thrown] = THROWN.exec(line) ?? [];
  if (thrown === undefined || reading.error !== undefined) return reading;
  if (reading.inside === "logged-problem" && thread === undefined) return { ...reading, suspect: plainCause(thrown) };
  return { error: plainCause(thrown), inside: "fatal-trace" };
}

/**
 * Takes the lines of stdout, where unknown options are named, and where a JVM says that it exits for want of memory.
 */
export function readStdoutLine(reading: ErrorReading, line: string): ErrorReading {
  const spoken = SPOKEN.exec(line);
  if (!spoken || reading.error !== undefined) return reading;
  return { ...reading, error: plainCause(spoken[1] ?? spoken[2] ?? spoken[3] ?? line) };
}

/** "26/11/24 07:58:39 ERROR Executor: …": Spark's own pattern, which EMR keeps. */
const LOG_LINE = /^\d\d\/\d\d\/\d\d \d\d:\d\d:\d\d ([A-Z]+) ([^:]+): ?(.*)/;
const CAUSED_BY = /^Caused by: (.*)$/;
const THROWN = /^(Exception in thread ".*" )?((?:[\w$]+\.)+[\w$]*(?:Exception|Error)[\w$]*(?:: .*)?)$/;
/** The last is what a JVM with -XX:OnOutOfMemoryError, which EMR gives to drivers, says before it is killed. */
const SPOKEN = /^(?:ERROR: (".*)|(?:Terminating|Aborting) due to (.*)|# (java\.lang\.OutOfMemoryError: .*))$/;
/** Spark on Kubernetes then exits with 11, and throws nothing. */
const GIVEN_UP = /^Max number of executor failures \(\d+\) reached$/;
const SHUTDOWN = "Invoking stop() from shutdown hook";
const LONGEST_ERROR = 300;
/** What names an exception stands at a line's beginning. THROWN takes time with the square of a line made for it: 44 s for 250 kB. */
const LONGEST_LINE = 4_096;

/**
 * A trace right before Spark is shut down was the fatal one, even if the log line before it was a warning without a
 * trace.
 */
function afterLogLine(reading: ErrorReading, [, level, logger, message = ""]: RegExpExecArray): ErrorReading {
  const fatal = fatalOf(reading, message);
  // This handler logs what then ends the JVM.
  const problem = (level === "WARN" || level === "ERROR") && logger !== "SparkUncaughtExceptionHandler";
  return { error: reading.error ?? fatal, inside: problem ? "logged-problem" : "log" };
}

function fatalOf({ suspect }: ErrorReading, message: string): string | undefined {
  if (GIVEN_UP.test(message)) return message;
  return message.includes(SHUTDOWN) ? suspect : undefined;
}

function afterCause(reading: ErrorReading, cause: string): ErrorReading {
  switch (reading.inside) {
    case "fatal-trace":
      return { ...reading, error: cause };
    case "logged-problem":
      return { ...reading, suspect: cause };
    case "log":
      return reading;
  }
}

/**
 * "java.lang.NumberFormatException: For input string: "x"" → "NumberFormatException: For input string: "x"". A tab
 * begins the genotypes of a VCF line that htsjdk quotes, and "key not found" names the sample: neither leaves this
 * function.
 */
function plainCause(thrown: string): string {
  return thrown
    .replace(/^.*most recent failure: Lost task \S+ in stage \S+ \(TID \d+\) \([^)]*\): /, "")
    .replace(/^(?:[\w$]+\.)+(?=[\w$]+(?::|$))/, "")
    .replace(/^(NoSuchElementException: key not found): .*/, "$1")
    .replace(/\t.*/s, " …")
    .slice(0, LONGEST_ERROR);
}
