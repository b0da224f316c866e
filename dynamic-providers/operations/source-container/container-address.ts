/** Where a container of Azure Storage is. */
export interface ContainerAddress {
  /** Its address as it is kept: without a slash at its end. */
  readonly url: string;
  readonly accountName: string;
  readonly containerName: string;
}

/** What a container's address looks like, for messages. */
export const containerAddressForm =
  "the address of a container, as https://<account>.blob.core.windows.net/<container>, or" +
  " http://127.0.0.1:<port>/<account>/<container> of an Azurite on this machine";

/** "Naming rules", Azure Storage: 3 to 63 lower-case letters, digits and single hyphens. */
const container = "(?<container>(?=[^/]{3,63}/?$)[a-z0-9]+(?:-[a-z0-9]+)*)";
const account = "(?<account>[a-z0-9]{3,24})";
/** The host of any of Azure's clouds; `z` and a number where the account lies in a DNS zone. */
const inAzure = new RegExp(
  `^https://${account}\\.(?:z\\d{1,3}\\.)?blob\\.[a-z0-9-]+(?:\\.[a-z0-9-]+)+/${container}/?$`,
);
/** The form of Azurite. */
const onThisMachine = new RegExp(
  `^https?://(?:127\\.0\\.0\\.1|localhost|\\[::1\\])(?::\\d{1,5})?/${account}/${container}/?$`,
);

/** Reads a container's address; undefined where it is none. */
export function containerAddress(text: string): ContainerAddress | undefined {
  const groups = (inAzure.exec(text) ?? onThisMachine.exec(text))?.groups;
  if (groups === undefined) return undefined;
  const { account: accountName = "", container: containerName = "" } = groups;
  return { url: text.replace(/\/$/, ""), accountName, containerName };
}

/** Whether an address carries a shared access signature, or anything else that comes after a `?`. */
export function carriesSignature(text: string): boolean {
  return text.includes("?");
}

/** An address for messages and logs: without what could let somebody in. */
export function withoutSecrets(text: string): string {
  return text.replace(/\?.*$/s, "?...").replace(/\/\/[^/@]*@/, "//...@");
}
