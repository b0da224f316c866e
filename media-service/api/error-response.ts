import {
  ConflictError,
  CorruptError,
  DeniedError,
  InvalidInputError,
  MediaError,
  NotFoundError,
  QuotaExceededError,
  UnauthenticatedError,
  UnavailableError,
} from "../domain/errors";

/** An error as a client sees it. */
export interface ErrorAnswer {
  readonly status: number;
  readonly message: string;
  /** For programs; most errors have none. */
  readonly code?: string;
}

const STATUSES: readonly (readonly [abstract new (message: string) => MediaError, number])[] = [
  [InvalidInputError, 400],
  [UnauthenticatedError, 401],
  [DeniedError, 403],
  [QuotaExceededError, 403],
  [NotFoundError, 404],
  [ConflictError, 409],
  [CorruptError, 500],
  [UnavailableError, 503],
];

/** What an error is answered with; of what is not ours nothing is told. */
export function errorAnswer(error: unknown): ErrorAnswer {
  if (error instanceof HttpError) return { status: error.status, message: error.message };
  if (error instanceof MediaError) {
    const status = STATUSES.find(([kind]) => error instanceof kind)?.[1] ?? 500;
    const code = error instanceof QuotaExceededError ? { code: error.code } : {};
    return { status, message: error.message, ...code };
  }
  const status = clientErrorStatus(error);
  return status === undefined
    ? { status: 500, message: "An error occurred while processing this request." }
    : { status, message: (error as Error).message };
}

/** A refusal that only exists because this is HTTP: a method or a form that is not offered. */
export class HttpError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
    this.name = "HttpError";
  }
}

// Fastify's own refusals, for example of a body that is too large.
function clientErrorStatus(error: unknown): number | undefined {
  const status = error instanceof Error ? (error as { statusCode?: number }).statusCode : undefined;
  return status !== undefined && status >= 400 && status < 500 ? status : undefined;
}
