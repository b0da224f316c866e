import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { OriginDeps } from "../../../media-service/origin/origin-deps";
import { PATHWAYS_BLOB } from "../../../media-service/domain/pathways";
import { startOrigin, type TestOrigin } from "./test-origin";

/** An origin that listens. */
interface ListeningOrigin extends TestOrigin {
  /** Scheme, host and port. */
  readonly url: string;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
}

/** Two data centers with the same library that know of each other, and an edge that only says it is ready. */
export class TwoOrigins implements AsyncDisposable {
  readonly edgeHost: string;

  private constructor(
    readonly east: ListeningOrigin,
    readonly west: ListeningOrigin,
    private readonly edge: Server,
  ) {
    this.edgeHost = `127.0.0.1:${(edge.address() as AddressInfo).port}`;
  }

  static async start(deps: Partial<OriginDeps> = {}): Promise<TwoOrigins> {
    const shared = { contentSteering: true, ...deps };
    const east = await listen({ ...shared, dataCenter: "east" });
    const west = await listen({ ...shared, dataCenter: "west" });
    const edge = createServer((_request, response) => response.end());
    await new Promise<void>((resolve) => edge.listen(0, "127.0.0.1", resolve));
    const origins = new TwoOrigins(east, west, edge);
    for (const { blobs } of [east, west]) {
      blobs.put(PATHWAYS_BLOB.container, PATHWAYS_BLOB.blob, JSON.stringify(origins.pathways));
    }
    return origins;
  }

  /** What the deployment writes into both stores. */
  get pathways(): object {
    return {
      pathways: [
        { name: "edge", baseUrl: `http://${this.edgeHost}` },
        { name: "east", baseUrl: this.east.url },
        { name: "west", baseUrl: this.west.url },
      ],
    };
  }

  /** Takes the edge away. */
  async killEdge(): Promise<void> {
    this.edge.closeAllConnections();
    await new Promise((resolve) => this.edge.close(resolve));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.east.kill(), this.west.kill(), this.killEdge()]);
  }
}

async function listen(deps: Partial<OriginDeps>): Promise<ListeningOrigin> {
  const origin = await startOrigin(deps);
  await origin.app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = origin.app.server.address() as AddressInfo;
  // Names of their own, as in the cloud: shaka leaves a host for all its ports.
  const url = `http://${deps.dataCenter === "west" ? "localhost" : "127.0.0.1"}:${port}`;
  return Object.assign(origin, {
    url,
    async kill(): Promise<void> {
      origin.app.server.closeAllConnections();
      await origin.app.close();
    },
  });
}
