import { type CheckFailure, isUnknown } from "./resource-operations";

/** Collects what is wrong with inputs; what is not known yet is taken as right. */
export class InputCheck<I extends object> {
  readonly failures: CheckFailure[] = [];

  constructor(private readonly inputs: I) {}

  /** Adds a failure when an input is known and does not fit. */
  require<K extends keyof I & string>(
    property: K,
    fits: (value: I[K]) => boolean,
    reason: string,
  ): this {
    const value = this.inputs[property];
    if (!isUnknown(value) && !fits(value)) this.failures.push({ property, reason });
    return this;
  }

  /** An input that must be a text with something in it. */
  text(...properties: (keyof I & string)[]): this {
    for (const property of properties) {
      const fits = (value: unknown): boolean => typeof value === "string" && value !== "";
      this.require(property, fits, `${property} must be a text that is not empty`);
    }
    return this;
  }

  /** An input that must be an account's connection. */
  account(property: keyof I & string): this {
    const value: unknown = this.inputs[property];
    if (isUnknown(value) && typeof value === "string") return this;
    for (const reason of connectionFaults(value)) this.failures.push({ property, reason });
    return this;
  }
}

function connectionFaults(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return ["must be an account's connection"];
  const connection = value as Readonly<Record<string, unknown>>;
  const names =
    "entraAudience" in connection
      ? ["apiUrl", "accountName", "entraAudience"]
      : ["apiUrl", "tokenUrl", "accountName", "accountKey"];
  return names.flatMap((name) => {
    const member = connection[name];
    if (isUnknown(member)) return [];
    if (typeof member !== "string" || member === "")
      return [`${name} must be a text that is not empty`];
    return name.endsWith("Url") && !/^https?:\/\//.test(member)
      ? [`${name} must begin with https:// or http://, got '${member}'`]
      : [];
  });
}
