const timeoutMs = 20_000;

/**
 * Loads a whole answer.
 *
 * @throws Error saying what was answered, unless it is 200.
 */
export async function fetchBytes(url: string): Promise<Buffer> {
  let response: Response;
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
    if (response.ok) return Buffer.from(await response.arrayBuffer());
    await response.body?.cancel();
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    throw new Error(`no answer (${cause instanceof Error ? cause.message : String(cause)})`, {
      cause: error,
    });
  }
  throw new Error(`answered ${response.status}`);
}

/** The same as text. */
export async function fetchText(url: string): Promise<string> {
  return (await fetchBytes(url)).toString("utf8");
}
