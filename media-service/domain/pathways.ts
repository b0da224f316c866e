import { InvalidInputError } from "./errors";

/** A way to the library: the edge, or a data center. */
export interface LibraryPathway {
  readonly name: string;
  /** Scheme and host, without a slash at the end. */
  readonly baseUrl: string;
}

/** Where the list of all ways lies; the deployment has it written once it knows their hosts. */
export const PATHWAYS_BLOB = { container: "twinstream", blob: "pathways.json" };
/** The list's size at most. */
export const MAX_PATHWAYS_BYTES = 64 * 1024;

const NAME = /^[\w.-]{1,64}$/;
const BASE_URL = /^https?:\/\/[a-z0-9.[\]:-]+$/i;

/** @throws InvalidInputError when the text is anything but a list of pathways. */
export function parsePathways(text: string): LibraryPathway[] {
  const { pathways } = parse(text);
  if (!Array.isArray(pathways) || !pathways.every(isPathway)) {
    throw new InvalidInputError("The list must be { pathways: [{ name, baseUrl }] }");
  }
  return pathways.map(({ name, baseUrl }) => ({ name, baseUrl }));
}

function parse(text: string): { pathways?: unknown } {
  try {
    return Object(JSON.parse(text)) as { pathways?: unknown };
  } catch (cause) {
    throw new InvalidInputError("The list is not JSON", { cause });
  }
}

function isPathway(value: unknown): value is LibraryPathway {
  const { name, baseUrl } = (value ?? {}) as Partial<Record<keyof LibraryPathway, unknown>>;
  return (
    typeof name === "string" &&
    NAME.test(name) &&
    typeof baseUrl === "string" &&
    BASE_URL.test(baseUrl)
  );
}
