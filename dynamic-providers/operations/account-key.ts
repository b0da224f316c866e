import { randomBytes, randomUUID } from "node:crypto";
import { InputCheck } from "./check-inputs";
import { isUnknown, type ResourceOperations } from "./resource-operations";

/** Inputs of an account key. */
export interface AccountKeyInputs {
  /** Bytes, 16 to 256. Default 32. */
  readonly length?: number;
  /** Any text; another one gives another key. */
  readonly rotation?: string;
  readonly version: number;
}

/** Outputs of an account key. */
export interface AccountKeyOutputs extends AccountKeyInputs {
  /** Base64. A secret. */
  readonly key: string;
}

const DEFAULT_LENGTH = 32;

/** Makes a random key once and keeps it, in the state alone, until it is rotated. */
export const operations: ResourceOperations<AccountKeyInputs, AccountKeyOutputs> = {
  check(_olds, news) {
    const fits = (length?: number): boolean =>
      length === undefined || (Number.isInteger(length) && length >= 16 && length <= 256);
    const check = new InputCheck(news).require(
      "length",
      fits,
      `length must be a whole number of bytes from 16 to 256, got ${String(news.length)}`,
    );
    return Promise.resolve({ inputs: news, failures: check.failures });
  },

  diff(_id, olds, news) {
    const replaces = (["length", "rotation"] as const).filter(
      (name) => isUnknown(news[name]) || olds[name] !== news[name],
    );
    const changes = replaces.length > 0 || olds.version !== news.version;
    return Promise.resolve({ changes, replaces });
  },

  create(inputs) {
    const key = randomBytes(inputs.length ?? DEFAULT_LENGTH).toString("base64");
    return Promise.resolve({ id: randomUUID(), outs: { ...inputs, key } });
  },

  read: (id, props) => Promise.resolve({ id, props }),
  update: (_id, { key }, news) => Promise.resolve({ outs: { ...news, key } }),
  delete: () => Promise.resolve(), // it was nowhere but in the state
};
