import { Document, YAMLMap } from "yaml";
import { EngineError, unsupported } from "../errors";
import { writeDurably } from "../state/durable-write";
import type { PathStep } from "../values/property-diff";
import { formatPath } from "../values/property-path";
import { isSecure } from "./config-values";
import { readYaml } from "./yaml-file";

interface SettingsDocument {
  secretsprovider?: string;
  encryptedkey?: string;
  encryptionsalt?: string;
  environment?: unknown;
  config?: Record<string, unknown>;
}

/** Pulumi.STACK.yaml, or the file that stands in for it. A missing file is an empty one. */
export class StackSettings {
  private readonly document: Document;
  /** Of the passphrase that the file's secrets are sealed with. */
  readonly encryptionSalt: string | undefined;

  /** @throws EngineError when the file asks for what only the official CLI does. */
  constructor(readonly file: string) {
    this.document = readYaml(file) ?? new Document({});
    const settings = (this.document.toJS() ?? {}) as SettingsDocument;
    const provider = settings.secretsprovider;
    if (provider !== undefined && provider !== "" && provider !== "passphrase") {
      throw unsupported(`${file}: secrets provider ${provider}`);
    }
    if (settings.encryptedkey !== undefined) throw unsupported(`${file}: a cloud secrets provider`);
    if (settings.environment !== undefined) throw unsupported(`${file}: environments`);
    this.encryptionSalt = settings.encryptionsalt;
  }

  /** Values by key as written; secrets are `{secure: text}`, at any depth. */
  get config(): Record<string, unknown> {
    return ((this.document.toJS() ?? {}) as SettingsDocument).config ?? {};
  }

  /** The value at a place, as written. */
  configAt(place: readonly PathStep[]): unknown {
    return place.reduce<unknown>(memberOf, this.config);
  }

  /**
   * Sets a config value, or a member of one, leaving the rest of the file and its comments as they are.
   *
   * @throws EngineError when a value on the way there has no such members.
   */
  setConfig(place: readonly PathStep[], value: unknown): void {
    const [key = "", ...steps] = place;
    for (const [depth, step] of steps.entries()) {
      const above = steps.slice(0, depth);
      if (takesMember(this.configAt([key, ...above]), step)) continue;
      const what = typeof step === "number" ? `no list of ${step} values or more` : "no object";
      const holder = `configuration '${key}${formatPath(["_", ...above]).slice(1)}'`;
      throw new EngineError("invalid-input", `${this.file}: ${holder} is ${what}`);
    }
    if (this.document.get("config") == null) this.document.set("config", new YAMLMap());
    this.document.setIn(["config", ...place], value);
  }

  /** Removes a config value, or a member of one; returns whether there was one. */
  removeConfig(place: readonly PathStep[]): boolean {
    const path = ["config", ...place];
    return this.document.hasIn(path) && this.document.deleteIn(path);
  }

  setEncryptionSalt(salt: string): void {
    this.document.set("encryptionsalt", salt);
  }

  /** Writes the file. */
  save(): void {
    try {
      writeDurably(this.file, this.document.toString({ lineWidth: 0 }));
    } catch (cause) {
      throw new EngineError("invalid-input", `${this.file} can't be written`, { cause });
    }
  }
}

function memberOf(holder: unknown, step: PathStep): unknown {
  if (typeof holder !== "object" || holder === null || isSecure(holder)) return undefined;
  return (holder as Record<PathStep, unknown>)[step];
}

/** Whether a value, or the want of one, can be given a member; a list's next one at most. */
function takesMember(holder: unknown, step: PathStep): boolean {
  if (holder === undefined) return step === 0 || typeof step === "string";
  if (Array.isArray(holder)) return typeof step === "number" && step <= holder.length;
  return typeof holder === "object" && typeof step === "string" && !isSecure(holder);
}
