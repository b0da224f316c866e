import { InputCheck } from "./check-inputs";
import { compareInputs } from "./compare-inputs";
import { MediaServicesClient } from "./media-services-client/client";
import type { AccountInputs, ResourceOperations } from "./resource-operations";

/** Inputs of a list of pathways. */
export interface PathwayListInputs extends AccountInputs {
  /** In the order in which viewers should try them. */
  readonly pathways: readonly { readonly name: string; readonly baseUrl: string }[];
}

/** Beside the API's root: no entity of the account. */
const PATH = "../management/pathways";

/**
 * Tells a media service the ways to the library: one small list, which any run may write anew. State of
 * version 1 was written into the store by its key, and names no account: the next run brings it up.
 */
export const operations: ResourceOperations<PathwayListInputs, PathwayListInputs> = {
  check(_olds, news) {
    const { failures } = new InputCheck(news)
      .account("account")
      .require(
        "pathways",
        (list) => Array.isArray(list) && list.length > 0 && list.every(isPathway),
        "pathways must be a list of { name, baseUrl } with an http(s) address without a path",
      );
    return Promise.resolve({ inputs: news, failures });
  },

  diff: (_id, olds, news) => Promise.resolve(compareInputs(olds, news, { update: ["pathways"] })),

  async create(inputs) {
    await write(inputs);
    return { id: `${inputs.account.accountName}/pathways`, outs: inputs };
  },

  async read(id, outs) {
    if (isOfVersion1(outs)) return { id, props: outs };
    const text = await new MediaServicesClient(outs.account).manage("GET", PATH);
    if (text === undefined) return { id: "" };
    return { id, props: { ...outs, pathways: pathwaysIn(text) } };
  },

  async update(_id, _olds, news) {
    await write(news);
    return { outs: news };
  },

  async delete(_id, outs) {
    // Without content steering nobody reads the list: what version 1 wrote may stay.
    if (!isOfVersion1(outs)) await new MediaServicesClient(outs.account).manage("DELETE", PATH);
  },
};

async function write({ account, pathways }: PathwayListInputs): Promise<void> {
  await new MediaServicesClient(account).manage("PUT", PATH, { pathways });
}

function isOfVersion1(outs: Partial<PathwayListInputs>): boolean {
  return outs.account === undefined;
}

/** What somebody else wrote is a difference, not an error. */
function pathwaysIn(text: string): PathwayListInputs["pathways"] {
  try {
    const { pathways } = JSON.parse(text) as { pathways?: unknown };
    return Array.isArray(pathways) ? (pathways as PathwayListInputs["pathways"]) : [];
  } catch {
    return [];
  }
}

function isPathway(value: unknown): boolean {
  const { name, baseUrl } = (value ?? {}) as { name?: unknown; baseUrl?: unknown };
  return (
    typeof name === "string" &&
    /^[\w.-]{1,64}$/.test(name) &&
    typeof baseUrl === "string" &&
    /^https?:\/\/[^/?#]+$/.test(baseUrl)
  );
}
