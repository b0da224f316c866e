import { presetError, shortened } from "./preset-error";

/** What JSON can hold; XML is brought into the same form. */
export type PresetValue =
  | string
  | number
  | boolean
  | null
  | readonly PresetValue[]
  | { readonly [name: string]: PresetValue };

/** Bounds of a number. */
interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly whole?: boolean;
}

/**
 * One object of a preset. Names are compared without case, and numbers and truths may be written as
 * texts, as clients do. What nobody asked for by `end` is an error: nothing is passed over.
 */
export class PresetNode {
  private readonly members = new Map<string, { name: string; value: PresetValue }>();
  private readonly known = new Set<string>();

  constructor(
    readonly place: string,
    value: PresetValue,
  ) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw presetError(place, "must be an object");
    }
    for (const [name, member] of Object.entries(value as Record<string, PresetValue>)) {
      this.members.set(name.toLowerCase(), { name, value: member });
    }
  }

  /** The place of a member, for messages. */
  at(name: string): string {
    return this.place === "" ? name : `${this.place}.${name}`;
  }

  has(name: string): boolean {
    return this.take(name) !== undefined;
  }

  text(name: string): string | undefined {
    const value = this.take(name);
    if (value === undefined) return undefined;
    if (typeof value === "object") throw presetError(this.at(name), "must be a text");
    return String(value).trim();
  }

  number(name: string, { min, max, whole = true }: Bounds): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = text === "" ? NaN : Number(text);
    if (!(value >= min && value <= max) || (whole && !Number.isInteger(value))) {
      const kind = whole ? "a whole number" : "a number";
      throw presetError(
        this.at(name),
        `must be ${kind} from ${min} to ${max}, not '${shortened(text)}'`,
      );
    }
    return value;
  }

  truth(name: string): boolean | undefined {
    const text = this.text(name)?.toLowerCase();
    if (text === undefined) return undefined;
    if (text !== "true" && text !== "false") {
      throw presetError(this.at(name), `must be true or false, not '${shortened(text)}'`);
    }
    return text === "true";
  }

  /** One of some words, in whatever case. */
  word<T extends string>(name: string, words: readonly T[]): T | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const found = words.find((word) => word.toLowerCase() === text.toLowerCase());
    if (found === undefined) {
      throw presetError(
        this.at(name),
        `must be ${words.join(" or ")} here, not '${shortened(text)}'`,
      );
    }
    return found;
  }

  child(name: string): PresetNode | undefined {
    const value = this.take(name);
    // An empty element of XML is an empty text.
    return value === undefined
      ? undefined
      : new PresetNode(this.at(name), value === "" ? {} : value);
  }

  list(name: string): PresetNode[] {
    const value = this.take(name) ?? [];
    if (!Array.isArray(value)) throw presetError(this.at(name), "must be a list");
    return (value as readonly PresetValue[]).map(
      (item, index) => new PresetNode(`${this.at(name)}[${index}]`, item),
    );
  }

  /** Something of the schema that is not offered: having it is an error, with the reason. */
  refuse(name: string, reason: string): void {
    if (this.has(name)) throw presetError(this.at(name), `is not offered: ${reason}`);
  }

  /** To be called when everything was asked for. */
  end(): void {
    for (const [key, { name }] of this.members) {
      if (!this.known.has(key)) throw presetError(this.at(name), "is not known here");
    }
  }

  private take(name: string): PresetValue | undefined {
    const key = name.toLowerCase();
    this.known.add(key);
    return this.members.get(key)?.value ?? undefined;
  }
}
