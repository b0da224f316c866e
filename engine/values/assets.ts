import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { unsupported } from "../errors";
import { type PropertyMap, Signature, SIGNATURE_KEY, textOf } from "./property-value";

/**
 * An asset with the SHA-256 of its content, by which assets are compared.
 *
 * @throws EngineError for archives and remote assets, which this engine does not read.
 */
export function hashAsset(asset: PropertyMap): PropertyMap {
  if (typeof asset["hash"] === "string" && asset["hash"] !== "") return asset;
  if (asset[SIGNATURE_KEY] === Signature.archive) throw unsupported("a resource has an archive");
  return { ...asset, hash: createHash("sha256").update(content(asset)).digest("hex") };
}

function content(asset: PropertyMap): Buffer {
  if (typeof asset["path"] === "string" && asset["path"] !== "") return readFileSync(asset["path"]);
  if (typeof asset["text"] === "string") return Buffer.from(asset["text"]);
  throw unsupported(`a resource has the remote asset ${textOf(asset["uri"])}`);
}
