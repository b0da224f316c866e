import { isForbiddenAddress, isOnLoopback } from "../domain/callable-address";
import { InvalidInputError } from "../domain/errors";
import { entityId } from "../domain/ids";
import {
  checkEndPoint,
  EndPointType,
  EventType,
  type NotificationEndPoint,
} from "../domain/notification";
import { ENCODE_JOBS_QUEUE } from "../ports/job-queue";
import { type AccountDeps, required } from "./account-deps";
import { decryptWithProtectionKey } from "./protection-key";
import { updateEntity } from "./update-entity";

/** What a client says of a new end point. */
export type NewEndPoint = Pick<
  NotificationEndPoint,
  "name" | "type" | "address" | "encryptedCredential" | "protectionKeyId"
>;

/**
 * Makes an end point and tells it so.
 *
 * @throws InvalidInputError naming what can't be.
 */
export async function createEndPoint(
  deps: AccountDeps,
  wanted: NewEndPoint,
): Promise<NotificationEndPoint> {
  check(deps, wanted);
  const { stores, clock, newGuid } = deps;
  if (wanted.encryptedCredential !== null) {
    if (wanted.type !== EndPointType.webHook) {
      throw new InvalidInputError("Only a WebHook can have an EncryptedEndPointCredential");
    }
    const property = "EncryptedEndPointCredential";
    await decryptWithProtectionKey(deps, property, wanted.encryptedCredential);
  }
  const now = clock.now();
  const endPoint = { ...wanted, id: entityId("nepid", newGuid()), created: now };
  await stores.notificationEndPoints.insert(endPoint);
  await stores.notices.insert({
    id: entityId("noticeid", newGuid()),
    endPointId: endPoint.id,
    eventType: EventType.endPointRegistration,
    properties: { State: "Registered" },
    created: now,
    attempts: 0,
    notBefore: now,
  });
  return endPoint;
}

/** Gives an end point another name. */
export async function renameEndPoint(deps: AccountDeps, id: string, name: string): Promise<void> {
  await updateEntity(deps.stores.notificationEndPoints, id, (endPoint) => {
    const changed = { ...endPoint, name };
    check(deps, changed);
    return changed;
  });
}

/**
 * Deletes an end point; what it was not told yet it never is.
 *
 * @throws NotFoundError when there is none.
 */
export async function deleteEndPoint({ stores }: AccountDeps, id: string): Promise<void> {
  const { value } = await required(stores.notificationEndPoints, id);
  await stores.notificationEndPoints.delete(value.id);
}

/** Whether this account's processes must not call an IP address for a client. */
export function forbiddenFor({ account }: Pick<AccountDeps, "account">, ip: string): boolean {
  return isForbiddenAddress(ip, { allowLoopback: isOnLoopback(account.streamingBaseUrl) });
}

function check(deps: AccountDeps, endPoint: NewEndPoint): void {
  checkEndPoint(endPoint, {
    queues: [ENCODE_JOBS_QUEUE],
    isForbidden: (ip) => forbiddenFor(deps, ip),
  });
}
