import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import pino from "pino";
import { FrontDoor } from "../../local-cloud/edge/front-door";
import type { RouteSettings } from "../../local-cloud/edge/front-door-settings";
import { WatchControl } from "../../local-cloud/edge/watch-control";
import { PATHWAYS_BLOB } from "../../media-service/domain/pathways";
import { putAssets } from "../media-service/origin/media-fixture";
import { CONTAINER } from "../media-service/origin/test-origin";
import { TwoOrigins } from "../media-service/origin/two-origins";

/** A fault as the watch page asks for it. */
export interface AskedFault {
  readonly target: string;
  readonly what: string;
  readonly action: string;
}

/**
 * What the watch page needs of a local cloud, in one process: two data centers, the edge in front of
 * them, and a control API that stops and starts serving as it is told.
 */
export class SmallCloud implements AsyncDisposable {
  /** Everything that was asked of the control API. */
  readonly faults: AskedFault[] = [];
  private control: Server | undefined;

  private constructor(
    readonly origins: TwoOrigins,
    private readonly door: FrontDoor,
  ) {}

  static async start(files: ReadonlyMap<string, Buffer>): Promise<SmallCloud> {
    const origins = await TwoOrigins.start({ watchPage: true, cache: { lookupMs: 200 } });
    let controlUrl = "";
    const door = new FrontDoor({
      log: pino({ level: "silent" }),
      control: new WatchControl(() => controlUrl),
    });
    await door.configure([{ id: "edge", name: "edge", port: 0, routes: [routeTo(origins)] }]);
    const cloud = new SmallCloud(origins, door);
    controlUrl = await cloud.startControl();
    const pathways = [
      { name: "edge", baseUrl: cloud.url },
      { name: "east", baseUrl: origins.east.url },
      { name: "west", baseUrl: origins.west.url },
    ];
    for (const { blobs } of [origins.east, origins.west]) {
      blobs.remove(CONTAINER, "film.ism"); // it is made of boxes alone; nothing could decode it
      putAssets(blobs, CONTAINER, files);
      blobs.put(PATHWAYS_BLOB.container, PATHWAYS_BLOB.blob, JSON.stringify({ pathways }));
    }
    return cloud;
  }

  /** Address of the edge. */
  get url(): string {
    return `http://127.0.0.1:${this.door.port("edge") ?? 0}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.door[Symbol.asyncDispose]();
    await this.origins[Symbol.asyncDispose]();
    this.control?.closeAllConnections();
    this.control?.close();
  }

  private async startControl(): Promise<string> {
    const control = createServer((request, response) => {
      const answer = (status: number, body: object): void => {
        response.writeHead(status, { "content-type": "application/json" });
        response.end(JSON.stringify(body));
      };
      if (request.url === "/status") {
        answer(200, { dataCenters: [{ name: "east" }, { name: "west" }] });
        return;
      }
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => {
        const fault = JSON.parse(Buffer.concat(parts).toString()) as AskedFault;
        this.faults.push(fault);
        if (fault.what === "network" && fault.action === "hang") {
          answer(400, { error: "this network can't hang" });
          return;
        }
        const origin = fault.target === "east" ? this.origins.east : this.origins.west;
        if (fault.what !== "network") origin.published.running = fault.action === "restore";
        answer(200, {});
      });
    });
    this.control = control;
    await new Promise<void>((resolve) => control.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(control.address() as AddressInfo).port}`;
  }
}

function routeTo({ east, west }: TwoOrigins): RouteSettings {
  const origins = [east, west].map(({ app }, index) => {
    const host = `127.0.0.1:${(app.server.address() as AddressInfo).port}`;
    return {
      name: index === 0 ? "east" : "west",
      host,
      hostHeader: host,
      priority: index + 1,
      weight: 1,
    };
  });
  return {
    name: "all",
    patterns: ["/*"],
    originPath: "",
    group: {
      id: "group",
      origins,
      probe: undefined,
      sampleSize: 4,
      successfulSamplesRequired: 3,
      additionalLatencyMs: 0,
    },
    rules: [],
    otherGroups: [],
    compressedTypes: [],
    cache: undefined,
    responseTimeoutMs: 10_000,
  };
}
