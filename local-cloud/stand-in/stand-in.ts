import { nameSuffix } from "./check";
import { checkDeclaration, type Checked } from "./check-declaration";
import type { KindTable } from "./kinds/known-kinds";
import {
  type CloudServices,
  type Declaration,
  type Declared,
  type ResourceKind,
  subscriptionId,
} from "./kinds/resource-kind";
import {
  at,
  hasUnknown,
  type Properties,
  reveal,
  sameValue,
  textAt,
  unknown,
  type Value,
  withValue,
} from "./properties";
import { absentReferences } from "./references";
import {
  idProperties,
  resourceId,
  type ResourceName,
  resourceNameProperty,
  unknownDeclaration,
} from "./resource-id";
import type { ResourceRecord } from "./resource-records";
import { BadChangeError, NoResourceError } from "./stand-in-error";

/** What a changed declaration comes to. */
export interface Difference {
  /** Top-level inputs that changed. */
  changed: string[];
  /** Those among them that can't be changed in place. */
  replaces: string[];
}

/** A recorded resource that could not be brought back. */
export interface StartFailure {
  record: ResourceRecord;
  error: unknown;
}

/**
 * Azure Resource Manager for one machine: checks what is declared, records it, and has the kind's
 * module make it real. Knows nothing of gRPC.
 */
export class StandIn {
  constructor(
    private readonly kinds: KindTable,
    private readonly cloud: CloudServices,
  ) {}

  /** What is wrong with a declaration, and its inputs with a name where the program gave none. */
  check(resource: ResourceName, news: Properties): Checked {
    return checkDeclaration(this.kinds, resource, news);
  }

  diff(type: string, inputs: { olds: Properties; news: Properties }): Difference {
    const [olds, news] = [reveal(inputs.olds), reveal(inputs.news)];
    const changed = [...new Set([...Object.keys(olds), ...Object.keys(news)])].filter(
      (property) => !sameValue(olds[property], news[property]),
    );
    const declaration = this.declarationOf(type);
    const fixed = new Set([
      ...idProperties(declaration.idPattern),
      ...(declaration.replacedBy ?? []),
    ]);
    return { changed, replaces: changed.filter((property) => fixed.has(property)) };
  }

  /** What a creation would answer, as far as it can be known without doing it. */
  previewCreate(resource: ResourceName, inputs: Properties): Properties {
    const kind = this.kinds.get(resource.type);
    const name = this.nameOf(resource, inputs);
    const computed = Object.fromEntries(
      (kind?.maker?.computed ?? []).map((path) => [path, unknown] as const),
    );
    return laidOver({ ...inputs, name }, computed);
  }

  /**
   * Records a resource and makes it real. One with the same id and URN is what an earlier, interrupted
   * run made, and is taken over.
   *
   * @throws Error when another resource has the id, or it can't be made.
   */
  async create(
    resource: ResourceName,
    inputs: Properties,
  ): Promise<{ id: string; outputs: Properties }> {
    const id = this.idOf(resource, inputs);
    const existing = this.cloud.records.get(id);
    if (existing !== undefined && existing.urn !== resource.urn) {
      throw new Error(`${id} exists already, declared as ${existing.urn}`);
    }
    this.sayIfOnlyRecorded(resource.type);
    return { id, outputs: await this.make({ id, resource, inputs }) };
  }

  /** What an update would answer: the new inputs, and what stays as it was made. */
  previewUpdate(id: string, resource: ResourceName, inputs: Properties): Properties {
    const record = this.cloud.records.get(id);
    const computed = Object.fromEntries(
      (this.kinds.get(resource.type)?.maker?.computed ?? []).map(
        (path) => [path, at(record?.outputs, path) ?? unknown] as const,
      ),
    );
    return laidOver({ ...inputs, name: this.nameOf(resource, inputs) }, computed);
  }

  /** @throws Error when there is no such resource, or it can't be changed. */
  async update(id: string, resource: ResourceName, inputs: Properties): Promise<Properties> {
    if (this.cloud.records.get(id) === undefined) {
      throw new Error(
        `${id} doesn't exist in the local cloud any more; run "npm run pulumi -- refresh", then "up"`,
      );
    }
    return this.make({ id, resource, inputs });
  }

  read(id: string): { inputs: Properties; outputs: Properties } | undefined {
    const record = this.cloud.records.get(id);
    if (record === undefined) return undefined;
    return { inputs: record.inputs, outputs: outputsOf(record) };
  }

  /** Removes a resource; one that is gone already is no error. */
  async delete(id: string): Promise<void> {
    const record = this.cloud.records.get(id);
    if (record === undefined) return;
    const maker = this.kinds.get(record.type)?.maker;
    const declared = declaredBy(record);
    this.cloud.records.remove(id);
    try {
      await maker?.remove(declared, this.cloud);
    } catch (error) {
      this.cloud.records.put(record);
      throw error;
    }
  }

  /** Answers what programs ask Azure for. */
  invoke(token: string, args: Properties): Properties {
    if (hasUnknown(args)) return {};
    if (token === "azure-native:authorization:getClientConfig") {
      return {
        clientId: subscriptionId,
        objectId: subscriptionId,
        subscriptionId,
        tenantId: subscriptionId,
      };
    }
    if (token === "azure-native:storage:listStorageAccountKeys") return this.storageKeys(args);
    throw new Error(`the local cloud has no function ${token}`);
  }

  /** Everything that is declared. */
  list(): Pick<ResourceRecord, "id" | "type">[] {
    return this.cloud.records.all().map(({ id, type }) => ({ id, type }));
  }

  /**
   * Changes some inputs of a resource as somebody does in Azure's portal: past the program, which finds
   * it when it looks again.
   *
   * @throws NoResourceError, or BadChangeError for one that Azure would refuse.
   */
  async change(id: string, inputs: Properties): Promise<Properties> {
    const record = this.cloud.records.get(id);
    if (record === undefined) throw new NoResourceError(id);
    const { type, urn } = record;
    const resource = { type, urn, name: textAt(record.outputs, "name") ?? "" };
    const news = { ...record.inputs, ...inputs };
    const { replaces } = this.diff(type, { olds: record.inputs, news });
    if (replaces.length > 0) {
      throw new BadChangeError(`${replaces.join(", ")} of ${id} can't be changed`);
    }
    const [problem] = this.check(resource, news).problems;
    if (problem !== undefined) throw new BadChangeError(`${problem.property} ${problem.reason}`);
    return this.make({ id: record.id, resource, inputs: news });
  }

  /** Brings everything recorded back to life; answers what could not be. */
  startAll(): Promise<StartFailure[]> {
    return this.start(this.cloud.records.all());
  }

  /** Brings resources back to life, stores first; answers what could not be. */
  async start(records: readonly ResourceRecord[]): Promise<StartFailure[]> {
    const failures: StartFailure[] = [];
    const made = records.flatMap((record) => {
      const maker = this.kinds.get(record.type)?.maker;
      return maker === undefined ? [] : [{ record, maker }];
    });
    const orders = [...new Set(made.map(({ maker }) => maker.startOrder))].sort((a, b) => a - b);
    for (const order of orders) {
      const together = made.filter(({ maker }) => maker.startOrder === order);
      await Promise.all(
        together.map(async ({ record, maker }) => {
          try {
            await maker.apply(declaredBy(record), this.cloud);
          } catch (error) {
            failures.push({ record, error });
          }
        }),
      );
    }
    return failures;
  }

  private async make(request: {
    id: string;
    resource: ResourceName;
    inputs: Properties;
  }): Promise<Properties> {
    const { id, resource, inputs } = request;
    this.requireReferences(resource, inputs);
    const existing = this.cloud.records.get(id);
    const record: ResourceRecord = {
      id,
      type: resource.type,
      urn: resource.urn,
      inputs,
      outputs: { ...existing?.outputs, name: this.nameOf(resource, inputs) },
      hidden: existing?.hidden ?? {},
    };
    // Recorded before it is made: a run that is killed in between finds it, and so does its removal.
    this.cloud.records.put(record);
    const made = await this.kinds.get(resource.type)?.maker?.apply(declaredBy(record), this.cloud);
    const finished: ResourceRecord = {
      ...record,
      outputs: flatOutputs(record, made?.outputs ?? {}),
      hidden: made?.hidden ?? record.hidden,
    };
    this.cloud.records.put(finished);
    return outputsOf(finished);
  }

  /** What a preview can't tell: whether that which is referred to has been made. */
  private requireReferences({ type, name }: ResourceName, inputs: Properties): void {
    const absent = absentReferences(this.declarationOf(type), reveal(inputs), (id) =>
      Boolean(this.cloud.records.get(id)),
    );
    if (absent.length === 0) return;
    const list = absent.map(({ property, id }) => `${property} names ${id}`).join("; ");
    throw new Error(
      `${type} "${name}" refers to what doesn't exist: ${list}. Declare it, and give its output here, so that it is made first`,
    );
  }

  private declarationOf(type: string): Declaration {
    return this.kinds.get(type)?.declaration ?? unknownDeclaration(type);
  }

  private nameOf(resource: ResourceName, inputs: Properties): string {
    const kind: ResourceKind | undefined = this.kinds.get(resource.type);
    const property =
      kind === undefined ? undefined : resourceNameProperty(kind.declaration.idPattern);
    const name = property === undefined ? undefined : textAt(reveal(inputs), property);
    return name ?? `${resource.name}${nameSuffix(resource.urn)}`;
  }

  private idOf(resource: ResourceName, inputs: Properties): string {
    const name = this.nameOf(resource, inputs);
    return resourceId(this.declarationOf(resource.type), { ...reveal(inputs), ...{ name } });
  }

  private storageKeys(args: Properties): Properties {
    const name = textAt(args, "accountName") ?? "";
    const account = this.cloud.stores.account(name);
    if (account === undefined) throw new Error(`there is no storage account "${name}"`);
    return {
      keys: account.keys.map((value, index) => ({
        keyName: `key${(index + 1).toString()}`,
        permissions: "FULL",
        value,
      })),
    };
  }

  private sayIfOnlyRecorded(type: string): void {
    const kind = this.kinds.get(type);
    if (kind?.maker === undefined || kind.recordedOnly === true) {
      this.cloud.notice(`${type} is recorded only: nothing in the local cloud acts on it`);
    }
  }
}

function declaredBy(record: ResourceRecord): Declared {
  return {
    id: record.id,
    name: textAt(record.outputs, "name") ?? "",
    inputs: reveal(record.inputs),
    hidden: reveal(record.hidden),
  };
}

/** Dotted outputs as they are kept: whole top-level values, merged with the inputs that they extend. */
function flatOutputs(record: ResourceRecord, made: Readonly<Record<string, Value>>): Properties {
  const base = { name: record.outputs["name"] ?? "", provisioningState: "Succeeded" };
  return Object.entries(made).reduce<Properties>((outputs, [path, value]) => {
    const top = path.split(".")[0] ?? path;
    const started =
      path === top || outputs[top] !== undefined
        ? outputs
        : { ...outputs, [top]: at(record.inputs, top) ?? {} };
    return withValue(started, path, value);
  }, base);
}

/** What the engine is told: the inputs, and over them what the local cloud adds. */
function outputsOf(record: ResourceRecord): Properties {
  return { ...record.inputs, ...record.outputs };
}

function laidOver(base: Properties, values: Readonly<Record<string, Value>>): Properties {
  return Object.entries(values).reduce<Properties>(
    (properties, [path, value]) => withValue(properties, path, value),
    base,
  );
}
