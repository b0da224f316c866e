/** One package of a lock file. */
interface LockedPackage {
  readonly version: string;
  readonly integrity?: string;
}

/** The package.json and the package-lock.json of the media service alone. */
export function servicePackage(): {
  readonly manifest: { readonly dependencies: Readonly<Record<string, string>> };
  readonly lock: { readonly packages: Readonly<Record<string, LockedPackage>> };
};
