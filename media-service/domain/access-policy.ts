import { InvalidInputError } from "./errors";

/** Media Services v2, "AccessPolicy": what a locator allows, and for how long. */
export interface AccessPolicy {
  readonly id: string;
  readonly name: string | null;
  readonly durationMinutes: number;
  /** Flags of {@link Permission}. */
  readonly permissions: number;
  readonly created: Date;
  readonly lastModified: Date;
}

/** Flags of an access policy's Permissions. */
export const Permission = { none: 0, read: 1, write: 2, delete: 4, list: 8 } as const;

const ALL_PERMISSIONS = 15;

/**
 * Checks what a client may choose of an access policy.
 *
 * @throws InvalidInputError with the property's name.
 */
export function checkAccessPolicy(
  policy: Pick<AccessPolicy, "durationMinutes" | "permissions">,
): void {
  if (!(policy.durationMinutes > 0) || !Number.isFinite(policy.durationMinutes)) {
    throw new InvalidInputError(
      `DurationInMinutes must be more than 0 minutes, got ${policy.durationMinutes}`,
    );
  }
  const { permissions } = policy;
  if (!Number.isInteger(permissions) || permissions < 0 || permissions > ALL_PERMISSIONS) {
    throw new InvalidInputError(`Permissions must be a sum of 1, 2, 4 and 8, got ${permissions}`);
  }
}

/** The permissions as the letters of a shared access signature, in the order it needs. */
export function permissionLetters(permissions: number): string {
  const { read, write, delete: remove, list } = Permission;
  const letters = [
    ["r", read],
    ["w", write],
    ["d", remove],
    ["l", list],
  ] as const;
  return letters.map(([letter, flag]) => ((permissions & flag) === 0 ? "" : letter)).join("");
}
