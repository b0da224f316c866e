import { readJson, writeDurably } from "../storage/durable-file";
import type { SecretBox } from "../storage/secret-box";
import { type Properties, sealSecrets, unsealSecrets } from "./properties";

/** A resource as somebody declared it and as the local cloud made it. */
export interface ResourceRecord {
  /** Azure Resource Manager's id. */
  id: string;
  /** Pulumi's type token, such as `azure-native:storage:Queue`. */
  type: string;
  urn: string;
  /** What the program declared; secrets are marked. */
  inputs: Properties;
  /** What the local cloud adds to the inputs; secrets are marked. */
  outputs: Properties;
  /** What only the local cloud knows, such as a store's key; secrets are marked. */
  hidden: Properties;
}

interface SavedFile {
  version: 1;
  resources: ResourceRecord[];
}

/**
 * What was declared to the local cloud, kept in `resources.json`. The file is replaced as a whole at
 * each change. Values that Pulumi or the local cloud marked as secret lie in it encrypted, each as
 * `{"$sealed": "..."}`, with the key in `secrets.key` (mode 0600) beside it.
 */
export class ResourceRecords {
  private readonly records = new Map<string, ResourceRecord>();

  constructor(
    private readonly file: string,
    private readonly box: SecretBox,
  ) {
    const saved = readJson(file) as SavedFile | undefined;
    for (const record of saved?.resources ?? []) {
      this.records.set(keyOf(record.id), {
        ...record,
        inputs: unsealSecrets(record.inputs, box),
        outputs: unsealSecrets(record.outputs, box),
        hidden: unsealSecrets(record.hidden, box),
      });
    }
  }

  get(id: string): ResourceRecord | undefined {
    return this.records.get(keyOf(id));
  }

  all(): ResourceRecord[] {
    return [...this.records.values()];
  }

  ofType(type: string): ResourceRecord[] {
    return this.all().filter((record) => record.type === type);
  }

  put(record: ResourceRecord): void {
    this.records.set(keyOf(record.id), record);
    this.save();
  }

  remove(id: string): void {
    if (this.records.delete(keyOf(id))) this.save();
  }

  private save(): void {
    const resources = this.all().map((record) => ({
      ...record,
      inputs: sealSecrets(record.inputs, this.box),
      outputs: sealSecrets(record.outputs, this.box),
      hidden: sealSecrets(record.hidden, this.box),
    }));
    const content: SavedFile = { version: 1, resources };
    writeDurably(this.file, `${JSON.stringify(content, null, 2)}\n`);
  }
}

/** Resource Manager ids are compared without regard to case. */
function keyOf(id: string): string {
  return id.toLowerCase();
}
