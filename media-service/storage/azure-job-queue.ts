import { QueueClient } from "@azure/storage-queue";
import { ConflictError } from "../domain/errors";
import { ENCODE_JOBS_QUEUE, type JobMessage, type JobQueue } from "../ports/job-queue";
import { statusOf, storeError } from "./azure-errors";
import type { StorageAccess } from "./storage-access";
import { queueCredential } from "./store-credentials";

const FOREVER_SECONDS = -1;

/** The queue of encode jobs in Azure Queue Storage; a message's text is the job's id. */
export class AzureJobQueue implements JobQueue {
  private constructor(private readonly queue: QueueClient) {}

  /** Opens the queue, making it when it is missing. */
  static async open(access: StorageAccess): Promise<AzureJobQueue> {
    const url = `${access.queueEndpoint}/${ENCODE_JOBS_QUEUE}`;
    const queue = new QueueClient(url, queueCredential(access), {
      retryOptions: { maxTries: 5, retryDelayInMs: 100, maxRetryDelayInMs: 1600 },
    });
    try {
      await queue.createIfNotExists();
    } catch (cause) {
      throw storeError(cause, `Queue ${ENCODE_JOBS_QUEUE}`);
    }
    return new AzureJobQueue(queue);
  }

  async send(jobId: string): Promise<void> {
    await this.ask(() => this.queue.sendMessage(jobId, { messageTimeToLive: FOREVER_SECONDS }));
  }

  async receive(leaseSeconds: number, signal?: AbortSignal): Promise<JobMessage | undefined> {
    const answer = await this.ask(() =>
      this.queue.receiveMessages({
        visibilityTimeout: leaseSeconds,
        ...(signal === undefined ? {} : { abortSignal: signal }),
      }),
    );
    const [item] = answer.receivedMessageItems;
    if (item === undefined) return undefined;
    return new LeasedMessage(item.messageText, item.dequeueCount, {
      messageId: item.messageId,
      popReceipt: item.popReceipt,
    });
  }

  async renew(message: JobMessage, leaseSeconds: number): Promise<void> {
    await this.write(leased(message), message.jobId, leaseSeconds);
  }

  async reassign(message: JobMessage, jobId: string, leaseSeconds: number): Promise<JobMessage> {
    const old = leased(message);
    await this.write(old, jobId, leaseSeconds);
    return new LeasedMessage(jobId, old.attempt, old.lease);
  }

  async complete(message: JobMessage): Promise<void> {
    const { lease } = leased(message);
    try {
      await this.queue.deleteMessage(lease.messageId, lease.popReceipt);
    } catch (cause) {
      if (!isLost(cause)) throw storeError(cause, `Queue ${ENCODE_JOBS_QUEUE}`);
    }
  }

  private async write(
    { lease }: LeasedMessage,
    jobId: string,
    leaseSeconds: number,
  ): Promise<void> {
    try {
      const answer = await this.queue.updateMessage(
        lease.messageId,
        lease.popReceipt,
        jobId,
        leaseSeconds,
      );
      lease.popReceipt = answer.popReceipt ?? lease.popReceipt;
    } catch (cause) {
      throw isLost(cause)
        ? new ConflictError(`The lease on '${jobId}' was lost`, { cause })
        : storeError(cause, `Queue ${ENCODE_JOBS_QUEUE}`);
    }
  }

  private async ask<R>(call: () => Promise<R>): Promise<R> {
    try {
      return await call();
    } catch (cause) {
      throw storeError(cause, `Queue ${ENCODE_JOBS_QUEUE}`);
    }
  }
}

class LeasedMessage implements JobMessage {
  constructor(
    readonly jobId: string,
    readonly attempt: number,
    readonly lease: { readonly messageId: string; popReceipt: string },
  ) {}
}

function leased(message: JobMessage): LeasedMessage {
  if (!(message instanceof LeasedMessage)) throw new Error("A message of another queue");
  return message;
}

// 404: deleted; 400 PopReceiptMismatch: taken by another worker meanwhile.
function isLost(cause: unknown): boolean {
  return statusOf(cause) === 404 || statusOf(cause) === 400;
}
