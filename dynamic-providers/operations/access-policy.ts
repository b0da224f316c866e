import { InputCheck } from "./check-inputs";
import { compareInputs } from "./compare-inputs";
import { findOrCreate } from "./find-or-create";
import { MediaServicesClient } from "./media-services-client/client";
import { accessPolicies, type AccessPolicy } from "./media-services-client/entities";
import type { AccountInputs, ResourceOperations } from "./resource-operations";

/** Inputs of an access policy. */
export interface AccessPolicyInputs extends AccountInputs {
  /** Unique to the stack and the purpose: a killed run's policy is found by it. */
  readonly name: string;
  /** From a locator's start to its end. */
  readonly durationMinutes: number;
  /** Flags: 1 read, 2 write, 4 delete, 8 list. */
  readonly permissions: number;
}

/** Outputs of an access policy. */
export interface AccessPolicyOutputs extends AccessPolicyInputs {
  readonly policyId: string;
}

/** Keeps one access policy in an account, shared by all locators of its purpose. */
export const operations: ResourceOperations<AccessPolicyInputs, AccessPolicyOutputs> = {
  check(_olds, news) {
    const { failures } = new InputCheck(news)
      .account("account")
      .text("name")
      .require(
        "durationMinutes",
        (minutes) => Number.isFinite(minutes) && minutes > 0,
        `durationMinutes must be more than 0 minutes, got ${news.durationMinutes}`,
      )
      .require(
        "permissions",
        (flags) => Number.isInteger(flags) && flags > 0 && flags < 16,
        `permissions must be a sum of 1 (read), 2 (write), 4 (delete) and 8 (list), got ${news.permissions}`,
      );
    return Promise.resolve({ inputs: news, failures });
  },

  diff: (_id, olds, news) =>
    Promise.resolve(
      compareInputs(olds, news, { replace: ["name", "durationMinutes", "permissions"] }),
    ),

  async create(inputs) {
    const client = new MediaServicesClient(inputs.account);
    const { name, durationMinutes, permissions } = inputs;
    const same = (policy: AccessPolicy): boolean =>
      policy.durationMinutes === durationMinutes && policy.permissions === permissions;
    const policy = await findOrCreate({
      find: async () => (await client.find(accessPolicies, { Name: name })).filter(same),
      create: () =>
        client.create(accessPolicies, {
          Name: name,
          DurationInMinutes: durationMinutes,
          Permissions: permissions,
        }),
      removeSurplus: ({ id }) => client.delete(accessPolicies, id),
    });
    return { id: policy.id, outs: { ...inputs, policyId: policy.id } };
  },

  async read(id, props) {
    const policy = await new MediaServicesClient(props.account).get(accessPolicies, id);
    return policy === undefined ? { id: "" } : { id, props };
  },

  update: (id, _olds, news) => Promise.resolve({ outs: { ...news, policyId: id } }),

  async delete(id, { account }) {
    await new MediaServicesClient(account).delete(accessPolicies, id);
  },
};
