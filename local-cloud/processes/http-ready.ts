import { type Dispatcher, request } from "undici";

const timeoutMs = 2_000;

/** Whether an HTTP server answers at all, or answers with one of the given statuses. */
export async function answersHttp(
  url: string,
  { statuses, dispatcher }: { statuses?: readonly number[]; dispatcher?: Dispatcher } = {},
): Promise<boolean> {
  try {
    const response = await request(url, {
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      reset: true,
      ...(dispatcher && { dispatcher }),
    });
    await response.body.dump();
    return statuses?.includes(response.statusCode) ?? true;
  } catch {
    return false; // not listening yet; the caller asks again until its own time is up
  }
}
