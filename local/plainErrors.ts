/** Imported by commands for people: an error that ends one is printed as what it says, with its causes and without the stack. */
process.on("uncaughtException", (error) => {
  for (let cause: unknown = error; cause !== undefined; cause = cause instanceof Error ? cause.cause : undefined)
    console.error(cause instanceof Error ? cause.message : cause);
  process.exit(1);
});
