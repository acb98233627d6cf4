import { type ErrorCode, errorCatalogue } from "./catalogue.ts";

/** The only error class that the pipeline throws on purpose; what it means stands in the catalogue under its code. */
export class PipelineError extends Error {
  override readonly name = "PipelineError";
  readonly code: ErrorCode;
  /** The run's present state, where that is the trouble. */
  readonly state: string | undefined;

  /** @param detail what happened here, with the place; no sample names, no secrets. */
  constructor(code: ErrorCode, detail: string, options: ErrorOptions & { readonly state?: string } = {}) {
    super(detail, options);
    this.code = code;
    this.state = options.state;
  }

  get entry() {
    return errorCatalogue[this.code];
  }
}
