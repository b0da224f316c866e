import type { TaskErrorCode } from "../../../ports/job-runs";
import type { EncodePlan } from "../../plan/encode-plan";
import type { ProbedMedia } from "../../probed-media";

/** What the worker asks of the child process; one request a process. */
export type ChildRequest =
  | { readonly kind: "probe"; readonly path: string }
  | { readonly kind: "encode"; readonly plan: EncodePlan };

/** What the child answers; `progress` any number of times, then one of the others. */
export type ChildReply =
  | { readonly kind: "progress"; readonly encodedSeconds: number }
  | { readonly kind: "probed"; readonly media: ProbedMedia }
  | { readonly kind: "encoded" }
  | { readonly kind: "not-media"; readonly reason: string }
  | { readonly kind: "failed"; readonly code: TaskErrorCode; readonly message: string };
