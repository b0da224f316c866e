import { checkContentKeyType } from "../domain/content-key";
import { InvalidInputError, NotFoundError } from "../domain/errors";
import type { AccountDeps } from "../services/account-deps";
import { createFileInfos } from "../services/asset-files";
import { rebindContentKey } from "../services/content-keys";
import { cancelJob } from "../services/jobs";
import { protectionKey } from "../services/protection-key";
import type { ApiAnswer } from "./http";

/** A function at the API's root, called by GET with its parameters in the query. */
export type ApiFunction = (query: URLSearchParams) => Promise<ApiAnswer>;

/** The functions, by lower-case name: clients differ in how they write them. */
export function apiFunctions(deps: AccountDeps): ReadonlyMap<string, ApiFunction> {
  const functions: Readonly<Record<string, ApiFunction>> = {
    createfileinfos: async (query) => {
      await createFileInfos(deps, parameter(query, "assetid"));
      return { status: 204 };
    },
    canceljob: async (query) => {
      await cancelJob(deps, parameter(query, "jobid"));
      return { status: 204 };
    },
    getprotectionkeyid: async (query) => {
      checkContentKeyType(Number(rawParameter(query, "contentkeytype") ?? Number.NaN));
      return text("GetProtectionKeyId", (await protectionKey(deps)).thumbprint);
    },
    getprotectionkey: async (query) => {
      const id = parameter(query, "protectionkeyid");
      const { thumbprint, certificate } = await protectionKey(deps);
      if (id.toUpperCase() !== thumbprint) {
        throw new NotFoundError(`There is no protection key '${id.slice(0, 100)}'`);
      }
      return text("GetProtectionKey", certificate);
    },
    rebindcontentkey: async (query) => {
      // A plus sign in the query stands for a space, but clients send base64 as it is.
      const certificate = parameter(query, "x509certificate").replaceAll(" ", "+");
      const key = await rebindContentKey(deps, parameter(query, "id"), certificate);
      return text("RebindContentKey", key);
    },
  };
  return new Map(Object.entries(functions));
}

function text(name: string, value: string): ApiAnswer {
  return { status: 200, content: { kind: "property", name, type: "Edm.String", value } };
}

function rawParameter(query: URLSearchParams, name: string): string | undefined {
  return [...query].find(([key]) => key.toLowerCase() === name)?.[1];
}

function parameter(query: URLSearchParams, name: string): string {
  const value = /^'((?:[^']|'')*)'$/s.exec(rawParameter(query, name) ?? "")?.[1];
  if (value === undefined) {
    throw new InvalidInputError(`The parameter ${name} is required, in single quotes`);
  }
  return value.replaceAll("''", "'");
}
