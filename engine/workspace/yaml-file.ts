import { existsSync, readFileSync } from "node:fs";
import { type Document, parseDocument } from "yaml";
import { EngineError } from "../errors";

/**
 * Reads a YAML file; undefined when there is none.
 *
 * @throws EngineError that says where it is not YAML.
 */
export function readYaml(file: string): Document | undefined {
  if (!existsSync(file)) return undefined;
  const document = parseDocument(readFileSync(file, "utf8"));
  const [error] = document.errors;
  if (error !== undefined) throw new EngineError("invalid-input", `${file}: ${error.message}`);
  return document;
}
