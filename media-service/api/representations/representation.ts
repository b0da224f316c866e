import type { ErrorAnswer } from "../error-response";
import type { ApiContent } from "../http";

/** What is written in the form that a client asks for. */
export type StructuredContent = Exclude<ApiContent, { kind: "raw" }>;

/** What every form is written with. */
export interface WriteContext {
  /** The API's root, with a slash at the end. */
  readonly root: string;
  readonly now: Date;
}

/** A written answer. */
export interface Written {
  readonly contentType: string;
  readonly text: string;
}

/** A form in which answers are written. */
export interface Representation {
  content(context: WriteContext, content: StructuredContent): Written;
  error(error: ErrorAnswer): Written;
}
