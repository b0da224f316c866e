import { InputCheck } from "./check-inputs";
import { compareInputs } from "./compare-inputs";
import { hostOf } from "./media-services-client/account-connection";
import { MediaServicesClient } from "./media-services-client/client";
import { storageAccounts, streamingEndpoints } from "./media-services-client/entities";
import { DEFAULT_RETRY } from "./media-services-client/exchange";
import { MediaServicesError } from "./media-services-client/media-services-error";
import {
  type AccountInputs,
  type CheckFailure,
  isUnknown,
  type ResourceOperations,
} from "./resource-operations";

/** Inputs of an existing account. */
export interface ExistingAccountInputs extends AccountInputs {
  /** Where it is configured, for messages: `twinstream:accounts.east`. */
  readonly configuredAt: string;
  /** Member of the configuration that decides who we are: the secret, or what tokens are asked for. */
  readonly accessMember: string;
  readonly streamingEndpoint: string;
  /** Address that players are sent to. */
  readonly streamingUrl: string;
  /** Storage account that it must keep media in. Default any. */
  readonly storageAccount?: string;
}

/** Outputs of an existing account. */
export interface ExistingAccountOutputs extends ExistingAccountInputs {
  /** The API's root; known once the account has been looked at. */
  readonly apiUrl: string;
  /** The account's own storage account. */
  readonly storageAccountName: string;
}

/** Nobody waits long for a preview: two repetitions, ten seconds each. */
const RETRY = { ...DEFAULT_RETRY, retries: 2, timeoutMs: 10_000 };

/**
 * An account that somebody else made. It is looked at whenever it is checked, so that a preview says
 * what is wrong with it, and by which key of the configuration; nothing of it is changed or removed.
 */
export const operations: ResourceOperations<ExistingAccountInputs, ExistingAccountOutputs> = {
  async check(_olds, news) {
    const { failures } = new InputCheck(news)
      .account("account")
      .text("configuredAt", "accessMember", "streamingEndpoint", "streamingUrl");
    if (failures.length > 0 || isUnknown(news)) return { inputs: news, failures };
    return { inputs: news, failures: (await look(news)).failures };
  },

  diff: (_id, olds, news) =>
    Promise.resolve(
      compareInputs(olds, news, {
        update: [
          "configuredAt",
          "accessMember",
          "streamingEndpoint",
          "streamingUrl",
          "storageAccount",
        ],
      }),
    ),

  create: async (inputs) => ({
    id: `${hostOf(inputs.account.apiUrl)}/${inputs.account.accountName}`,
    outs: await found(inputs),
  }),
  read: async (id, outs) => ({ id, props: await found(outs) }),
  update: async (_id, _olds, news) => ({ outs: await found(news) }),
  delete: () => Promise.resolve(), // it was there before
};

interface Look {
  failures: CheckFailure[];
  storageAccountName: string;
}

async function found(inputs: ExistingAccountInputs): Promise<ExistingAccountOutputs> {
  const { failures, storageAccountName } = await look(inputs);
  if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("; "));
  return { ...inputs, apiUrl: inputs.account.apiUrl, storageAccountName };
}

/** Asks the account for what the chain needs of it. */
async function look(inputs: ExistingAccountInputs): Promise<Look> {
  const failures: CheckFailure[] = [];
  const refuse = (member: string, reason: string): void => {
    failures.push({ property: "account", reason: `${inputs.configuredAt}.${member}: ${reason}` });
  };
  const client = new MediaServicesClient(inputs.account, RETRY);
  try {
    const [endpoint] = await client.find(streamingEndpoints, { Name: inputs.streamingEndpoint });
    const stores = await client.find(storageAccounts);
    const own = stores.find(({ isDefault }) => isDefault)?.name ?? "";
    if (endpoint === undefined) {
      refuse("streamingEndpoint", `${client.label} has none called '${inputs.streamingEndpoint}'`);
    } else if (endpoint.state === "Running") {
      await requireAnswer(inputs.streamingUrl, refuse);
    }
    if (inputs.storageAccount !== undefined && inputs.storageAccount !== own) {
      refuse(
        "storageAccount",
        `is '${inputs.storageAccount}', but ${client.label} keeps media in '${own}'`,
      );
    }
    return { failures, storageAccountName: own };
  } catch (error) {
    if (!(error instanceof MediaServicesError)) throw error;
    refuse(memberFor(error, inputs), error.message);
    return { failures, storageAccountName: "" };
  }
}

/** The member of the configuration that most likely has to change. */
function memberFor({ kind, message }: MediaServicesError, inputs: ExistingAccountInputs): string {
  if (kind === "denied") return inputs.accessMember;
  return message.startsWith("Getting a token") ? "tokenUrl" : "apiUrl";
}

/** Any answer will do: whether the data center is well is for the probes to find out. */
async function requireAnswer(
  url: string,
  refuse: (member: string, reason: string) => void,
): Promise<void> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(RETRY.timeoutMs) });
    await answer.body?.cancel();
  } catch (error) {
    const { message, cause } = error as Error;
    const why = cause instanceof Error ? cause.message : message;
    refuse("streamingHost", `${hostOf(url)} does not answer (${why})`);
  }
}
