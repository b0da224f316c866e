import type {
  AuthorizationPolicyOption,
  ContentKeyAuthorizationPolicy,
  KeyRestriction,
} from "../../domain/authorization-policy";
import type { EntityType, WireEntity, WireValue } from "../../odata/edm";
import type { EntityBody } from "../../odata/entity-body";
import { type AccountDeps, required } from "../../services/account-deps";
import {
  createAuthorizationPolicy,
  createPolicyOption,
  deleteAuthorizationPolicy,
  deletePolicyOption,
  renameAuthorizationPolicy,
  updatePolicyOption,
} from "../../services/protection-policies";
import type { EntitySet } from "../entity-set";
import { entityLinks, linkedEntities } from "../links";
import { storedCandidates } from "../stored-candidates";

const POLICY: EntityType = {
  setName: "ContentKeyAuthorizationPolicies",
  typeName: "ContentKeyAuthorizationPolicy",
  properties: {
    Id: { type: "Edm.String" },
    Name: { type: "Edm.String", write: "always" },
  },
  navigations: { Options: { target: "ContentKeyAuthorizationPolicyOptions", many: true } },
};

const OPTION: EntityType = {
  setName: "ContentKeyAuthorizationPolicyOptions",
  typeName: "ContentKeyAuthorizationPolicyOption",
  properties: {
    Id: { type: "Edm.String" },
    Name: { type: "Edm.String", write: "always" },
    KeyDeliveryType: { type: "Edm.Int32", write: "always" },
    KeyDeliveryConfiguration: { type: "Edm.String", write: "always" },
    Restrictions: {
      type: {
        complex: "ContentKeyAuthorizationPolicyRestriction",
        collection: true,
        properties: {
          Name: "Edm.String",
          KeyRestrictionType: "Edm.Int32",
          Requirements: "Edm.String",
        },
      },
      write: "always",
    },
  },
  navigations: {},
};

/** The `ContentKeyAuthorizationPolicies` entity set. */
export function authorizationPolicySet(deps: AccountDeps): EntitySet {
  const { authorizationPolicies, policyOptions } = deps.stores;
  const policy = async (id: string): Promise<ContentKeyAuthorizationPolicy> =>
    (await required(authorizationPolicies, id)).value;
  return {
    type: POLICY,
    idKind: "ckpid",
    get: async (id) => policyToWire(await policy(id)),
    candidates: storedCandidates({
      store: authorizationPolicies,
      toWire: policyToWire,
      indexes: { Name: { index: "name" } },
    }),
    async navigate(id, property) {
      const source = await policy(id);
      const options = { store: policyOptions, toWire: optionToWire };
      return linkedEntities(deps, { id: source.id, property }, options);
    },
    create: async (body) =>
      policyToWire(await createAuthorizationPolicy(deps, { name: body.string("Name") })),
    async update(id, body) {
      if (body.has("Name")) await renameAuthorizationPolicy(deps, id, body.string("Name"));
    },
    delete: (id) => deleteAuthorizationPolicy(deps, id),
    links: { Options: entityLinks(deps, "Options", { source: policy, target: policyOptions }) },
  };
}

/** The `ContentKeyAuthorizationPolicyOptions` entity set. */
export function policyOptionSet(deps: AccountDeps): EntitySet {
  const { policyOptions } = deps.stores;
  return {
    type: OPTION,
    idKind: "ckpoid",
    get: async (id) => optionToWire((await required(policyOptions, id)).value),
    candidates: storedCandidates({
      store: policyOptions,
      toWire: optionToWire,
      indexes: { Name: { index: "name" } },
    }),
    async create(body) {
      const option = await createPolicyOption(deps, {
        name: null,
        keyDeliveryConfiguration: null,
        restrictions: [],
        ...optionFields(body),
        keyDeliveryType: body.requiredNumber("KeyDeliveryType"),
      });
      return optionToWire(option);
    },
    update: (id, body) => updatePolicyOption(deps, id, optionFields(body)),
    delete: (id) => deletePolicyOption(deps, id),
  };
}

function optionFields(body: EntityBody): Partial<Omit<AuthorizationPolicyOption, "id">> {
  const keyDeliveryType = body.number("KeyDeliveryType");
  return {
    ...(body.has("Name") ? { name: body.string("Name") } : {}),
    ...(keyDeliveryType === null ? {} : { keyDeliveryType }),
    ...(body.has("KeyDeliveryConfiguration")
      ? { keyDeliveryConfiguration: body.string("KeyDeliveryConfiguration") }
      : {}),
    ...(body.structures.has("Restrictions")
      ? { restrictions: body.complexItems("Restrictions").map(readRestriction) }
      : {}),
  };
}

function readRestriction(item: WireEntity): KeyRestriction {
  return {
    name: textOf(item["Name"]),
    type: Number(item["KeyRestrictionType"] ?? 0),
    requirements: textOf(item["Requirements"]),
  };
}

function policyToWire({ id, name }: ContentKeyAuthorizationPolicy): WireEntity {
  return { Id: id, Name: name };
}

function optionToWire(option: AuthorizationPolicyOption): WireEntity {
  return {
    Id: option.id,
    Name: option.name,
    KeyDeliveryType: option.keyDeliveryType,
    KeyDeliveryConfiguration: option.keyDeliveryConfiguration,
    Restrictions: option.restrictions.map(({ name, type, requirements }) => ({
      Name: name,
      KeyRestrictionType: type,
      Requirements: requirements,
    })),
  };
}

function textOf(value: WireValue | undefined): string | null {
  return typeof value === "string" ? value : null;
}
