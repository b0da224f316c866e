import { XMLParser } from "fast-xml-parser";

/**
 * Reads XML with a parser that is not ours.
 *
 * @throws Error when it is not well-formed.
 */
export function parseWellFormed(xml: string): Record<string, unknown> {
  const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: "" });
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- unchecked, it reads anything
  return parser.parse(xml, true) as Record<string, unknown>;
}
