import type { StepOp } from "../deployment/events";

/** How a step is shown: the official CLI's signs and words. */
export interface StepWords {
  sign: string;
  /** As it begins. */
  doing: string;
  /** When it has ended. */
  done: string;
  /** In the counts; none for steps that are part of another one there. */
  counted?: { plan: string; past: string };
}

/** By operation. */
export const STEP_WORDS: Record<StepOp, StepWords> = {
  same: { sign: " ", doing: "", done: "" },
  create: {
    sign: "+",
    doing: "creating",
    done: "created",
    counted: { plan: "to create", past: "created" },
  },
  update: {
    sign: "~",
    doing: "updating",
    done: "updated",
    counted: { plan: "to update", past: "updated" },
  },
  replace: {
    sign: "+-",
    doing: "replacing",
    done: "replaced",
    counted: { plan: "to replace", past: "replaced" },
  },
  "create-replacement": {
    sign: "++",
    doing: "creating replacement",
    done: "created replacement",
    counted: { plan: "to replace", past: "replaced" },
  },
  "delete-replaced": { sign: "--", doing: "deleting original", done: "deleted original" },
  delete: {
    sign: "-",
    doing: "deleting",
    done: "deleted",
    counted: { plan: "to delete", past: "deleted" },
  },
  discard: { sign: "<", doing: "discarding", done: "discarded" },
  read: { sign: ">", doing: "reading", done: "read", counted: { plan: "to read", past: "read" } },
  refresh: { sign: "~", doing: "refreshing", done: "refreshed" },
};

/** Whether a step changes anything. */
export function isChange(op: StepOp): boolean {
  return op !== "same" && op !== "read" && op !== "refresh";
}
