import type { AccountDeps } from "../../media-service/services/account-deps";

/** What a process does not get to see: it is dead. */
export class Died extends Error {}

/**
 * The account as a process sees it that is killed at its nth call of the store; nothing is called after
 * that.
 */
export function dyingAccount(account: AccountDeps, calls: number): AccountDeps {
  let left = calls;
  const wrap = <T extends object>(part: T): T =>
    new Proxy(part, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== "function") return member;
        return (...args: unknown[]): unknown => {
          if (name !== "containerUrl" && --left < 0) throw new Died(`at ${String(name)}`);
          return Reflect.apply(member, target, args);
        };
      },
    });
  const stores = Object.entries(account.stores).map(([name, store]) => [
    name,
    wrap(store as object),
  ]);
  return {
    ...account,
    stores: Object.fromEntries(stores) as AccountDeps["stores"],
    blobs: wrap(account.blobs),
    queue: wrap(account.queue),
  };
}
