import type { FastifyRequest } from "fastify";
import { type Pathway, STEERING_RESOURCE, type VideoPathways } from "../packaging/pathway";
import type { PathwayHealth } from "./pathway-health";
import type { PathwayList } from "./pathway-list";
import { CHECK_HEADER, type Replicas } from "./replicas";

/** What steering works with. */
interface SteeringParts {
  readonly list: PathwayList;
  readonly health: PathwayHealth;
  readonly replicas: Replicas;
  /** Name of this data center, which is a pathway's too. */
  readonly dataCenter: string;
}

/** What a player is told every few seconds (RFC 8216bis, 7.2; ETSI TS 103 998, 6). */
interface SteeringManifest {
  readonly VERSION: 1;
  /** Seconds. */
  readonly TTL: number;
  readonly "RELOAD-URI"?: string;
  readonly "PATHWAY-PRIORITY": readonly string[];
}

/** Name of the pathway through the edge; no data center may be called so. */
const EDGE = "edge";
const TTL_SECONDS = 10;

/** Tells players where else a video is, and which way is best now: their second line of defence. */
export class ContentSteering {
  constructor(private readonly parts: SteeringParts) {}

  /**
   * The ways to a video as seen by who asks: through the edge or straight from a data center. The answer
   * is the same in every data center, so the edge may keep a manifest whoever made it. Undefined where no
   * other data center holds the video.
   */
  async pathwaysOf(request: FastifyRequest, path: string): Promise<VideoPathways | undefined> {
    const ways = await this.waysTo(request, path);
    if (!ways) return undefined;
    const { inUse, others } = ways;
    const places = [inUse, ...others].filter((pathway) => !isEdge(pathway));
    if (isCheck(request) || places.length < 2) return undefined;
    return ways;
  }

  /** The same also where nobody else is known to hold the video; undefined where no pathways are known. */
  async waysTo(request: FastifyRequest, path: string): Promise<VideoPathways | undefined> {
    const all = await this.parts.list.current();
    const own = all.find(({ name }) => name === this.parts.dataCenter);
    if (!own) return undefined;
    // Who asks is about to offer us: we had better know whether to offer it, before it may be gone.
    const held = this.holders({ all, own }, path);
    const holders = isCheck(request) ? [own] : await held;
    const inUse = all.find(({ baseUrl }) => hostOf(baseUrl) === askedHost(request)) ?? own;
    const others = holders.filter((pathway) => pathway !== inUse);
    // Whoever came straight to a data center had a reason not to come through the edge.
    return { path, inUse, others: others.sort((a, b) => Number(isEdge(a)) - Number(isEdge(b))) };
  }

  private async holders(
    { all, own }: { all: readonly Pathway[]; own: Pathway },
    path: string,
  ): Promise<Pathway[]> {
    const held = await Promise.all(
      all.map(
        async (pathway) =>
          isEdge(pathway) || pathway === own || (await this.parts.replicas.has(pathway, path)),
      ),
    );
    return all.filter((_, index) => held[index]);
  }

  /** The best way now: the one in use while it can serve, then the others that can. */
  async manifest({ path, inUse, others }: VideoPathways): Promise<SteeringManifest> {
    const all = [inUse, ...others];
    const states = await Promise.all(all.map((pathway) => this.parts.health.of(pathway)));
    const serving = all.filter((_, index) => states[index]?.healthy);
    const order = [...serving, ...all.filter((pathway) => !serving.includes(pathway))];
    const [best] = order;
    return {
      VERSION: 1,
      TTL: TTL_SECONDS,
      // A pathway that is about to go can't be asked again.
      ...(best && best !== inUse
        ? { "RELOAD-URI": `${best.baseUrl}${path}/${STEERING_RESOURCE}` }
        : {}),
      "PATHWAY-PRIORITY": order.map(({ name }) => name),
    };
  }
}

/** Whether a pathway leads through the edge. */
export function isEdge({ name }: Pathway): boolean {
  return name === EDGE;
}

/**
 * Whether another data center asks if a video is here. It only asks for the head, which no edge keeps:
 * whoever reads a manifest is steered, whatever else the request says.
 */
function isCheck({ method, headers }: FastifyRequest): boolean {
  return method === "HEAD" && headers[CHECK_HEADER] !== undefined;
}

/** The host that the player asked, which an edge in between passes on. */
function askedHost({ headers }: FastifyRequest): string {
  const forwarded = headers["x-forwarded-host"];
  const host = typeof forwarded === "string" && forwarded !== "" ? forwarded : headers.host;
  return (host ?? "").toLowerCase();
}

function hostOf(baseUrl: string): string {
  return new URL(baseUrl).host;
}
