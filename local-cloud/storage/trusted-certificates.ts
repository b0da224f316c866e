import { existsSync, readFileSync } from "node:fs";
import type { Home } from "../home";
import { writeDurably } from "./durable-file";

/**
 * Writes the list of authorities that children trust beyond Node's own: the stores' certificate, and what
 * the user has in `NODE_EXTRA_CA_CERTS`, for a network may need that.
 */
export function writeTrusted(
  { certificate, trustedFile }: Pick<Home, "certificate" | "trustedFile">,
  environment: Readonly<Record<string, string>>,
): void {
  const own = environment["NODE_EXTRA_CA_CERTS"] ?? "";
  const known =
    own !== "" && own !== trustedFile && existsSync(own) ? readFileSync(own, "utf8") : "";
  writeDurably(
    trustedFile,
    [known, readFileSync(certificate.certificate, "utf8")].join("\n").trimStart(),
    0o644,
  );
}
