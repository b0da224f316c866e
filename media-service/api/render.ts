import { type ErrorAnswer, errorAnswer } from "./error-response";
import type { ApiAnswer } from "./http";
import {
  chooseRepresentation,
  representationOfError,
  type Wishes,
} from "./representations/choose-representation";
import type { WriteContext } from "./representations/representation";

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
  context: WriteContext,
  wishes: Wishes,
): RenderedAnswer {
  if (content === undefined) return { status, headers };
  if (content.kind === "raw") {
    return {
      status,
      headers: { ...headers, "content-type": content.contentType },
      body: content.text,
    };
  }
  const { contentType, text } = chooseRepresentation(wishes).content(context, content);
  return { status, headers: { ...headers, "content-type": contentType }, body: text };
}

/** Writes an error in the form that the client accepts, or else in XML. */
export function renderError(error: unknown, wishes: Wishes): RenderedAnswer {
  const refused: ErrorAnswer = errorAnswer(error);
  const { contentType, text } = representationOfError(wishes).error(refused);
  return { status: refused.status, headers: { "content-type": contentType }, body: text };
}
