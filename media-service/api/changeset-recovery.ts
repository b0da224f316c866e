import type { ChangesetRecord, LastChange } from "../domain/changeset-record";
import { NotFoundError } from "../domain/errors";
import type { ApiModel } from "./api-model";
import { notedRequest, takeAllBack } from "./changeset-undo";
import { dispatch } from "./dispatch";
import { errorAnswer } from "./error-response";

/**
 * Ends changesets whose process died: what was made whole stays, all else is taken back. Answers how many
 * were ended; one that can't be ended now is tried again the next time.
 */
export async function recoverChangesets(model: ApiModel): Promise<number> {
  let ended = 0;
  for await (const { record, journal } of model.abandonedChangesets()) {
    try {
      if (!(await isWhole(model, record))) {
        await takeAllBack(model, record.undos);
      }
      await journal.forget();
      ended += 1;
    } catch (cause) {
      model.report(cause);
    }
  }
  return ended;
}

async function isWhole(model: ApiModel, { done, last }: ChangesetRecord): Promise<boolean> {
  return done || (last !== null && (await isMade(model, last)));
}

async function isMade(model: ApiModel, last: LastChange): Promise<boolean> {
  if (last.kind === "asked") {
    await askAgain(model, last);
    return true;
  }
  try {
    await model.sets.get(last.set)?.get(last.id);
    return true;
  } catch (cause) {
    if (cause instanceof NotFoundError) return false;
    throw cause;
  }
}

/** What is refused now was done before: it was found to be possible before it was noted. */
async function askAgain(
  model: ApiModel,
  last: Extract<LastChange, { kind: "asked" }>,
): Promise<void> {
  try {
    await dispatch(model, notedRequest(last));
  } catch (cause) {
    if (errorAnswer(cause).status >= 500) throw cause;
  }
}
