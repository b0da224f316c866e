import { UNKNOWN } from "./values/property-value";

/** The type of every stack's root resource. */
export const STACK_TYPE = "pulumi:pulumi:Stack";
/** What the type of a provider's own resource begins with. */
export const PROVIDER_TYPE_PREFIX = "pulumi:providers:";

/** What a URN is made of. */
export interface UrnParts {
  stack: string;
  project: string;
  parent?: string | undefined;
  type: string;
  name: string;
}

/** A resource's URN; its type is qualified by its parent's, unless that is the stack. */
export function makeUrn({ stack, project, parent, type, name }: UrnParts): string {
  const outer = parent === undefined || parent === "" ? "" : qualifiedTypeOf(parent);
  const qualified = outer === "" || outer === STACK_TYPE ? type : `${outer}$${type}`;
  return `urn:pulumi:${stack}::${project}::${qualified}::${name}`;
}

/** The name in a URN. */
export function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/** The resource's own type in a URN. */
export function typeOf(urn: string): string {
  return qualifiedTypeOf(urn).split("$").pop() ?? "";
}

function qualifiedTypeOf(urn: string): string {
  return urn.split("::")[2] ?? "";
}

/** Whether a type is that of a provider's own resource. */
export function isProviderType(type: string): boolean {
  return type.startsWith(PROVIDER_TYPE_PREFIX);
}

/** Whether a URN is of a provider that the engine registers by itself. */
export function isDefaultProvider(urn: string): boolean {
  return isProviderType(typeOf(urn)) && /^default(_|$)/.test(nameOf(urn));
}

/** A reference to a provider: its URN and its id. */
export function providerReference(urn: string, id: string): string {
  return `${urn}::${id}`;
}

/** The URN in a reference to a provider. */
export function referencedUrn(reference: string): string {
  return reference.slice(0, reference.lastIndexOf("::"));
}

/** Whether a reference is to a provider that does not exist yet. */
export function isUnknownReference(reference: string): boolean {
  return reference.endsWith(`::${UNKNOWN}`);
}
