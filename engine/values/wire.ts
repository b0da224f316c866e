import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { hashAsset } from "./assets";
import {
  mapMarkedIn,
  type PropertyMap,
  type PropertyValue,
  secretOf,
  Signature,
  SIGNATURE_KEY,
  UNKNOWN,
} from "./property-value";

/** Properties as a protobuf struct. */
export function toStruct(properties: PropertyMap): Struct {
  return Struct.fromJavaScript(JSON.parse(JSON.stringify(properties)) as PropertyMap);
}

/** Properties out of a protobuf struct; none gives an empty map. */
export function fromStruct(struct: Struct | undefined): PropertyMap {
  return struct === undefined ? {} : struct.toJavaScript();
}

/** What came from the program: output values become plain, unknown or secret, assets get a hash. */
export function fromProgram(struct: Struct | undefined): PropertyMap {
  return mapMarkedIn(fromStruct(struct), (marked, recur) => {
    switch (marked[SIGNATURE_KEY]) {
      case Signature.secret:
        return secretOf(recur(marked["value"] ?? null));
      case Signature.output:
        return outputValue(marked, recur);
      case Signature.asset:
      case Signature.archive:
        return hashAsset(marked);
      default:
        return marked;
    }
  });
}

function outputValue(
  marked: PropertyMap,
  recur: (value: PropertyValue) => PropertyValue,
): PropertyValue {
  const inner = marked["value"] === undefined ? UNKNOWN : recur(marked["value"]);
  return marked["secret"] === true ? secretOf(inner) : inner;
}

/** What a provider said that it takes. */
export interface Acceptance {
  secrets: boolean;
  resources: boolean;
}

/** Properties as a provider may see them: secrets and references opened unless it takes those. */
export function forProvider(properties: PropertyMap, accepts: Acceptance): PropertyMap {
  return mapMarkedIn(properties, (marked, recur) => {
    switch (marked[SIGNATURE_KEY]) {
      case Signature.secret: {
        const inner = recur(marked["value"] ?? null);
        return accepts.secrets ? { ...marked, value: inner } : inner;
      }
      case Signature.resource:
        return accepts.resources ? marked : plainReference(marked);
      default:
        return marked;
    }
  });
}

/** A custom resource is referred to by id (unknown while empty), a component by URN. */
function plainReference(reference: PropertyMap): PropertyValue {
  const id = reference["id"];
  if (id === undefined) return reference["urn"] ?? null;
  return id === "" ? UNKNOWN : id;
}
