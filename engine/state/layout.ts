import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { EngineError, unsupported } from "../errors";

/** The organization that the file backend puts every stack in. */
export const ORGANIZATION = "organization";

/** A stack of a project. */
export interface StackName {
  project: string;
  stack: string;
}

/**
 * Where things lie in Pulumi's file backend, in the layout by project (version 1).
 * Source: https://github.com/pulumi/pulumi/blob/master/pkg/backend/diy/store.go
 */
export class StateLayout {
  /** The directory that the backend's URL names. */
  readonly root: string;
  private readonly bookkeeping: string;

  /** @throws EngineError when the URL is not a `file://` one. */
  constructor(
    readonly url: string,
    home: string,
  ) {
    this.root = directoryOf(url, home);
    this.bookkeeping = path.join(this.root, ".pulumi");
  }

  checkpoint({ project, stack }: StackName): string {
    return path.join(this.bookkeeping, "stacks", project, `${stack}.json`);
  }

  /** This engine's own record of what changed since the checkpoint was written. */
  journal({ project, stack }: StackName): string {
    return path.join(this.bookkeeping, "journals", project, `${stack}.jsonl`);
  }

  locks({ project, stack }: StackName): string {
    return path.join(this.bookkeeping, "locks", ORGANIZATION, project, stack);
  }

  history({ project, stack }: StackName): string {
    return path.join(this.bookkeeping, "history", project, stack);
  }

  backups({ project, stack }: StackName): string {
    return path.join(this.bookkeeping, "backups", project, stack);
  }

  /** The names of a project's stacks. */
  stacks(project: string): string[] {
    const directory = path.join(this.bookkeeping, "stacks", project);
    if (!existsSync(directory)) return [];
    return readdirSync(directory)
      .filter((name) => name.endsWith(".json"))
      .map((name) => name.slice(0, -".json".length))
      .sort();
  }

  /**
   * Makes the backend's directory if there is none.
   *
   * @throws EngineError when it has the layout of before projects.
   */
  prepare(): void {
    this.refuseOldLayout();
    mkdirSync(this.bookkeeping, { recursive: true });
    const meta = path.join(this.bookkeeping, "meta.yaml");
    if (!existsSync(meta)) writeFileSync(meta, "version: 1\n");
  }

  private refuseOldLayout(): void {
    const stacks = path.join(this.bookkeeping, "stacks");
    if (existsSync(path.join(this.bookkeeping, "meta.yaml")) || !existsSync(stacks)) return;
    if (!readdirSync(stacks).some((name) => name.endsWith(".json"))) return;
    throw unsupported(`${this.root} has the state layout of before projects`);
  }
}

function directoryOf(url: string, home: string): string {
  if (!url.startsWith("file://")) {
    throw unsupported(`the backend ${url.replace(/\/\/[^/@]*@/, "//")} is not a file:// one`);
  }
  const rest = url.slice("file://".length).replace(/\?.*$/, "");
  if (rest === "" || rest === ".") return process.cwd();
  if (rest === "~" || rest.startsWith("~/")) return path.join(home, rest.slice(1));
  if (rest.startsWith("./") || rest.startsWith("../")) return path.resolve(rest);
  try {
    return fileURLToPath(`file://${rest}`);
  } catch (cause) {
    throw new EngineError("invalid-input", `the backend ${url} does not name a directory`, {
      cause,
    });
  }
}
