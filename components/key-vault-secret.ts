/** A secret as those who read it are told of it. */
export interface KeyVaultSecret {
  /** Id of the subscription that it lies in, which may be another than the deployment's. */
  subscriptionId: string;
  /** Its address, without a version: who reads it reads its successors too. */
  url: string;
}

/** Reads the resource id of a secret in a Key Vault, as the setting `domain` takes one. */
export function keyVaultSecret(secretId: string): KeyVaultSecret {
  const [, , subscriptionId = "", , , , , , vault = "", , secret = ""] = secretId.split("/");
  return { subscriptionId, url: `https://${vault}.vault.azure.net/secrets/${secret}` };
}
