import { ConflictError, NotFoundError } from "../domain/errors";
import { derivedGuid, entityId } from "../domain/ids";
import { checkReservedUnits, type ReservedUnits } from "../domain/reserved-units";
import type { AccountDeps } from "./account-deps";
import { updateEntity } from "./update-entity";

/** The account's id: clients know it by this besides its name. */
export function accountGuid({ account }: Pick<AccountDeps, "account">): string {
  return derivedGuid(account.name, "account");
}

/** What the account has reserved for encoding. */
export async function reservedUnits(
  deps: Pick<AccountDeps, "account" | "stores">,
): Promise<ReservedUnits> {
  const id = entityId("unitid", accountGuid(deps));
  return (await deps.stores.reservedUnits.get(id))?.value ?? { id, type: 0, current: 0 };
}

/**
 * Notes what a client reserves for encoding. It is given back and does nothing else, as in the last years
 * of the service: how many jobs run at a time is the number of workers.
 *
 * @throws NotFoundError when the id is another account's.
 */
export async function reserveUnits(
  deps: AccountDeps,
  guid: string,
  changes: Partial<Omit<ReservedUnits, "id">>,
): Promise<void> {
  if (guid.toLowerCase() !== accountGuid(deps)) {
    throw new NotFoundError(`'${guid}' is not the id of this account`);
  }
  const before = await reservedUnits(deps);
  checkReservedUnits({ ...before, ...changes });
  try {
    await deps.stores.reservedUnits.insert({ ...before, ...changes });
  } catch (cause) {
    if (!(cause instanceof ConflictError)) throw cause;
    await updateEntity(deps.stores.reservedUnits, before.id, (units) => ({ ...units, ...changes }));
  }
}
