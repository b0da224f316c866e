import { NotFoundError } from "../../domain/errors";
import type { EntityType, WireEntity } from "../../odata/edm";
import type { AccountDeps } from "../../services/account-deps";
import type { EntitySet } from "../entity-set";

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

/** The account's storage account as clients see it. */
export function storageAccountToWire({ account }: Pick<AccountDeps, "account">): WireEntity {
  // How much is in it is not counted: that would mean to list every blob.
  return { Name: account.storageAccountName, IsDefault: true, BytesUsed: 0 };
}
