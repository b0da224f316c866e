import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { CacheSettings } from "../../../local-cloud/edge/cache-settings";
import type {
  EndpointSettings,
  OriginGroupSettings,
  OriginSettings,
} from "../../../local-cloud/edge/front-door-settings";
import type { DeliveryRule } from "../../../local-cloud/edge/delivery-rules";

/** An origin of a test, whose behaviour can be changed while it runs. */
export class ToyOrigin implements AsyncDisposable {
  requests: string[] = [];
  private readonly server: Server;

  private constructor(
    readonly name: string,
    public behaviour: RequestListener,
  ) {
    this.server = createServer((request, response) => {
      if (request.url !== "/readyz") this.requests.push(`${request.method} ${request.url}`);
      this.behaviour(request, response);
    });
  }

  static async start(name: string, behaviour: RequestListener, port = 0): Promise<ToyOrigin> {
    const origin = new ToyOrigin(name, behaviour);
    await new Promise<void>((resolve) => origin.server.listen(port, "127.0.0.1", resolve));
    return origin;
  }

  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  settings(priority: number): OriginSettings {
    return { name: this.name, host: this.host, hostHeader: this.host, priority, weight: 1000 };
  }

  /** Goes away as a killed process does. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** Answers everything with a text. */
export function says(text: string, headers: Record<string, string> = {}): RequestListener {
  return (_request, response) => {
    response.writeHead(200, { "content-type": "text/plain", ...headers }).end(text);
  };
}

/** What a test changes of an endpoint. */
export interface EndpointOptions {
  cache?: CacheSettings;
  rules?: DeliveryRule[];
  otherGroups?: OriginGroupSettings[];
  probeIntervalMs?: number;
  sampleSize?: number;
  successfulSamplesRequired?: number;
  responseTimeoutMs?: number;
}

/** An endpoint over toy origins, the first having the highest priority. */
export function endpointOver(
  origins: readonly ToyOrigin[],
  options: EndpointOptions = {},
): EndpointSettings {
  return {
    id: "endpoint",
    name: "endpoint",
    port: 0,
    routes: [
      {
        name: "everything",
        patterns: ["/*"],
        originPath: "",
        rules: options.rules ?? [],
        otherGroups: options.otherGroups ?? [],
        compressedTypes: ["text/plain"],
        cache: options.cache,
        responseTimeoutMs: options.responseTimeoutMs ?? 5_000,
        group: groupOver(origins, options),
      },
    ],
  };
}

/** An origin group over toy origins, the first having the highest priority. */
export function groupOver(
  origins: readonly ToyOrigin[],
  options: EndpointOptions = {},
): OriginGroupSettings {
  const { probeIntervalMs } = options;
  return {
    id: "group",
    origins: origins.map((origin, index) => origin.settings(index + 1)),
    probe:
      probeIntervalMs === undefined
        ? undefined
        : {
            path: "/readyz",
            protocol: "http",
            method: "HEAD",
            intervalMs: probeIntervalMs,
            timeoutMs: 500,
            statuses: [[200, 200]],
          },
    sampleSize: options.sampleSize ?? 4,
    successfulSamplesRequired: options.successfulSamplesRequired ?? 3,
    additionalLatencyMs: 0,
  };
}
