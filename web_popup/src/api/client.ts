/** The one door to the service's HTTP API: typed by its OpenAPI document, CSRF token and idempotency key added here. */
import createClient from "openapi-fetch";
import { offlineProblem, ProblemError, problemFrom } from "./errors";
import type { Import, paths } from "./types";

let csrfToken = "";
let onSignedOut: () => void = () => {};

/** Every unsafe request carries the session's token. */
export function setCsrfToken(token: string): void {
  csrfToken = token;
}

/** Called when the service says that nobody is signed in. */
export function whenSignedOut(listener: () => void): void {
  onSignedOut = listener;
}

/** A key of which no second exists; also where the page is not served over HTTPS. */
export function uniqueKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function unsafeHeaders(headers: Headers): void {
  headers.set("X-CSRF-Token", csrfToken);
  if (!headers.has("Idempotency-Key")) headers.set("Idempotency-Key", uniqueKey());
}

export const api = createClient<paths>({ baseUrl: "", credentials: "same-origin" });

api.use({
  onRequest({ request }) {
    if (request.method !== "GET") unsafeHeaders(request.headers);
    return request;
  },
});

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The data of an answer. Throws ProblemError, with code `offline` where no answer came. */
export async function ok<T>(request: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await request;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw offlineProblem();
  }
  if (answer.response.ok) return answer.data as T;
  const problem = problemFrom(answer.response.status, answer.error);
  if (problem.status === 401 && problem.code === "not_signed_in") onSignedOut();
  throw problem;
}

/** Like `ok`, but an answer with the status `nothing` is null. */
export async function okOrNull<T>(request: Promise<Answer<T>>, nothing = 404): Promise<T | null> {
  try {
    return await ok(request);
  } catch (error) {
    if (error instanceof ProblemError && error.status === nothing) return null;
    throw error;
  }
}

/** Send a file of contacts; the import then runs on in the service. */
export async function uploadContacts(file: File): Promise<Import> {
  const body = new FormData();
  body.append("file", file);
  const headers = new Headers();
  unsafeHeaders(headers);
  const request = fetch("/api/v1/contacts/import", { method: "POST", body, headers, credentials: "same-origin" });
  return ok(
    request.then(async (response) => {
      const content: unknown = await response.json().catch(() => null);
      return response.ok ? { data: content as Import, response } : { error: content, response };
    }),
  );
}
