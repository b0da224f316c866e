import { accountLabel, type AccountConnection } from "./account-connection";
import type { ExchangeAnswer } from "./exchange";
import { MediaServicesError } from "./media-services-error";

/** More redirects than this in a row are a loop. */
const MOST_REDIRECTS = 5;
/** Statuses that move the API root; the same method and body go there. */
const MOVED = new Set([301, 307, 308]);

/** API roots that accounts were redirected to, by the root that was asked first. */
const moved = new Map<string, string>();

/**
 * Sends a request to an account's API root, following redirects to another root: the path is
 * appended again, method and body stay, and the new root is remembered.
 *
 * @throws MediaServicesError when redirects have no end or lead from https to http.
 */
export async function atApiRoot(
  connection: AccountConnection,
  send: (root: string) => Promise<ExchangeAnswer>,
): Promise<ExchangeAnswer> {
  const asked = withSlash(connection.apiUrl);
  let root = moved.get(asked) ?? asked;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
    const answer = await send(root).catch((error: unknown) => {
      moved.delete(asked); // the next call asks the first root again
      throw error;
    });
    if (!MOVED.has(answer.status)) return answer;
    root = nextRoot(connection, root, answer);
    moved.set(asked, root);
  }
  moved.delete(asked);
  throw new MediaServicesError(
    `${accountLabel(connection)} redirected ${MOST_REDIRECTS.toString()} times without an end, at last to ${root}. Check apiUrl.`,
    { kind: "protocol" },
  );
}

function nextRoot(connection: AccountConnection, root: string, answer: ExchangeAnswer): string {
  const location = answer.headers.get("location") ?? "";
  if (!URL.canParse(location, root)) {
    throw new MediaServicesError(
      `${accountLabel(connection)} redirected without saying where to. Check apiUrl.`,
      { kind: "protocol", status: answer.status },
    );
  }
  const next = new URL(location, root);
  if (new URL(root).protocol === "https:" && next.protocol !== "https:") {
    throw new MediaServicesError(
      `${accountLabel(connection)} redirected from https to ${next.origin}: not followed, the token would be readable on the way. Check apiUrl.`,
      { kind: "protocol", status: answer.status },
    );
  }
  return withSlash(next.href);
}

function withSlash(url: string): string {
  return url.endsWith("/") ? url : `${url}/`;
}
