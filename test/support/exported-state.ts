import type { LocalCloud } from "./local-cloud";
import { stackResources } from "./stack-state";

/** A resource of a stack's state, its secrets opened. */
export interface ExportedResource {
  readonly type: string;
  readonly urn: string;
  readonly id?: string;
  readonly inputs?: Record<string, unknown>;
  readonly outputs?: Record<string, unknown>;
}

/** Signature of a secret in Pulumi's states. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";

/** The resources of a stack's state, secrets in clear and unwrapped. */
export async function exportedResources(cloud: LocalCloud): Promise<ExportedResource[]> {
  return (await stackResources(cloud)).map((resource) => unwrapped(resource) as ExportedResource);
}

/** Every secret text of at least 16 characters among resources that hold keys. */
export function secretsOf(resources: readonly ExportedResource[]): string[] {
  const found = new Set<string>();
  for (const { type, outputs, inputs } of resources) {
    if (type.endsWith(":AccountKey")) found.add(String(outputs?.["key"]));
    if (type !== "azure-native:app:ContainerApp") continue;
    const { secrets } = inputs?.["configuration"] as { secrets: { value: string }[] };
    for (const { value } of secrets) found.add(value);
  }
  return [...found].filter((secret) => secret.length >= 16);
}

/** A value of an exported state without the wrapping of secrets. */
function unwrapped(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unwrapped);
  if (typeof value !== "object" || value === null) return value;
  const entry = value as Record<string, unknown>;
  if (SIGNATURE in entry && "value" in entry) return unwrapped(entry["value"]);
  return Object.fromEntries(Object.entries(entry).map(([key, member]) => [key, unwrapped(member)]));
}
