import { containerApp } from "./container-app";
import { contentDeliveryKinds } from "./content-delivery";
import { recordSet } from "./dns";
import { firewallKinds } from "./firewall";
import { identityKinds } from "./identity";
import { appCertificate, managedEnvironment } from "./managed-environment";
import { mediaServicesKinds } from "./media-services";
import { monitoringKinds } from "./monitoring";
import { networkKinds } from "./network";
import { resourceGroup } from "./resource-group";
import type { ResourceKind } from "./resource-kind";
import { storageAccount } from "./storage-account";
import { blobContainer, queue, table } from "./storage-children";
import { storageSettingsKinds } from "./storage-settings";
import { trafficManagerKinds } from "./traffic-manager";

/** What the stand-in knows of kinds of resources, by token. */
export type KindTable = ReadonlyMap<string, ResourceKind>;

/** Every kind with a module of its own. Others are recorded without being checked. */
export const knownKinds: KindTable = new Map(
  [
    resourceGroup,
    storageAccount,
    blobContainer,
    queue,
    table,
    ...storageSettingsKinds,
    ...identityKinds,
    ...monitoringKinds,
    ...networkKinds,
    managedEnvironment,
    appCertificate,
    containerApp,
    ...mediaServicesKinds,
    ...contentDeliveryKinds,
    ...firewallKinds,
    ...trafficManagerKinds,
    recordSet,
  ].map((kind) => [kind.declaration.token, kind]),
);
