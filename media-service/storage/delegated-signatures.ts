import {
  type BlobServiceClient,
  ContainerSASPermissions,
  generateBlobSASQueryParameters,
  type UserDelegationKey,
} from "@azure/storage-blob";
import type { SasGrant } from "../ports/blob-store";
import type { Clock } from "../ports/clock";
import type { ContainerGrants } from "./container-grants";

/** The store makes keys for no longer (https://learn.microsoft.com/rest/api/storageservices/get-user-delegation-key). */
const LONGEST_LIFE_MS = 7 * 24 * 60 * 60_000;
/** The store's clock may be behind ours by so much; it would refuse a key that ends later than it allows. */
const CLOCK_SLACK_MS = 5 * 60_000;
/** Signatures of the longest life do without the last minute, so that not each of them needs a key. */
const LAST_MINUTE_MS = 60_000;
/** An operator may have ended all keys of the store: signatures are good again after so long at most. */
const KEY_KEPT_FOR_MS = 60 * 60_000;

/**
 * Grants signed with a user-delegation key, which an identity gets from the store. Nothing of them is
 * stored: one can't be ended by itself, only all at once, with the keys.
 */
export class DelegatedSignatures implements ContainerGrants {
  readonly longestLifeMs = LONGEST_LIFE_MS;
  private key: UserDelegationKey | undefined;
  private askedAt = -Infinity;
  private asking: Promise<UserDelegationKey> | undefined;

  constructor(
    private readonly accountName: string,
    private readonly service: Pick<BlobServiceClient, "getUserDelegationKey">,
    private readonly clock: Clock = { now: () => new Date() },
  ) {}

  /** Nothing: the signature alone says it all. */
  add(): Promise<void> {
    return Promise.resolve();
  }

  /** Nothing: what is signed stays good until it ends. */
  remove(): Promise<void> {
    return Promise.resolve();
  }

  /** Signs for the whole life of the grant, less what the newest key falls short of it: minutes, for one of seven days. */
  async sign(containerName: string, grant: SasGrant): Promise<string> {
    const key = await this.keyUntil(grant.expiresOn.getTime());
    const expiresOn = earlier(grant.expiresOn, key.signedExpiresOn);
    const values = {
      containerName,
      permissions: ContainerSASPermissions.parse(grant.permissions),
      expiresOn,
      ...(grant.startsOn === undefined ? {} : { startsOn: grant.startsOn }),
    };
    return `?${generateBlobSASQueryParameters(values, key, this.accountName).toString()}`;
  }

  /** A key that lasts so long, or as long as a key can. */
  private async keyUntil(time: number): Promise<UserDelegationKey> {
    const now = this.clock.now().getTime();
    const furthest = now + LONGEST_LIFE_MS - CLOCK_SLACK_MS - LAST_MINUTE_MS;
    const wanted = Math.min(Math.max(time, now), furthest);
    const known = this.key;
    const lasts = known !== undefined && known.signedExpiresOn.getTime() >= wanted;
    if (lasts && now - this.askedAt < KEY_KEPT_FOR_MS) return known;
    this.asking ??= this.ask().finally(() => (this.asking = undefined));
    if (!lasts) return this.asking;
    // A key that still lasts is good enough while the store gives no other.
    return this.asking.catch(() => known);
  }

  private async ask(): Promise<UserDelegationKey> {
    const now = this.clock.now().getTime();
    const startsOn = new Date(now - CLOCK_SLACK_MS);
    const expiresOn = new Date(startsOn.getTime() + LONGEST_LIFE_MS);
    this.key = await this.service.getUserDelegationKey(startsOn, expiresOn);
    this.askedAt = now;
    return this.key;
  }
}

function earlier(one: Date, other: Date): Date {
  return one.getTime() < other.getTime() ? one : other;
}
