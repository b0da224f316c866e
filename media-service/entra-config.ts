import { ConfigError, type Environment } from "./config-error";
import type { EntraSettings } from "./services/entra-tokens";

const PUBLIC_CLOUD = "https://login.microsoftonline.com/";
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const LOOPBACK = /^http:\/\/(127\.0\.0\.1|localhost)(:\d+)?\//;

/**
 * Reads whose tokens of Microsoft Entra ID are taken; undefined where none are.
 *
 * @throws ConfigError naming the first setting that is missing or wrong.
 */
export function readEntra(env: Environment): EntraSettings | undefined {
  const [tenantId, audiences] = [env["ENTRA_TENANT_ID"] ?? "", list(env["ENTRA_AUDIENCE"])];
  const allowed = list(env["ENTRA_ALLOWED"]);
  if (tenantId === "") {
    const lone = ["ENTRA_AUDIENCE", "ENTRA_ALLOWED"].find((name) => list(env[name]).length > 0);
    if (lone !== undefined) throw new ConfigError(lone, "needs ENTRA_TENANT_ID");
    return undefined;
  }
  if (!GUID.test(tenantId)) {
    // A name or 'common' would let in tokens of tenants that nobody meant.
    throw new ConfigError("ENTRA_TENANT_ID", `must be the tenant's id, a GUID, got '${tenantId}'`);
  }
  if (audiences.length === 0) throw new ConfigError("ENTRA_AUDIENCE", "is required");
  const wrong = allowed.find((id) => !GUID.test(id));
  if (wrong !== undefined) {
    throw new ConfigError("ENTRA_ALLOWED", `must be a list of object ids (GUIDs), got '${wrong}'`);
  }
  return { tenantId, audiences, authority: readAuthority(env), allowed };
}

function readAuthority(env: Environment): string {
  const text = env["ENTRA_AUTHORITY"] ?? "";
  if (text === "") return PUBLIC_CLOUD;
  const address = text.endsWith("/") ? text : `${text}/`;
  const isAddress = URL.canParse(address);
  if (isAddress && (address.startsWith("https://") || LOOPBACK.test(address))) return address;
  // Whoever answers there says which keys sign.
  throw new ConfigError("ENTRA_AUTHORITY", `must be an https address, got '${text}'`);
}

function list(text = ""): string[] {
  return text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}
