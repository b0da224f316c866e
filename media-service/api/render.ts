import { errorAnswer } from "./error-response";
import type { ApiAnswer } from "./http";
import { chooseRepresentation, representationOfError } from "./representation";

/** An answer as it goes over the wire. */
export interface RenderedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * Writes an answer in the form that the client accepts.
 *
 * @throws HttpError 406 when that form is not offered.
 */
export function renderAnswer(
  { status, headers = {}, content }: ApiAnswer,
  { root, accept }: { root: string; accept: string | undefined },
): RenderedAnswer {
  if (content === undefined) return { status, headers };
  if (content.kind === "raw") {
    return {
      status,
      headers: { ...headers, "content-type": content.contentType },
      body: content.text,
    };
  }
  const representation = chooseRepresentation(accept);
  return {
    status,
    headers: { ...headers, "content-type": representation.contentType },
    body: representation.content(root, content),
  };
}

/** Writes an error in the form that the client accepts, or else in verbose JSON. */
export function renderError(error: unknown, accept: string | undefined): RenderedAnswer {
  const refused = errorAnswer(error);
  const representation = representationOfError(accept);
  return {
    status: refused.status,
    headers: { "content-type": representation.contentType },
    body: representation.error(refused),
  };
}
