import { EngineError } from "../errors";
import type { SecretSealer } from "../secrets/secret-sealer";
import { type CheckpointFile, readCheckpoint } from "../state/checkpoint-file";
import { ORGANIZATION, type StackName } from "../state/layout";
import { StackLock } from "../state/stack-lock";
import { StackState } from "../state/stack-state";
import { type ConfigValues, resolveConfig } from "../workspace/config-values";
import { StackSettings } from "../workspace/stack-settings";
import { saltOf, type Workspace } from "./workspace";

/** One stack of a workspace: its settings, its secrets, its state. */
export class StackAccess {
  readonly name: StackName;

  private constructor(
    readonly workspace: Workspace,
    readonly settings: StackSettings,
    private readonly parts: { stack: string; opener: SecretSealer; sealer: SecretSealer },
  ) {
    this.name = { project: workspace.project.name, stack: parts.stack };
  }

  /** @throws EngineError when there is no such stack, or its secrets do not open. */
  static async open(workspace: Workspace, stack = workspace.stackName()): Promise<StackAccess> {
    const name = { project: workspace.project.name, stack };
    const file = readCheckpoint(workspace.layout.checkpoint(name));
    if (file === undefined) {
      throw new EngineError(
        "not-found",
        `there is no stack '${stack}' in ${workspace.layout.url}; make it with \`stack init ${stack}\``,
      );
    }
    const settings = new StackSettings(workspace.settingsFile(stack));
    const sealers = await openSealers(workspace, settings, file);
    return new StackAccess(workspace, settings, { stack, ...sealers });
  }

  /** What seals what is written of this stack. */
  get sealer(): SecretSealer {
    return this.parts.sealer;
  }

  get journalFile(): string {
    return this.workspace.layout.journal(this.name);
  }

  /** Takes the right to change the stack. */
  lock(warn: (text: string) => void): StackLock {
    return StackLock.take(this.workspace.layout.locks(this.name), warn);
  }

  /** Reads the state as the last run left it. */
  readState(warn: (text: string) => void): StackState {
    const { workspace, name, parts } = this;
    const checkpointFile = workspace.layout.checkpoint(name);
    return new StackState(
      {
        checkpointFile,
        journalFile: this.journalFile,
        stack: `${ORGANIZATION}/${name.project}/${name.stack}`,
        opener: parts.opener,
        sealer: parts.sealer,
        warn,
      },
      readCheckpoint(checkpointFile),
    );
  }

  /** The stack's configuration, secrets opened. */
  readConfig(): ConfigValues {
    const { project } = this.workspace;
    return resolveConfig({
      project: project.name,
      stack: this.name.stack,
      declarations: project.config,
      settings: this.settings.config,
      decrypt: (sealed) => this.sealer.crypter.decrypt(sealed),
    });
  }
}

/** Secrets are opened under the salt of the state, and sealed under that of the settings if any. */
async function openSealers(
  workspace: Workspace,
  { encryptionSalt }: StackSettings,
  file: CheckpointFile,
): Promise<{ opener: SecretSealer; sealer: SecretSealer }> {
  const stateSalt = saltOf(file);
  const salt = encryptionSalt ?? stateSalt;
  const sealer = salt === undefined ? await workspace.newSealer() : await workspace.sealer(salt);
  const opener = stateSalt === undefined ? sealer : await workspace.sealer(stateSalt);
  return { opener, sealer };
}
