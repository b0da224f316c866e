import { QueueServiceClient } from "@azure/storage-queue";
import type { NoticeQueues } from "../ports/notice-channels";
import { statusOf, storeError } from "./azure-errors";
import type { StorageAccess } from "./storage-access";
import { queueCredential } from "./store-credentials";

/** Queues of clients in the account's own storage. */
export class AzureNoticeQueues implements NoticeQueues {
  private readonly service: QueueServiceClient;

  constructor(access: StorageAccess) {
    this.service = new QueueServiceClient(access.queueEndpoint, queueCredential(access), {
      retryOptions: { maxTries: 3, retryDelayInMs: 100, maxRetryDelayInMs: 1600 },
    });
  }

  async send(queueName: string, message: string): Promise<void> {
    const queue = this.service.getQueueClient(queueName);
    // Clients' libraries read messages as base64.
    const text = Buffer.from(message).toString("base64");
    try {
      await queue.sendMessage(text);
    } catch (cause) {
      if (statusOf(cause) !== 404) throw storeError(cause, `Queue ${queueName}`);
      try {
        await queue.createIfNotExists();
        await queue.sendMessage(text);
      } catch (again) {
        throw storeError(again, `Queue ${queueName}`);
      }
    }
  }
}
