import { createHash, createHmac } from "node:crypto";
import pLimit from "p-limit";
import { ConflictError, NotFoundError } from "../domain/errors";
import {
  EndPointType,
  EventType,
  type Notice,
  type NotificationEndPoint,
} from "../domain/notification";
import type { Stored } from "../ports/entity-store";
import type { NoticeQueues, WebHooks } from "../ports/notice-channels";
import type { AccountDeps } from "./account-deps";
import { decryptWithProtectionKey } from "./protection-key";
import { accountGuid } from "./reserved-units";
import type { SweeperLog } from "./sweeper";

/** What notices are delivered with. */
export interface DeliveryDeps {
  readonly account: AccountDeps;
  readonly queues: NoticeQueues;
  readonly webHooks: WebHooks;
  readonly log: SweeperLog;
}

const MESSAGE_VERSION = "1.1";
const MAX_NOTICES_A_SWEEP = 200;
const AT_ONCE = 8;
const MAX_ATTEMPTS = 8;
const FIRST_PAUSE_MILLISECONDS = 2_000;
/** Longer than a delivery takes: whoever takes a notice up has it for himself that long. */
const CLAIM_MILLISECONDS = 60_000;

/**
 * Tries to deliver what is due. A notice is removed only when it has arrived, so a process that ends in
 * between may have it delivered twice: its ETag tells. One that nobody takes is given up in the end.
 */
export async function deliverNotices(deps: DeliveryDeps): Promise<void> {
  const { stores, clock } = deps.account;
  const due: Stored<Notice>[] = [];
  for await (const stored of stores.notices.list()) {
    if (stored.value.notBefore <= clock.now()) due.push(stored);
    if (due.length >= MAX_NOTICES_A_SWEEP) break;
  }
  due.sort((one, other) => one.value.created.getTime() - other.value.created.getTime());
  const limit = pLimit(AT_ONCE);
  await Promise.all(due.map((stored) => limit(() => deliver(deps, stored))));
}

async function deliver(deps: DeliveryDeps, stored: Stored<Notice>): Promise<void> {
  const { stores } = deps.account;
  const claimed = await claim(deps.account, stored);
  if (claimed === undefined) return;
  const notice = claimed.value;
  const endPoint = (await stores.notificationEndPoints.get(notice.endPointId))?.value;
  try {
    if (endPoint !== undefined) await send(deps, endPoint, notice);
    await stores.notices.delete(notice.id);
  } catch (err) {
    await postpone(deps, claimed, err);
  }
}

async function claim(
  account: AccountDeps,
  stored: Stored<Notice>,
): Promise<Stored<Notice> | undefined> {
  const notBefore = new Date(account.clock.now().getTime() + CLAIM_MILLISECONDS);
  const { value } = stored;
  try {
    const attempts = value.attempts + 1;
    return await account.stores.notices.replace(stored, { ...value, attempts, notBefore });
  } catch (cause) {
    // Another process has it.
    if (cause instanceof ConflictError || cause instanceof NotFoundError) return undefined;
    throw cause;
  }
}

async function postpone(
  { account, log }: DeliveryDeps,
  claimed: Stored<Notice>,
  err: unknown,
): Promise<void> {
  const { id, endPointId, attempts } = claimed.value;
  if (attempts >= MAX_ATTEMPTS) {
    log.warn({ err, endPointId, attempts }, "a notice was given up: nobody takes it");
    await account.stores.notices.delete(id);
    return;
  }
  log.info({ err, endPointId, attempts }, "a notice was not delivered, next try follows");
  const pause = FIRST_PAUSE_MILLISECONDS * 2 ** (attempts - 1);
  const notBefore = new Date(account.clock.now().getTime() + pause);
  await account.stores.notices.replace(claimed, { ...claimed.value, notBefore });
}

async function send(
  { account, queues, webHooks }: DeliveryDeps,
  endPoint: NotificationEndPoint,
  notice: Notice,
): Promise<void> {
  if (endPoint.type === EndPointType.azureQueue) {
    await queues.send(endPoint.address, messageOf(account, notice, nameOf(notice.eventType)));
    return;
  }
  const message = messageOf(account, notice, notice.eventType);
  await webHooks.post(endPoint.address, message, {
    "ms-mediaservices-accountid": accountGuid(account),
    ...(await signature(account, endPoint, message)),
  });
}

async function signature(
  account: AccountDeps,
  { encryptedCredential }: NotificationEndPoint,
  message: string,
): Promise<Record<string, string>> {
  if (encryptedCredential === null) return {};
  const property = "EncryptedEndPointCredential";
  const key = await decryptWithProtectionKey(account, property, encryptedCredential);
  const digest = createHmac("sha256", key).update(message).digest("hex").toUpperCase();
  return { "ms-signature": `sha256=${digest}` };
}

function messageOf(account: AccountDeps, notice: Notice, eventType: string | number): string {
  return JSON.stringify({
    MessageVersion: MESSAGE_VERSION,
    ETag: createHash("sha256").update(notice.id).digest("hex"),
    EventType: eventType,
    TimeStamp: notice.created.toISOString(),
    Properties: {
      ...notice.properties,
      AccountName: account.account.name,
      AccountId: accountGuid(account),
      NotificationEndPointId: notice.endPointId,
    },
  });
}

// In queues an event has its name, in webhooks its number.
function nameOf(eventType: number): string {
  const [name = ""] = Object.entries(EventType).find(([, value]) => value === eventType) ?? [];
  return name
    .replace("endPoint", "NotificationEndPoint")
    .replace(/^[a-z]/, (letter) => letter.toUpperCase());
}
