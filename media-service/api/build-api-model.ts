import type { AccountDeps } from "../services/account-deps";
import { ChangesetJournal } from "../services/changeset-journal";
import type { ApiModel } from "./api-model";
import { accessPolicySet } from "./entity-sets/access-policies";
import { assetSet } from "./entity-sets/assets";
import { authorizationPolicySet, policyOptionSet } from "./entity-sets/authorization-policies";
import { contentKeySet } from "./entity-sets/content-keys";
import { deliveryPolicySet } from "./entity-sets/delivery-policies";
import { fileSet } from "./entity-sets/files";
import { jobTemplateSet, taskTemplateSet } from "./entity-sets/job-templates";
import { jobSet } from "./entity-sets/jobs";
import { locatorSet } from "./entity-sets/locators";
import { mediaProcessorSet } from "./entity-sets/media-processors";
import { notificationEndPointSet } from "./entity-sets/notification-end-points";
import { reservedUnitSet } from "./entity-sets/reserved-units";
import { storageAccountSet } from "./entity-sets/storage-accounts";
import { operationSet, streamingEndpointSet } from "./entity-sets/streaming-endpoints";
import { taskSet } from "./entity-sets/tasks";
import { apiFunctions } from "./functions";

/** Everything that the API offers. */
export function buildApiModel(
  deps: AccountDeps,
  { root, report }: Pick<ApiModel, "root" | "report">,
): ApiModel {
  const sets = [
    assetSet(deps),
    fileSet(deps),
    accessPolicySet(deps),
    locatorSet(deps),
    jobSet(deps),
    taskSet(deps),
    mediaProcessorSet(),
    streamingEndpointSet(deps),
    operationSet(deps),
    jobTemplateSet(deps),
    taskTemplateSet(deps),
    storageAccountSet(deps),
    notificationEndPointSet(deps),
    contentKeySet(deps),
    deliveryPolicySet(deps),
    authorizationPolicySet(deps),
    policyOptionSet(deps),
    reservedUnitSet(deps),
  ];
  return {
    sets: new Map(sets.map((set) => [set.type.setName, set])),
    functions: apiFunctions(deps),
    root,
    now: () => deps.clock.now(),
    report,
    drawing: (guid) =>
      buildApiModel({ ...deps, newGuid: () => guid() ?? deps.newGuid() }, { root, report }),
    newJournal: () => ChangesetJournal.for(deps),
    abandonedChangesets: () => ChangesetJournal.abandoned(deps),
  };
}
