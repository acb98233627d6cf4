/** Listens to a driver's standard error for the line that most likely tells why it ended. */
export interface ErrorListener {
  hear(line: string): void;
  /** Empty if it said nothing. */
  last(): string;
}

/** From here on Spark takes itself down, and what it says tells nothing about why. */
const SHUTTING_DOWN = /Invoking stop\(\) from shutdown hook|Shutdown hook called/;
const TELLING = /^(Caused by: |Exception in thread )|^(\w+\.)*\w*(Exception|Error)(:|$)| ERROR |^Error: /;

export function listenForErrors(): ErrorListener {
  let lastLine = "";
  let lastError = "";
  let shuttingDown = false;
  return {
    hear(line) {
      if (!line.trim()) return;
      shuttingDown ||= SHUTTING_DOWN.test(line);
      if (shuttingDown) return;
      lastLine = line;
      if (TELLING.test(line)) lastError = line;
    },
    last: () => lastError || lastLine,
  };
}
