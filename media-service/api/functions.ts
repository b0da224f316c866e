import { InvalidInputError } from "../domain/errors";
import type { AccountDeps } from "../services/account-deps";
import { createFileInfos } from "../services/asset-files";
import { cancelJob } from "../services/jobs";
import type { ApiAnswer } from "./http";

/** A function at the API's root, called by GET with its parameters in the query. */
export type ApiFunction = (query: URLSearchParams) => Promise<ApiAnswer>;

/** The functions, by lower-case name: clients differ in how they write them. */
export function apiFunctions(deps: AccountDeps): ReadonlyMap<string, ApiFunction> {
  return new Map<string, ApiFunction>([
    [
      "createfileinfos",
      async (query) => {
        await createFileInfos(deps, parameter(query, "assetid"));
        return { status: 204 };
      },
    ],
    [
      "canceljob",
      async (query) => {
        await cancelJob(deps, parameter(query, "jobid"));
        return { status: 204 };
      },
    ],
  ]);
}

function parameter(query: URLSearchParams, name: string): string {
  const found = [...query].find(([key]) => key.toLowerCase() === name);
  const value = /^'((?:[^']|'')*)'$/s.exec(found?.[1] ?? "")?.[1];
  if (value === undefined) {
    throw new InvalidInputError(`The parameter ${name} is required, in single quotes`);
  }
  return value.replaceAll("''", "'");
}
