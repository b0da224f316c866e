import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { knownKinds } from "../../local-cloud/stand-in/kinds/known-kinds";
import type { Properties } from "../../local-cloud/stand-in/properties";
import { resourceId, unknownDeclaration } from "../../local-cloud/stand-in/resource-id";
import type { Declared, Deployment } from "./deploy";
import { type Config, runProgram } from "./run-program";

/** Every stack that has a committed configuration. */
export const stacks = readdirSync(resolve("."))
  .flatMap((file) => /^Pulumi\.([\w-]+)\.yaml$/.exec(file)?.[1] ?? [])
  .sort();

const runs = new Map<string, Promise<Deployment>>();
let last: Promise<unknown> = Promise.resolve();

/** What the program declares for a stack, with changes to its configuration; it is run once. */
export function deploymentOf(stack: string, changes: Config = {}): Promise<Deployment> {
  const key = `${stack} ${JSON.stringify(changes)}`;
  // One after the other: Pulumi's mocks and its configuration are the whole process's.
  const run = runs.get(key) ?? last.then(() => runProgram(stack, changes));
  last = run.catch(() => undefined);
  runs.set(key, run);
  return run;
}

/** A resource that one of Azure's providers is asked for, with Resource Manager's ids in its inputs. */
export interface AzureResource {
  type: string;
  name: string;
  inputs: Properties;
  id: string;
}

/** What a stack asks Azure for. */
export async function azureResources(stack: string, changes?: Config): Promise<AzureResource[]> {
  const { resources } = await deploymentOf(stack, changes);
  const declared = resources.filter(({ type }) => /^azure(-native)?:/.test(type));
  const ids = new Map(declared.map((one) => [`id of ${one.type} ${one.name}`, idOf(one)]));
  return declared.map((one) => ({
    type: one.type,
    name: one.name,
    inputs: withIds(one.inputs, ids) as Properties,
    id: idOf(one),
  }));
}

/** The id that the stand-in will give. */
function idOf({ type, name, inputs }: Declared): string {
  const declaration = knownKinds.get(type)?.declaration ?? unknownDeclaration(type);
  return resourceId(declaration, {
    ...(inputs as Properties),
    ...(!knownKinds.has(type) && { name }),
  });
}

/** The mocks' ids are no ids; longer ones first, since one may begin with another. */
function withIds(value: unknown, ids: ReadonlyMap<string, string>): unknown {
  if (typeof value === "string") {
    if (!value.includes("id of ")) return value;
    return [...ids]
      .sort(([one], [other]) => other.length - one.length)
      .reduce((text, [mocked, id]) => text.replaceAll(mocked, id), value);
  }
  if (Array.isArray(value)) return value.map((item) => withIds(item, ids));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withIds(item, ids)]));
}
