import { presetError } from "./preset-error";
import type { PresetValue } from "./preset-node";

/**
 * Reads a preset in JSON. A comma behind the last member is passed over, as the service always did:
 * its own samples have some.
 *
 * @throws TaskError `ErrorParsingConfiguration` when it is no JSON.
 */
export function parsePresetJson(text: string): PresetValue {
  const strict = text.replace(
    /("(?:\\.|[^"\\])*")|,(?=\s*[}\]])/g,
    (_, literal: string | undefined) => literal ?? "",
  );
  try {
    return JSON.parse(strict) as PresetValue;
  } catch (error) {
    throw presetError("", `is not JSON: ${(error as Error).message}`);
  }
}
