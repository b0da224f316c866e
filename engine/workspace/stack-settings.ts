import { Document } from "yaml";
import { EngineError, unsupported } from "../errors";
import { writeDurably } from "../state/durable-write";
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
  /** Values by key as written; secrets are `{secure: text}`, at any depth. */
  readonly config: Record<string, unknown>;

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
    this.config = settings.config ?? {};
  }

  /** Sets a config value, leaving the rest of the file and its comments as they are. */
  setConfig(key: string, value: unknown): void {
    this.document.setIn(["config", key], value);
  }

  /** Removes a config value; returns whether there was one. */
  removeConfig(key: string): boolean {
    return this.document.deleteIn(["config", key]);
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
