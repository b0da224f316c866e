import type { Logger } from "pino";
import type { Authority } from "../../authority/authority";
import type { Ingresses } from "../../ingress/ingresses";
import type { QueueScalers } from "../../scaling/queue-scalers";
import type { Supervisor } from "../../processes/supervisor";
import type { AzuriteStores } from "../../storage/azurite-stores";
import type { PortBook } from "../../storage/port-book";
import type { Properties, Value } from "../properties";
import type { ResourceRecords } from "../resource-records";

/** The one subscription of the local cloud. */
export const subscriptionId = "00000000-0000-0000-0000-000000000000";

/**
 * What Azure asks of a kind beyond the types that the package declares (those are held up without
 * being repeated here): enough to refuse a wrong declaration before anything is made. Paths are
 * dotted, `[]` stands for every item of a list.
 */
export interface Declaration {
  readonly token: string;
  /**
   * Resource Manager's id. Every `{property}` comes from the inputs and forces a replacement when it
   * changes; the last one is the resource's name, made from its Pulumi name where it isn't given.
   */
  readonly idPattern: string;
  /** What the package calls optional and Azure refuses to miss. */
  readonly required?: readonly string[];
  /** Where Azure or the local cloud takes fewer values than the package lists, or it lists none. */
  readonly choices?: Readonly<Record<string, readonly string[]>>;
  readonly patterns?: Readonly<Record<string, { pattern: RegExp; rule: string }>>;
  /** Smallest and largest number. */
  readonly ranges?: Readonly<Record<string, readonly [number, number]>>;
  /** Paths that hold ids, with the Resource Manager type that the id must be of. */
  readonly references?: Readonly<Record<string, string>>;
  /**
   * Paths whose values must be found at another path of the same declaration, or be one of some words
   * that always may stand there.
   */
  readonly among?: Readonly<Record<string, { path: string; or?: readonly string[] }>>;
  /** Whether what it lies in may be somebody else's, such as a DNS zone that was there before. */
  readonly holderElsewhere?: boolean;
  /** Further inputs, at top level, whose change makes another resource. */
  readonly replacedBy?: readonly string[];
  /** Turns the Pulumi name and a suffix into a valid name. */
  readonly autoName?: (name: string, suffix: string) => string;
}

/** A declared resource, as the module that makes it real sees it. */
export interface Declared {
  readonly id: string;
  readonly name: string;
  /** Inputs with secrets in clear: for the thing itself, never for a log. */
  readonly inputs: Properties;
  /** What the module keeps for itself, in clear. */
  readonly hidden: Properties;
}

/** What came of making a resource real. */
export interface Made {
  /** Output values by dotted path; they are laid over the inputs. */
  readonly outputs: Readonly<Record<string, Value>>;
  /** Kept encrypted beside the record. */
  readonly hidden?: Properties;
}

/** Whom a classic media account believes, as its configuration names them. */
export interface ServicePrincipal {
  tenantId: string;
  clientId: string;
  clientSecret: string;
}

/** What the modules may use. */
export interface CloudServices {
  readonly log: Logger;
  readonly projectRoot: string;
  /** The registry: images by digest; undefined where every image is the project's own service. */
  readonly imagesFolder: string | undefined;
  readonly systemEnvironment: Readonly<Record<string, string>>;
  readonly ports: PortBook;
  readonly records: ResourceRecords;
  readonly stores: AzuriteStores;
  readonly supervisor: Supervisor;
  readonly ingresses: Ingresses;
  readonly scalers: QueueScalers;
  /** Who signs tokens for the tenant; there once the local cloud has started. */
  authority(): Authority;
  /** The service principals that the classic provider was configured with. */
  principals(): readonly ServicePrincipal[];
  /** Says something to the user, once. */
  notice(text: string): void;
  /** Makes Front Door and Traffic Manager act on what is declared now. */
  reconfigureEdge(): Promise<void>;
}

/** Makes declared resources of one kind real. Every method may be repeated. */
interface Maker {
  /** Modules with a lower number start first when the local cloud comes up. */
  readonly startOrder: number;
  /** Output paths that a preview can't know. */
  readonly computed: readonly string[];
  /** Makes, changes or, as the local cloud comes up, brings back the thing. */
  apply(declared: Declared, cloud: CloudServices): Promise<Made>;
  /** Removes the thing with what it holds. */
  remove(declared: Declared, cloud: CloudServices): Promise<void>;
}

/** Makes nothing: what is declared is noted, once a check of what it stands on throws nothing. */
export function checkedOnly(
  startOrder: number,
  check: (...of: Parameters<Maker["apply"]>) => void,
): Maker {
  return {
    startOrder,
    computed: [],
    apply(declared, cloud) {
      check(declared, cloud);
      return Promise.resolve({ outputs: {} });
    },
    remove: () => Promise.resolve(),
  };
}

/** One kind of resource; without a maker it is recorded only. */
export interface ResourceKind {
  readonly declaration: Declaration;
  readonly maker?: Maker;
  /** Whether nothing on this machine acts on it although its maker gives it what Azure would. */
  readonly recordedOnly?: boolean;
}

/** A path on a host. */
export const absolutePath = { pattern: /^\/\S*$/, rule: 'must begin with "/", without spaces' };

/** A host, on one machine with its port. */
export const host = {
  pattern: /^[\w.-]+(?::\d+)?$/,
  rule: "must be a host, without scheme or path",
};

/** A domain. */
export const domainName = {
  pattern: /^(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9-]{2,63}$/,
  rule: "must be a domain without a dot at its end",
};

/** The pattern of an id inside a resource group. */
export function inResourceGroup(rest: string): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/{resourceGroupName}/providers/${rest}`;
}
