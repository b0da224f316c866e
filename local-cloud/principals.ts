import { existsSync, readFileSync } from "node:fs";
import type { ServicePrincipal } from "./stand-in/kinds/resource-kind";
import { type Properties, reveal, textAt } from "./stand-in/properties";
import { writeDurably } from "./storage/durable-file";
import type { SecretBox } from "./storage/secret-box";

/** The service principals that programs configured the classic provider with; kept encrypted. */
export class Principals {
  private readonly known = new Map<string, ServicePrincipal>();

  constructor(
    private readonly file: string,
    private readonly box: SecretBox,
  ) {
    if (!existsSync(file)) return;
    const saved = JSON.parse(box.unseal(readFileSync(file, "utf8"))) as ServicePrincipal[];
    for (const principal of saved) this.known.set(keyOf(principal), principal);
  }

  all(): ServicePrincipal[] {
    return [...this.known.values()];
  }

  /** Takes the principal in a provider's settings; answers whether it is new or changed. */
  take(settings: Properties): boolean {
    const clear = reveal(settings);
    const [tenantId, clientId, clientSecret] = ["tenantId", "clientId", "clientSecret"].map(
      (name) => textAt(clear, name),
    );
    if (tenantId === undefined || clientId === undefined || clientSecret === undefined) {
      return false;
    }
    const principal = { tenantId, clientId, clientSecret };
    if (this.known.get(keyOf(principal))?.clientSecret === clientSecret) return false;
    this.known.set(keyOf(principal), principal);
    writeDurably(this.file, this.box.seal(JSON.stringify(this.all())));
    return true;
  }
}

function keyOf({ tenantId, clientId }: ServicePrincipal): string {
  return `${tenantId}/${clientId}`.toLowerCase();
}
