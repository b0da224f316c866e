import { NotFoundError } from "../../domain/errors";
import { MAX_RESERVED_UNITS } from "../../domain/reserved-units";
import type { EntityType, WireEntity } from "../../odata/edm";
import type { AccountDeps } from "../../services/account-deps";
import { accountGuid, reservedUnits, reserveUnits } from "../../services/reserved-units";
import type { EntitySet } from "../entity-set";

const RESERVED_UNITS: EntityType = {
  setName: "EncodingReservedUnitTypes",
  typeName: "EncodingReservedUnitType",
  properties: {
    AccountId: { type: "Edm.Guid" },
    ReservedUnitType: { type: "Edm.Int32", write: "always" },
    MaxReservableUnits: { type: "Edm.Int32" },
    CurrentReservedUnits: { type: "Edm.Int32", write: "always" },
  },
  navigations: {},
};

/** The `EncodingReservedUnitTypes` entity set: one entity, whose key is the account's id. */
export function reservedUnitSet(deps: AccountDeps): EntitySet {
  const entity = async (): Promise<WireEntity> => {
    const { type, current } = await reservedUnits(deps);
    return {
      AccountId: accountGuid(deps),
      ReservedUnitType: type,
      MaxReservableUnits: MAX_RESERVED_UNITS,
      CurrentReservedUnits: current,
    };
  };
  return {
    type: RESERVED_UNITS,
    get: (guid) =>
      guid.toLowerCase() === accountGuid(deps)
        ? entity()
        : Promise.reject(new NotFoundError(`'${guid}' is not the id of this account`)),
    async *candidates() {
      yield await entity();
    },
    update: (guid, body) => {
      const type = body.number("ReservedUnitType");
      const current = body.number("CurrentReservedUnits");
      return reserveUnits(deps, guid, {
        ...(type === null ? {} : { type }),
        ...(current === null ? {} : { current }),
      });
    },
  };
}
