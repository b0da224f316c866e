/** Queue of jobs that wait for a worker; a message is a job's id. */
export const ENCODE_JOBS_QUEUE = "encode-jobs";

/** A message taken from the queue: it belongs to the taker until its lease ends. */
export interface JobMessage {
  readonly jobId: string;
  /** How often this message has been taken, this time included. */
  readonly attempt: number;
}

/** The queue of encode jobs. A message whose lease ends without `complete` is given out again. */
export interface JobQueue {
  send(jobId: string): Promise<void>;
  /** The next message, hidden from others for `leaseSeconds`; undefined when there is none. */
  receive(leaseSeconds: number, signal?: AbortSignal): Promise<JobMessage | undefined>;
  /** Prolongs the lease from now on; throws ConflictError when it was lost to another worker. */
  renew(message: JobMessage, leaseSeconds: number): Promise<void>;
  /**
   * Makes a message that was taken one of another job, and prolongs its lease; throws ConflictError when
   * it was lost to another worker. The message itself must not be used any more.
   */
  reassign(message: JobMessage, jobId: string, leaseSeconds: number): Promise<JobMessage>;
  /** Takes the message out of the queue; one that is gone is no error. */
  complete(message: JobMessage): Promise<void>;
}
