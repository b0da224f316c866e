import {
  appProcessName,
  containerAppToken,
  declaredEnvironment,
} from "./stand-in/kinds/container-app";
import { mediaAccountProcessName, mediaAccountToken } from "./stand-in/kinds/media-account";
import type { Declared } from "./stand-in/kinds/resource-kind";
import { listAt, mapAt, reveal, textAt } from "./stand-in/properties";
import type { ResourceRecord, ResourceRecords } from "./stand-in/resource-records";
import { storeProcessName } from "./storage/azurite-stores";
import { loopback, type PortBook } from "./storage/port-book";

/** A data center of the local cloud: the processes that it consists of. */
export interface LocalDataCenter {
  name: string;
  /** Media services account. */
  account: string;
  /** Process names. */
  service: string;
  store: string;
  /** Processes that encode apart from the service; some may not run now. */
  workers: readonly string[];
  /** Address of its media service, without a slash at the end. */
  url: string;
}

/** Reads the data centers off what is declared: one for each media service. */
export function declaredDataCenters(records: ResourceRecords, ports: PortBook): LocalDataCenter[] {
  const found = [
    ...fromContainerApps(records.ofType(containerAppToken)),
    ...records.ofType(mediaAccountToken).flatMap((record) => fromMediaAccount(record, records)),
  ];
  return found
    .flatMap((dataCenter) => {
      const port = ports.known(dataCenter.service);
      return port === undefined
        ? []
        : [{ ...dataCenter, url: `http://${loopback}:${port.toString()}` }];
    })
    .sort((a, b) => a.name.localeCompare(b.name));
}

type WithoutUrl = Omit<LocalDataCenter, "url">;

/** One for each app that answers requests; those that don't are its workers. */
function fromContainerApps(records: readonly ResourceRecord[]): WithoutUrl[] {
  const apps = records.map((record) => {
    const name = textAt(record.outputs, "name") ?? "";
    const inputs = reveal(record.inputs);
    const environment = readEnvironment({ id: record.id, name, inputs, hidden: {} });
    const answers = mapAt(inputs, "configuration.ingress") !== undefined;
    return { process: appProcessName(name), name, environment, answers };
  });
  return apps.flatMap(({ process, name, environment, answers }) => {
    const { DATA_CENTER, MEDIA_ACCOUNT_NAME, STORAGE_ACCOUNT_NAME } = environment;
    if (STORAGE_ACCOUNT_NAME === undefined || !answers) return [];
    const workers = apps.filter(
      (app) => !app.answers && app.environment["MEDIA_ACCOUNT_NAME"] === MEDIA_ACCOUNT_NAME,
    );
    return [
      {
        name: DATA_CENTER ?? name,
        account: MEDIA_ACCOUNT_NAME ?? name,
        service: process,
        store: storeProcessName(STORAGE_ACCOUNT_NAME),
        workers: workers.map((worker) => worker.process),
      },
    ];
  });
}

/** An app whose declaration can't run has no environment; making it has said why. */
function readEnvironment(declared: Declared): Record<string, string> {
  try {
    return declaredEnvironment(declared);
  } catch {
    return {};
  }
}

function fromMediaAccount(record: ResourceRecord, records: ResourceRecords): WithoutUrl[] {
  const name = textAt(record.outputs, "name") ?? "";
  const storageId = textAt(listAt(record.inputs, "storageAccounts")[0], "id") ?? "";
  const storage = textAt(records.get(storageId)?.inputs, "accountName");
  if (storage === undefined) return [];
  return [
    {
      name: textAt(record.inputs, "tags.dataCenter") ?? name,
      account: name,
      service: mediaAccountProcessName(name),
      store: storeProcessName(storage),
      workers: [],
    },
  ];
}
