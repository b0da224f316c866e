import type {
  AccountConnection,
  EntraConnection,
  SecretConnection,
} from "../../dynamic-providers/operations/media-services-client/account-connection";
import { declaredDataCenters, type LocalDataCenter } from "../data-centers";
import type { Home } from "../home";
import { appProcessName, declaredEnvironment } from "../stand-in/kinds/container-app";
import { mediaAccountProcessName, mediaAccountToken } from "../stand-in/kinds/media-account";
import { reveal, textAt } from "../stand-in/properties";
import { ResourceRecords } from "../stand-in/resource-records";
import { PortBook } from "../storage/port-book";
import { SecretBox } from "../storage/secret-box";

/**
 * The connection to a media account of the local cloud, by the data center's name or the account's.
 *
 * @throws Error naming the accounts that there are.
 */
export function localAccount(home: Home, name: string): AccountConnection {
  const records = new ResourceRecords(home.resourcesFile, SecretBox.open(home.keyFile));
  const dataCenters = declaredDataCenters(records, new PortBook(home.portsFile));
  const found = dataCenters.find(
    (dataCenter) => dataCenter.name === name || dataCenter.account === name,
  );
  if (found === undefined) {
    const known = dataCenters.map((dataCenter) => `${dataCenter.name} (${dataCenter.account})`);
    throw new Error(`there is no account "${name}"; there are: ${known.join(", ") || "none"}`);
  }
  return {
    apiUrl: `${found.url}/api/`,
    accountName: found.account,
    ...credentialsOf(records, found),
  };
}

type Credentials = Omit<SecretConnection, Named> | Omit<EntraConnection, Named>;
type Named = "apiUrl" | "accountName";

function credentialsOf(records: ResourceRecords, { service, url }: LocalDataCenter): Credentials {
  const byKey = (accountKey = "") => ({ tokenUrl: `${url}/v2/OAuth2-13`, accountKey });
  for (const { id, type, inputs, outputs, hidden } of records.all()) {
    const name = textAt(outputs, "name") ?? "";
    const declared = { id, name, inputs: reveal(inputs), hidden: reveal(hidden) };
    if (type === mediaAccountToken && mediaAccountProcessName(name) === service) {
      return byKey(textAt(declared.hidden, "key"));
    }
    if (type === "azure-native:app:ContainerApp" && appProcessName(name) === service) {
      const environment = declaredEnvironment(declared);
      const [entraAudience = ""] = (environment["ENTRA_AUDIENCE"] ?? "").split(",");
      return entraAudience === "" ? byKey(environment["MEDIA_ACCOUNT_KEY"]) : { entraAudience };
    }
  }
  throw new Error(`no resource declares ${service}`);
}
