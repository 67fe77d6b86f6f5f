/** What can go wrong with a request, in one class. */
import type { ProblemBody } from "./types";

export class ProblemError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly fields: ReadonlyArray<{ field: string; message: string }> = [],
  ) {
    super(message);
    this.name = "ProblemError";
  }

  /** The message for one field of a form, or undefined. */
  field(name: string): string | undefined {
    return this.fields.find((one) => one.field === name || one.field.startsWith(`${name}.`))?.message;
  }

  /** Trying the same again later may work. */
  get passing(): boolean {
    return this.status === 0 || this.status === 503 || this.status === 429 || this.status >= 500;
  }
}

/** The service did not answer at all. */
export const offlineProblem = () => new ProblemError(0, "offline", "The service does not answer.");

/** The error of an answer that is none of the good ones; `body` is what came, problem+json or not. */
export function problemFrom(status: number, body: unknown): ProblemError {
  if (typeof body === "object" && body !== null && "code" in body) {
    const problem = body as ProblemBody;
    const fields = (problem.errors ?? []).map((one) => ({ field: one.field ?? "", message: one.message ?? "" }));
    return new ProblemError(status, problem.code, problem.detail, fields);
  }
  return new ProblemError(status, status >= 500 ? "unavailable" : "error", `HTTP ${status}`);
}
