import { isDeepStrictEqual } from "node:util";
import { type AccountInputs, type DiffResult, isUnknown, UNKNOWN } from "./resource-operations";

/** Which inputs mean what when they change; those not named change nothing that exists. */
export interface ComparisonRules<I> {
  /** The resource has to be made anew. */
  readonly replace?: readonly (keyof I & string)[];
  /** The resource is changed in place, or only its state. */
  readonly update?: readonly (keyof I & string)[];
}

/**
 * Compares a resource's inputs of a kind with what its state holds. A value that is not known yet
 * counts as changed. Another account's name means another account: the resource is made anew there;
 * its other members (a rotated key, another address) only update the state.
 */
export function compareInputs<I extends AccountInputs>(
  olds: Partial<I>,
  news: I,
  rules: ComparisonRules<I>,
): DiffResult {
  const differs = (key: keyof I & string): boolean =>
    isUnknown(news[key]) || !isDeepStrictEqual(olds[key], news[key]);
  const replaces: string[] = (rules.replace ?? []).filter(differs);
  if (isOtherAccount(olds, news)) replaces.push("account");
  const updates = [...(rules.update ?? []), "account" as const, "version" as const].some(differs);
  return { changes: replaces.length > 0 || updates, replaces };
}

function isOtherAccount(olds: Partial<AccountInputs>, { account }: AccountInputs): boolean {
  // The whole connection may be unknown, and then be a text.
  const name: unknown = account.accountName;
  if (olds.account === undefined || name === undefined || name === UNKNOWN) return false;
  return name !== olds.account.accountName;
}
