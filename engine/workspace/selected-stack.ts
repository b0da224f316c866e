import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { writeDurably } from "../state/durable-write";
import { ORGANIZATION } from "../state/layout";
import type { Project } from "./project";

interface WorkspaceFile {
  stack?: string;
  stacks?: Record<string, string>;
}

/** Where a user's choice of a stack is kept, as the official CLI keeps it. */
export interface SelectionPlace {
  pulumiHome: string;
  project: Project;
  backendUrl: string;
}

/** The name of the stack that was selected for this project and backend, if any. */
export function selectedStack(place: SelectionPlace): string | undefined {
  const file = workspaceFile(place);
  if (!existsSync(file)) return undefined;
  const { stack, stacks } = JSON.parse(readFileSync(file, "utf8")) as WorkspaceFile;
  return (stacks?.[place.backendUrl] ?? stack)?.split("/").pop();
}

/** Remembers a stack as the selected one; undefined forgets it. */
export function selectStack(place: SelectionPlace, name: string | undefined): void {
  const file = workspaceFile(place);
  const content: WorkspaceFile = existsSync(file)
    ? (JSON.parse(readFileSync(file, "utf8")) as WorkspaceFile)
    : {};
  const stacks = { ...content.stacks };
  if (name === undefined) Reflect.deleteProperty(stacks, place.backendUrl);
  else stacks[place.backendUrl] = `${ORGANIZATION}/${place.project.name}/${name}`;
  writeDurably(file, JSON.stringify({ stacks }, undefined, 4));
}

function workspaceFile({ pulumiHome, project }: SelectionPlace): string {
  const hash = createHash("sha1").update(path.join(project.root, "Pulumi.yaml")).digest("hex");
  return path.join(pulumiHome, "workspaces", `${project.name}-${hash}-workspace.json`);
}
