import { statSync } from "node:fs";
import path from "node:path";
import { EngineError, unsupported } from "../errors";
import { readYaml } from "./yaml-file";

/** What a project's schema says of one config value. */
export interface ConfigDeclaration {
  type?: string;
  items?: ConfigDeclaration;
  description?: string;
  secret?: boolean;
  default?: unknown;
  value?: unknown;
}

/** Pulumi.yaml, as far as this engine needs it. */
export interface Project {
  name: string;
  /** Where Pulumi.yaml lies. */
  root: string;
  /** The directory that the program runs in. */
  programDirectory: string;
  /** The program's file there, or `.` for what package.json says. */
  entry: string;
  /** The backend that the project asks for, if any. */
  backendUrl?: string;
  runtimeOptions: { typescript?: boolean; nodeargs?: string };
  /** Declarations by key; a key without a namespace is the project's own. */
  config: Map<string, ConfigDeclaration>;
  refreshFirst: boolean;
}

interface ProjectDocument {
  name?: unknown;
  runtime?: string | { name?: string; options?: Project["runtimeOptions"] };
  main?: string;
  backend?: { url?: string };
  config?: Record<string, unknown>;
  options?: { refresh?: string };
}

/**
 * Reads the project in a directory.
 *
 * @throws EngineError when there is none, or it is none that this engine can run.
 */
export function readProject(directory: string): Project {
  const root = path.resolve(directory);
  const file = path.join(root, "Pulumi.yaml");
  const document = readYaml(file)?.toJS() as ProjectDocument | null | undefined;
  if (!document) throw new EngineError("not-found", `there is no Pulumi.yaml in ${root}`);
  const { name, main = ".", backend = {}, config = {}, options = {} } = document;
  if (typeof name !== "string") throw new EngineError("invalid-input", `${file} has no name`);
  return {
    name,
    root,
    ...programOf(path.resolve(root, main)),
    ...(backend.url === undefined ? {} : { backendUrl: backend.url }),
    runtimeOptions: runtimeOptionsOf(file, document),
    config: declarations(config),
    refreshFirst: options.refresh === "always",
  };
}

function runtimeOptionsOf(file: string, { runtime }: ProjectDocument): Project["runtimeOptions"] {
  const { name, options = {} } = typeof runtime === "object" ? runtime : { name: runtime };
  if (name === "nodejs") return options;
  throw unsupported(`${file}: runtime ${String(name)}`);
}

/** `main` names a directory or a file. */
function programOf(main: string): { programDirectory: string; entry: string } {
  const isDirectory = statSync(main, { throwIfNoEntry: false })?.isDirectory() ?? true;
  if (isDirectory) return { programDirectory: main, entry: "." };
  return { programDirectory: path.dirname(main), entry: path.basename(main) };
}

function declarations(config: Record<string, unknown>): Map<string, ConfigDeclaration> {
  return new Map(
    Object.entries(config).map(([key, declared]): [string, ConfigDeclaration] => [
      key,
      isDeclaration(declared) ? declared : { default: declared },
    ]),
  );
}

/** `key: text` is short for a default. */
function isDeclaration(declared: unknown): declared is ConfigDeclaration {
  return typeof declared === "object" && declared !== null && !Array.isArray(declared);
}
