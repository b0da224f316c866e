import path from "node:path";
import { type EngineConfig, readEngineConfig } from "../config";
import { EngineError, unsupported } from "../errors";
import { PassphraseCrypter } from "../secrets/passphrase-crypter";
import { SecretSealer } from "../secrets/secret-sealer";
import { type CheckpointFile, readCheckpoint } from "../state/checkpoint-file";
import { StateLayout } from "../state/layout";
import { STACK_TYPE } from "../urn";
import type { PropertyMap } from "../values/property-value";
import { type Project, readProject } from "../workspace/project";
import { selectedStack, type SelectionPlace } from "../workspace/selected-stack";

/** Options that every command takes. */
export interface GlobalOptions {
  cwd: string;
  stack?: string;
  configFile?: string;
  nonInteractive?: boolean;
}

/** A project, the backend that its stacks lie in, and the passphrase that opens them. */
export class Workspace {
  readonly project: Project;
  readonly layout: StateLayout;
  private readonly sealers = new Map<string, Promise<SecretSealer>>();

  private constructor(
    readonly options: GlobalOptions,
    readonly config: EngineConfig,
  ) {
    this.project = readProject(options.cwd);
    const url = config.backendUrl ?? this.project.backendUrl;
    if (url === undefined) {
      throw new EngineError(
        "invalid-input",
        "no backend is named: set PULUMI_BACKEND_URL to a file:// URL, or backend.url in Pulumi.yaml",
      );
    }
    this.layout = new StateLayout(url, config.userHome);
  }

  /** @throws EngineError when the directory has no project, or the backend is not a file one. */
  static open(options: GlobalOptions): Workspace {
    return new Workspace(options, readEngineConfig());
  }

  /** Where the choice of a stack is remembered. */
  get selection(): SelectionPlace {
    const { project, layout, config } = this;
    return { project, backendUrl: layout.url, pulumiHome: config.pulumiHome };
  }

  /** @throws EngineError when no stack is named or selected. */
  stackName(): string {
    const name = this.options.stack ?? this.config.stack ?? selectedStack(this.selection);
    if (name !== undefined) return this.ownStack(name);
    throw new EngineError(
      "invalid-input",
      "no stack is selected: name one with --stack, or choose one with `stack select`",
    );
  }

  /** `stack`, `project/stack` or `organization/project/stack` of this project, as `stack`. */
  ownStack(name: string): string {
    const [stack = "", project = this.project.name] = name.split("/").reverse();
    if (project !== this.project.name) {
      throw new EngineError(
        "invalid-input",
        `stack ${name} is not of project ${this.project.name}`,
      );
    }
    if (/^[\w.-]+$/.test(stack)) return stack;
    throw new EngineError(
      "invalid-input",
      `'${stack}' is no name for a stack: [A-Za-z0-9_.-] only`,
    );
  }

  /** The settings file of a stack. */
  settingsFile(stack: string): string {
    const { configFile } = this.options;
    if (configFile !== undefined) return path.resolve(configFile);
    return path.join(this.project.root, `Pulumi.${stack}.yaml`);
  }

  /** What seals under a salt; each is derived once, for that takes half a second. */
  sealer(salt: string): Promise<SecretSealer> {
    const known = this.sealers.get(salt);
    if (known !== undefined) return known;
    const opening = PassphraseCrypter.open(this.config.readPassphrase(), salt).then(
      (crypter) => new SecretSealer(crypter),
    );
    this.sealers.set(salt, opening);
    return opening;
  }

  /** What seals under a new salt. */
  async newSealer(): Promise<SecretSealer> {
    const crypter = await PassphraseCrypter.create(this.config.readPassphrase());
    const sealer = new SecretSealer(crypter);
    this.sealers.set(crypter.salt, Promise.resolve(sealer));
    return sealer;
  }

  /** The outputs of another stack of this backend. */
  async stackOutputs(name: string): Promise<PropertyMap> {
    const [stack = "", project = this.project.name] = name.split("/").reverse();
    const file = readCheckpoint(this.layout.checkpoint({ project, stack }));
    if (file === undefined) throw new EngineError("not-found", `there is no stack ${name}`);
    const resource = file.latest?.resources?.find(({ type }) => type === STACK_TYPE);
    const salt = saltOf(file);
    const outputs = resource?.outputs ?? {};
    return salt === undefined ? outputs : (await this.sealer(salt)).unseal(outputs);
  }
}

/**
 * The salt that a checkpoint's secrets are sealed with.
 *
 * @throws EngineError when they are sealed by something else than a passphrase.
 */
export function saltOf(file: CheckpointFile | undefined): string | undefined {
  const provider = file?.latest?.secrets_providers;
  if (provider === undefined) return undefined;
  if (provider.type === "passphrase") return provider.state?.salt;
  throw unsupported(`the stack's secrets are sealed by the secrets provider ${provider.type}`);
}
