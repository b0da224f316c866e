import { NotFoundError } from "../../domain/errors";
import { MEDIA_PROCESSORS, type MediaProcessor } from "../../domain/media-processors";
import type { EntityType, WireEntity } from "../../odata/edm";
import type { EntitySet } from "../entity-set";

const MEDIA_PROCESSOR: EntityType = {
  setName: "MediaProcessors",
  typeName: "MediaProcessor",
  properties: {
    Id: { type: "Edm.String" },
    Description: { type: "Edm.String" },
    Name: { type: "Edm.String" },
    Sku: { type: "Edm.String" },
    Vendor: { type: "Edm.String" },
    Version: { type: "Edm.String" },
  },
  navigations: {},
};

/** The `MediaProcessors` entity set. */
export function mediaProcessorSet(): EntitySet {
  return {
    type: MEDIA_PROCESSOR,
    get: (id) => {
      const found = MEDIA_PROCESSORS.find((processor) => processor.id === id);
      return found === undefined
        ? Promise.reject(new NotFoundError(`There is no media processor '${id}'`))
        : Promise.resolve(toWire(found));
    },
    // eslint-disable-next-line @typescript-eslint/require-await -- a list that is known already
    async *candidates() {
      yield* MEDIA_PROCESSORS.map(toWire);
    },
  };
}

function toWire(processor: MediaProcessor): WireEntity {
  return {
    Id: processor.id,
    Description: processor.description,
    Name: processor.name,
    Sku: processor.sku,
    Vendor: processor.vendor,
    Version: processor.version,
  };
}
