import { PackageTypes } from "./package-types";

/** The packages whose providers the local cloud stands in for, by the first part of their tokens. */
const packages = new Map<string, PackageTypes>();

/** The types of the installed package that a resource's token belongs to; they are read once. */
export function installedTypes(token: string): PackageTypes {
  const [prefix = ""] = token.split(":");
  const known = packages.get(prefix) ?? new PackageTypes(`@pulumi/${prefix}`);
  packages.set(prefix, known);
  return known;
}
