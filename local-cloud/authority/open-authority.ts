import { existsSync, readFileSync } from "node:fs";
import { writeDurably } from "../storage/durable-file";
import type { SecretBox } from "../storage/secret-box";
import { Authority, type AuthoritySecrets } from "./authority";

/** The authority of a home: the same one at each start. Its secrets lie encrypted. */
export async function openAuthority(
  port: number,
  { file, box, tenantId }: { file: string; box: SecretBox; tenantId: string },
): Promise<Authority> {
  if (!existsSync(file)) {
    writeDurably(file, box.seal(JSON.stringify(Authority.newSecrets(tenantId))));
  }
  const secrets = JSON.parse(box.unseal(readFileSync(file, "utf8"))) as AuthoritySecrets;
  return Authority.listen(port, secrets);
}
