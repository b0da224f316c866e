import type { EntityType, PropertyType, WireEntity, WireValue } from "../odata/edm";

/** A call of the REST API, from the wire or from a batch. */
export interface ApiRequest {
  /** The method that is meant, after tunnelling. */
  readonly method: string;
  /** Behind the API's root, percent-encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

/** What a call is answered with, before it is written in the form that the client asked for. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly content?: ApiContent;
}

/** The kinds of things that an answer can hold. */
export type ApiContent =
  | {
      readonly kind: "entity";
      readonly type: EntityType;
      readonly entity: WireEntity;
      readonly select?: readonly string[];
    }
  | FeedContent
  | {
      readonly kind: "property";
      readonly name: string;
      readonly type: PropertyType;
      readonly value: WireValue;
    }
  /** The address of a linked entity; `path` is the link's own. */
  | { readonly kind: "link"; readonly path: string; readonly uri: string }
  | {
      readonly kind: "links";
      readonly path: string;
      readonly uris: readonly string[];
      readonly count?: number;
    }
  | { readonly kind: "sets"; readonly names: readonly string[] }
  | { readonly kind: "raw"; readonly contentType: string; readonly text: string };

/** A list of entities. */
export interface FeedContent {
  readonly kind: "feed";
  readonly type: EntityType;
  /** Behind the root, without a slash at its beginning. */
  readonly path: string;
  readonly title: string;
  readonly entities: readonly WireEntity[];
  readonly count?: number;
  readonly select?: readonly string[];
  /** Address of what follows. */
  readonly next?: string;
}
