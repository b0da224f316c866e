import * as authorization from "@pulumi/azure-native/authorization";
import type * as pulumi from "@pulumi/pulumi";

/** Keeps everybody from deleting a storage account, whatever they use, until the lock is taken away. */
export function declareStorageLock(
  name: string,
  accountId: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): void {
  new authorization.ManagementLockByScope(
    `${name}-lock`,
    {
      lockName: "keep",
      scope: accountId,
      level: authorization.LockLevel.CanNotDelete,
      notes: "Holds the library. To delete it, set protect to false and deploy first.",
    },
    opts,
  );
}
