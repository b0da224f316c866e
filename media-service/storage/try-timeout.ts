import { RestError, type TableServiceClientOptions } from "@azure/data-tables";

type AdditionalPolicy = NonNullable<TableServiceClientOptions["additionalPolicies"]>[number];
type SendRequest = AdditionalPolicy["policy"]["sendRequest"];

/**
 * Ends each try of a request that the store does not answer: the SDK's own retries see it as a broken
 * connection. Without it a store that takes connections and is silent would hold its callers for ever.
 */
export function tryTimeout(milliseconds: number): AdditionalPolicy {
  return {
    position: "perRetry",
    policy: {
      name: "twinstreamTryTimeout",
      sendRequest: (request, next) => sendWithin(milliseconds, request, next),
    },
  };
}

async function sendWithin(
  milliseconds: number,
  ...[request, next]: Parameters<SendRequest>
): ReturnType<SendRequest> {
  const own = request.abortSignal;
  const limit = new AbortController();
  const end = (): void => {
    limit.abort();
  };
  const timer = setTimeout(end, milliseconds);
  own?.addEventListener("abort", end);
  if (own?.aborted === true) end();
  try {
    request.abortSignal = limit.signal;
    return await next(request);
  } catch (error) {
    if (!limit.signal.aborted || own?.aborted === true) throw error;
    throw new RestError(`no answer within ${milliseconds} ms`, { code: "ETIMEDOUT", request });
  } finally {
    clearTimeout(timer);
    own?.removeEventListener("abort", end);
    if (own === undefined) delete request.abortSignal;
    else request.abortSignal = own;
  }
}
