/** Looks up one raw configuration value; objects and lists arrive as JSON text. */
export type RawConfig = (key: string) => string | undefined;

/** A whole number's bounds and what stands where the key is not set. */
export interface IntegerRule {
  min: number;
  max: number;
  fallback: number;
}

/**
 * Reads typed values and collects what is wrong with them, so that one preview names every mistake.
 * A wrong value reads as its fallback: callers must check {@link ConfigReader.problems} before use.
 */
export class ConfigReader {
  /** One line a mistake: key, value, what is allowed. */
  readonly problems: string[] = [];

  constructor(private readonly raw: RawConfig) {}

  /** Adds a mistake to the list. */
  refuse(key: string, problem: string): void {
    this.problems.push(`${key}: ${problem}`);
  }

  /** Text as it stands, or `fallback` where the key is not set. */
  text(key: string, fallback: string): string {
    return this.raw(key) ?? fallback;
  }

  /** One of a fixed set of words. Empty text counts as not set. */
  choice<Word extends string>(key: string, words: readonly Word[], fallback: Word): Word {
    const value = this.raw(key) ?? "";
    if (value === "") return fallback;
    const word = words.find((candidate) => candidate === value);
    if (word === undefined) this.refuse(key, `is "${value}"; allowed: ${words.join(", ")}`);
    return word ?? fallback;
  }

  /** `true` or `false`. */
  flag(key: string, fallback: boolean): boolean {
    return this.choice(key, ["true", "false"], fallback ? "true" : "false") === "true";
  }

  /** A whole number within bounds. */
  integer(key: string, { min, max, fallback }: IntegerRule): number {
    const value = this.raw(key);
    if (value === undefined) return fallback;
    const number = Number(value);
    if (value.trim() !== "" && Number.isInteger(number) && number >= min && number <= max) {
      return number;
    }
    this.refuse(key, `is "${value}"; allowed: a whole number from ${min} to ${max}`);
    return fallback;
  }

  /** A list of objects, empty where the key is not set; undefined when refused as a whole. */
  entries(key: string): Entry[] | undefined {
    const value = this.parsed(key, "a list", []);
    if (!Array.isArray(value)) {
      if (value !== undefined) this.refuse(key, `must be a list, got ${describe(value)}`);
      return undefined;
    }
    return value.flatMap((entry: unknown, index) => {
      const at = `${key}[${index}]`;
      if (isRecord(entry)) return [{ at, entry }];
      this.refuse(at, `must be an object, got ${describe(entry)}`);
      return [];
    });
  }

  /** A list of texts, each checked against its allowed form; empty where the key is not set. */
  texts(key: string, form: Form): string[] {
    return this.textsAt(key, this.parsed(key, "a list", []) ?? [], form);
  }

  /** An object; empty where the key is not set. */
  record(key: string): Record<string, unknown> {
    const value = this.parsed(key, "an object", {});
    if (value === undefined || isRecord(value)) return value ?? {};
    this.refuse(key, `must be an object, got ${describe(value)}`);
    return {};
  }

  /** A text member of an object, checked against its allowed form; empty text when refused. */
  member(owner: Entry, name: string, form: Form): string {
    const value = owner.entry[name];
    if (typeof value === "string" && form.pattern.test(value)) return value;
    const got = value === undefined ? "is required" : `is ${describe(value)}`;
    this.refuse(`${owner.at}.${name}`, `${got}; allowed: ${form.allowed}`);
    return "";
  }

  /** A whole number within bounds as a member of an object; undefined where it is not set, or refused. */
  memberInteger(
    { at, entry }: Entry,
    name: string,
    { min, max }: Omit<IntegerRule, "fallback">,
  ): number | undefined {
    const value = entry[name];
    if (value === undefined) return undefined;
    if (Number.isInteger(value) && Number(value) >= min && Number(value) <= max) {
      return Number(value);
    }
    this.refuse(
      `${at}.${name}`,
      `is ${describe(value)}; allowed: a whole number from ${min} to ${max}`,
    );
    return undefined;
  }

  /** A member that is a list of texts, each checked against its allowed form. */
  memberTexts({ at, entry }: Entry, name: string, form: Form): string[] {
    return this.textsAt(`${at}.${name}`, entry[name] ?? [], form);
  }

  /** A member that is a list of objects. */
  memberEntries({ at, entry }: Entry, name: string): Entry[] {
    return this.listed(`${at}.${name}`, entry[name] ?? [], (item, itemAt) => {
      if (isRecord(item)) return [{ at: itemAt, entry: item }];
      this.refuse(itemAt, `must be an object, got ${describe(item)}`);
      return [];
    });
  }

  /** A member that is an object; undefined where it is not set, or refused. */
  optionalRecord(owner: Entry, name: string): Record<string, unknown> | undefined {
    const value = owner.entry[name];
    if (value === undefined || isRecord(value)) return value;
    this.refuse(`${owner.at}.${name}`, `must be an object, got ${describe(value)}`);
    return undefined;
  }

  /** Refuses members that no one reads, which are mostly misspelt ones. */
  onlyMembers(owner: Entry, known: readonly string[]): void {
    for (const name of Object.keys(owner.entry)) {
      if (!known.includes(name)) {
        this.refuse(`${owner.at}.${name}`, `is not known; allowed: ${known.join(", ")}`);
      }
    }
  }

  private textsAt(at: string, value: unknown, form: Form): string[] {
    return this.listed(at, value, (item, itemAt) => {
      if (typeof item === "string" && form.pattern.test(item)) return [item];
      this.refuse(itemAt, `is ${describe(item)}; allowed: ${form.allowed}`);
      return [];
    });
  }

  private listed<Item>(
    at: string,
    value: unknown,
    read: (item: unknown, at: string) => Item[],
  ): Item[] {
    if (Array.isArray(value)) {
      return value.flatMap((item: unknown, index) => read(item, `${at}[${index}]`));
    }
    this.refuse(at, `must be a list, got ${describe(value)}`);
    return [];
  }

  /** What JSON text stands for; undefined when it is none, which is refused here. */
  private parsed(key: string, wanted: string, fallback: unknown): unknown {
    const text = this.raw(key);
    if (text === undefined) return fallback;
    try {
      return JSON.parse(text) as unknown;
    } catch {
      this.refuse(key, `must be ${wanted}, got text`);
      return undefined;
    }
  }
}

/** An object in the configuration, and how to say where it is. */
export interface Entry {
  at: string;
  entry: Record<string, unknown>;
}

/** What a text member may look like, and how to say so. */
export interface Form {
  pattern: RegExp;
  allowed: string;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (isRecord(value)) return "an object";
  return JSON.stringify(value);
}
