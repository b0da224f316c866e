import { InvalidInputError } from "../domain/errors";
import { parseResourcePath } from "../odata/resource-path";

/**
 * The id in the address of an entity. Hosts are not compared: clients know the service by several
 * names, and nothing is ever fetched from such an address.
 *
 * @throws InvalidInputError when it is not the address of an entity of that set.
 */
export function linkedId(uri: string, setName: string): string {
  const start = uri.indexOf(`${setName}(`);
  const [segment] = start === -1 ? [] : parseResourcePath(uri.slice(start));
  if (segment?.key === undefined || segment.name !== setName) {
    throw new InvalidInputError(`'${uri.slice(0, 200)}' is not the address of one of ${setName}`);
  }
  return segment.key;
}
