/**
 * What can go wrong, by what the caller has to do about it. Nothing here knows of HTTP: the statuses
 * are chosen in `api/error-response.ts`.
 */
export abstract class MediaError extends Error {
  /** Stable, for programs; the message is for people. */
  abstract readonly code: string;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The request itself is wrong: change it. */
export class InvalidInputError extends MediaError {
  readonly code = "InvalidInput";
}

/** The thing that the request names does not exist. */
export class NotFoundError extends MediaError {
  readonly code = "NotFound";
}

/** The thing is not in the state that the request expects: read it again, then decide. */
export class ConflictError extends MediaError {
  readonly code = "Conflict";
}

/** The caller is known but may not do this. */
export class DeniedError extends MediaError {
  readonly code = "Denied";
}

/** A quota of the account is used up: delete something, or do without. */
export class QuotaExceededError extends MediaError {
  /** Clients look for exactly this word. */
  readonly code = "ExceededResourceQuota";
}

/** The caller has not shown who it is. */
export class UnauthenticatedError extends MediaError {
  readonly code = "Unauthenticated";
}

/** Something this service depends on does not answer: the same request may succeed later. */
export class UnavailableError extends MediaError {
  readonly code = "Unavailable";
}

/** Stored data is not what was written: an operator has to look. */
export class CorruptError extends MediaError {
  readonly code = "Corrupt";
}
