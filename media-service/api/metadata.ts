import { type FunctionImport, metadataDocument } from "../odata/metadata-document";
import type { ApiModel } from "./api-model";
import type { ApiAnswer } from "./http";

/** How the functions are declared; those that the model does not offer are left out. */
const FUNCTIONS: readonly FunctionImport[] = [
  { name: "CreateFileInfos", parameters: { assetid: "Edm.String" } },
  { name: "CancelJob", parameters: { jobid: "Edm.String" } },
  {
    name: "GetProtectionKeyId",
    parameters: { contentKeyType: "Edm.Int32" },
    returns: "Edm.String",
  },
  {
    name: "GetProtectionKey",
    parameters: { protectionKeyId: "Edm.String" },
    returns: "Edm.String",
  },
  {
    name: "RebindContentKey",
    parameters: { id: "Edm.String", x509Certificate: "Edm.String" },
    returns: "Edm.String",
  },
];

const ACTION_PARAMETERS: Readonly<Record<string, Readonly<Record<string, "Edm.Int32">>>> = {
  Scale: { scaleUnits: "Edm.Int32" },
};

/** Answers with the service's metadata. */
export function metadata({ sets, functions }: ApiModel): ApiAnswer {
  const text = metadataDocument({
    types: [...sets.values()].map(({ type }) => type),
    functions: FUNCTIONS.filter(({ name }) => functions.has(name.toLowerCase())),
    actions: [...sets.values()].flatMap(({ type, actions = {} }) =>
      Object.keys(actions).map((name) => ({
        name,
        setName: type.setName,
        parameters: ACTION_PARAMETERS[name] ?? {},
      })),
    ),
  });
  return {
    status: 200,
    content: { kind: "raw", contentType: "application/xml;charset=utf-8", text },
  };
}
