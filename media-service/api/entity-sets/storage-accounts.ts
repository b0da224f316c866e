import { NotFoundError } from "../../domain/errors";
import type { EntityType } from "../../odata/edm";
import type { AccountDeps } from "../../services/account-deps";
import type { EntitySet } from "../entity-set";
import { storageAccountToWire } from "../wire/storage-account-to-wire";

const STORAGE_ACCOUNT: EntityType = {
  setName: "StorageAccounts",
  typeName: "StorageAccount",
  properties: {
    Name: { type: "Edm.String" },
    IsDefault: { type: "Edm.Boolean" },
    BytesUsed: { type: "Edm.Int64" },
  },
  navigations: {},
};

/** The `StorageAccounts` entity set: the one that holds everything. */
export function storageAccountSet(deps: Pick<AccountDeps, "account">): EntitySet {
  return {
    type: STORAGE_ACCOUNT,
    get: (name) =>
      name === deps.account.storageAccountName
        ? Promise.resolve(storageAccountToWire(deps))
        : Promise.reject(new NotFoundError(`There is no storage account '${name}'`)),
    // eslint-disable-next-line @typescript-eslint/require-await -- a list that is known already
    async *candidates() {
      yield storageAccountToWire(deps);
    },
  };
}
