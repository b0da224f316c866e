/** Queues that clients read notices from. */
export interface NoticeQueues {
  /** @throws UnavailableError and other errors when the message did not get there. */
  send(queueName: string, message: string): Promise<void>;
}

/** Web addresses of clients that are called with notices. */
export interface WebHooks {
  /**
   * Resolves when the receiver has taken the message.
   *
   * @throws Error saying what the receiver, or the way to it, had against it.
   */
  post(address: string, message: string, headers: Readonly<Record<string, string>>): Promise<void>;
}
