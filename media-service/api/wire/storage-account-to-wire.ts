import type { WireEntity } from "../../odata/edm";
import type { AccountDeps } from "../../services/account-deps";

/** The account's storage account as clients see it. */
export function storageAccountToWire({ account }: Pick<AccountDeps, "account">): WireEntity {
  // How much is in it is not counted: that would mean to list every blob.
  return { Name: account.storageAccountName, IsDefault: true, BytesUsed: 0 };
}
