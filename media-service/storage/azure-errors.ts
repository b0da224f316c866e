import { RestError } from "@azure/storage-blob";
import { ConflictError, DeniedError, NotFoundError, UnavailableError } from "../domain/errors";

// Every Azure SDK may bring its own copy of the error class: look at the shape, not the class.
interface AzureError {
  readonly statusCode?: number;
  readonly code?: string;
  readonly name?: string;
  readonly message: string;
}

/** The errors with which an identity answers when it has no token to give. */
const NO_TOKEN = /^(CredentialUnavailable|(Aggregate)?Authentication(Required)?)Error$/;

/**
 * What an error of the store means to us; `what` names the thing that was asked for. An abort, or
 * an error that is not the store's, is passed through.
 */
export function storeError(cause: unknown, what: string): Error {
  if (!(cause instanceof Error)) return new Error(`${what}: ${String(cause)}`);
  const { statusCode, code, name } = cause as AzureError;
  if (name === "AbortError") return cause;
  if (name !== undefined && NO_TOKEN.test(name)) {
    const problem = `the managed identity gave no token (${cause.message})`;
    return new UnavailableError(`${what}: ${problem}`, { cause });
  }
  if (statusCode === undefined) {
    const isNetwork = name === "RestError" || cause instanceof RestError || code !== undefined;
    return isNetwork
      ? new UnavailableError(`${what}: the store does not answer`, { cause })
      : cause;
  }
  return errorOfStatus(statusCode, `${what}: ${code ?? `status ${statusCode}`}`, cause);
}

/** The status with which the store refused, or undefined. */
export function statusOf(cause: unknown): number | undefined {
  return cause instanceof Error ? (cause as AzureError).statusCode : undefined;
}

/** The store's own code of an error, for example `ContainerNotFound`. */
export function codeOf(cause: unknown): string | undefined {
  return cause instanceof Error ? (cause as AzureError).code : undefined;
}

function errorOfStatus(status: number, message: string, cause: Error): Error {
  if (status === 404) return new NotFoundError(message, { cause });
  if (status === 409 || status === 412 || status === 304) {
    return new ConflictError(message, { cause });
  }
  if (status === 401 || status === 403) return new DeniedError(message, { cause });
  if (status === 408 || status === 429 || status >= 500) {
    return new UnavailableError(message, { cause });
  }
  return new Error(message, { cause });
}
