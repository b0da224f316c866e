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
  /** Where the program lies, relative to the root. */
  main: string;
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
  if (typeof document.name !== "string") {
    throw new EngineError("invalid-input", `${file} has no name`);
  }
  const { runtime } = document;
  const runtimeName = typeof runtime === "string" ? runtime : runtime?.name;
  if (runtimeName !== "nodejs") throw unsupported(`${file}: runtime ${String(runtimeName)}`);
  const backendUrl = document.backend?.url;
  return {
    name: document.name,
    root,
    main: document.main ?? ".",
    ...(backendUrl === undefined ? {} : { backendUrl }),
    runtimeOptions: (typeof runtime === "string" ? undefined : runtime?.options) ?? {},
    config: declarations(document.config ?? {}),
    refreshFirst: document.options?.refresh === "always",
  };
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
