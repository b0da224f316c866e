import { type Declaration, subscriptionId } from "./kinds/resource-kind";
import { type Properties, textAt } from "./properties";

/** Which resource of the program is meant. */
export interface ResourceName {
  urn: string;
  /** Pulumi's name of it. */
  name: string;
  type: string;
}

/** The input that names a resource: the last placeholder of its id's pattern. */
export function resourceNameProperty(idPattern: string): string | undefined {
  return /\{(\w+)\}[^{]*$/.exec(idPattern)?.[1];
}

/** Top-level inputs that are part of the id. */
export function idProperties(idPattern: string): string[] {
  return [...idPattern.matchAll(/\{(\w+)\}/g)].map(([, property]) => property ?? "");
}

/** The id of a resource with these inputs. */
export function resourceId(declaration: Declaration, inputs: Properties): string {
  return declaration.idPattern.replace(
    /\{(\w+)\}/g,
    (_placeholder, property: string) => textAt(inputs, property) ?? "",
  );
}

/** The Resource Manager type in an id, such as `Microsoft.Cdn/profiles/originGroups`. */
export function typeOfId(id: string): string | undefined {
  const match = /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/(.+)$/i.exec(id);
  const [namespace, ...segments] = match?.[1]?.split("/") ?? [];
  if (namespace === undefined || segments.length < 2) return undefined;
  return [namespace, ...segments.filter((_segment, index) => index % 2 === 0)].join("/");
}

/**
 * What is assumed of a kind that the stand-in has no module for: an id with its name in its group, so
 * that it can be recorded, found again and referred to.
 */
export function unknownDeclaration(token: string): Declaration {
  const [, module = "unknown", type = "unknown"] = token.split(":");
  const namespace = module.split("/")[0] ?? module;
  return {
    token,
    idPattern: `/subscriptions/${subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.${namespace}/${type}/{name}`,
  };
}
