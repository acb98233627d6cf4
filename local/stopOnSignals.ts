/** Ctrl-C and a polite kill end what was started, once, and then this process. */
export function stopOnSignals(stop: () => Promise<void>): void {
  for (const [signal, exitCode] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)
    process.once(signal, () => void stop().finally(() => process.exit(exitCode)));
}
