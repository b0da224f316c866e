import { QueueClient, StorageSharedKeyCredential } from "@azure/storage-queue";
import { request } from "undici";
import { listAt, mapAt, numberAt, type Properties, textAt } from "../properties";
import type { Principal } from "../../authority/token-claims";
import { declaredPrincipal } from "./identity";
import type { CloudServices } from "./resource-kind";

/** KEDA's own, where the declaration says nothing. */
const defaultPollingSeconds = 30;
const defaultCooldownSeconds = 300;

const storageAudience = "https://storage.azure.com";
const apiVersion = "2025-11-05";
const timeoutMs = 10_000;

/** When a container app is to run at all: while a queue holds messages. */
export interface QueueScaleRule {
  accountName: string;
  queueName: string;
  /** Resource id of the identity that looks into the queue. */
  identityId: string | undefined;
  pollingMs: number;
  cooldownMs: number;
}

/** The rule by which an app scales down to nothing; undefined where it always runs. */
export function queueScaleRule(inputs: Properties): QueueScaleRule | undefined {
  const scale = mapAt(inputs, "template.scale");
  const rule = listAt(scale, "rules").find((each) => mapAt(each, "azureQueue") !== undefined);
  if ((numberAt(scale, "minReplicas") ?? 0) > 0 || rule === undefined) return undefined;
  return {
    accountName: textAt(rule, "azureQueue.accountName") ?? "",
    queueName: textAt(rule, "azureQueue.queueName") ?? "",
    identityId: textAt(rule, "azureQueue.identity"),
    pollingMs: (numberAt(scale, "pollingInterval") ?? defaultPollingSeconds) * 1_000,
    cooldownMs: (numberAt(scale, "cooldownPeriod") ?? defaultCooldownSeconds) * 1_000,
  };
}

/**
 * Messages in the queue, as the rule's identity sees it.
 *
 * @throws Error when there is no such store or queue, or it lets nobody of the rule's in.
 */
export async function queueLength(rule: QueueScaleRule, cloud: CloudServices): Promise<number> {
  const account = cloud.stores.account(rule.accountName);
  if (account === undefined) throw new Error(`there is no storage account "${rule.accountName}"`);
  const url = `${(await cloud.stores.endpoints(account)).queue}${rule.queueName}`;
  if (account.byIdentity) return lengthByToken(url, rule, cloud);
  const credential = new StorageSharedKeyCredential(account.name, account.keys[0]);
  const { approximateMessagesCount } = await new QueueClient(url, credential).getProperties();
  return approximateMessagesCount ?? 0;
}

async function lengthByToken(
  url: string,
  rule: QueueScaleRule,
  cloud: CloudServices,
): Promise<number> {
  const { token } = cloud.authority().token(principalOf(rule, cloud), storageAudience);
  const answer = await request(`${url}?comp=metadata`, {
    dispatcher: cloud.stores.dispatcher,
    headersTimeout: timeoutMs,
    headers: {
      authorization: `Bearer ${token}`,
      "x-ms-version": apiVersion,
      "x-ms-date": new Date().toUTCString(),
    },
  });
  await answer.body.dump();
  if (answer.statusCode !== 200) {
    throw new Error(`queue ${rule.queueName} was answered ${answer.statusCode.toString()}`);
  }
  return Number(answer.headers["x-ms-approximate-messages-count"] ?? 0);
}

function principalOf({ identityId, queueName }: QueueScaleRule, cloud: CloudServices): Principal {
  const principal = declaredPrincipal(identityId ?? "", cloud);
  if (principal !== undefined) return principal;
  throw new Error(
    `the rule that scales by queue ${queueName} names no identity that is declared, and the store takes no keys`,
  );
}
