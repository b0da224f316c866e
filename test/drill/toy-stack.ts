import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { DataCenterControl } from "../../drill/control/data-center-control";
import type { Deployment } from "../../drill/deployment/deployment";

/** A data center, or an edge, that serves a video of text. */
interface Toy {
  server: Server;
  url: string;
}

const smoothPath = "/guid/film.ism/manifest";
const path = `${smoothPath}(format=m3u8-cmaf)`;
/** Short, so that a test need not wait for long. */
const segmentSeconds = 1;
const segments = 8;

/** Two data centers and an edge in this process, to be taken away and brought back at will. */
export class ToyStack implements AsyncDisposable, DataCenterControl {
  readonly cloud = "local";
  readonly how = "its server answers nothing";
  readonly fault = "kill";
  /** Whether probes are said to see that a data center is away. */
  seenByProbes = true;
  /** Names of data centers that are away. */
  readonly away = new Set<string>();
  /** What was done, in order. */
  readonly done: string[] = [];
  /** Whether the edge tries another data center within a request. */
  retry = true;
  /** What a data center serves in place of a segment whose path is among the damaged. */
  damage = new Map<string, string>();
  damagedPaths = /./;
  /** Whether taking away fails after it was done. */
  failTakeAway = false;
  private toys: Toy[] = [];

  static async start(): Promise<ToyStack> {
    const stack = new ToyStack();
    stack.toys = [
      await serve((url, answer) => {
        answer(...stack.answerOf("east", url));
      }),
      await serve((url, answer) => {
        answer(...stack.answerOf("west", url));
      }),
      await serve((url, answer) => {
        answer(...stack.edgeAnswer(url));
      }),
    ];
    return stack;
  }

  get deployment(): Deployment {
    const [east, west, edge] = this.toys.map(({ url }) => url);
    const urls = (base = ""): Record<string, string> => ({
      hls: `${base}${path}`,
      smooth: `${base}${smoothPath}`,
    });
    return {
      dataCenters: [
        { name: "east", baseUrl: east ?? "" },
        { name: "west", baseUrl: west ?? "" },
      ],
      publicHosts: { edge: edge ?? "" },
      videos: [{ name: "film", urls: { east: urls(east), west: urls(west), edge: urls(edge) } }],
      locators: ["east", "west"].map((dataCenter) => ({
        id: "nb:lid:UUID:guid",
        dataCenter,
        expirationDateTime: "2100-01-01T00:00:00Z",
        account: {
          apiUrl: "http://127.0.0.1:1/api/",
          tokenUrl: "http://127.0.0.1:1/token",
          accountName: dataCenter,
          accountKey: "secret",
        },
      })),
      detection: { edge: 25, trafficManager: undefined },
      switches: {},
    };
  }

  prepare(): Promise<unknown> {
    return Promise.resolve({ undo: "this" });
  }

  takeAway(dataCenter: string): Promise<void> {
    this.done.push(`away ${dataCenter}`);
    this.away.add(dataCenter);
    return this.failTakeAway ? Promise.reject(new Error("half done")) : Promise.resolve();
  }

  bringBack(dataCenter: string, undo: unknown): Promise<void> {
    this.done.push(`back ${dataCenter} ${JSON.stringify(undo)}`);
    this.away.delete(dataCenter);
    return Promise.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { server } of this.toys) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  private edgeAnswer(url: string): Answer {
    const first = this.answerOf("east", url);
    return first[0] === 503 && this.retry ? this.answerOf("west", url) : first;
  }

  private answerOf(dataCenter: string, url: string): Answer {
    if (this.away.has(dataCenter)) return [503, "", ""];
    if (url === "/readyz") return [200, "ready", dataCenter];
    if (url === path) return [200, "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nmedia\n", dataCenter];
    if (url === smoothPath) return [200, clientManifest, dataCenter];
    if (url.endsWith("/media")) return [200, playlist(), dataCenter];
    const isDamaged = this.damagedPaths.test(url);
    const body = isDamaged ? this.damage.get(dataCenter) : undefined;
    return [200, body ?? `bytes of ${url}`, dataCenter];
  }
}

const clientManifest = `<SmoothStreamingMedia TimeScale="1">
  <StreamIndex Type="video" Name="video" Url="QualityLevels({bitrate})/Fragments(video={start time})">
    <QualityLevel Index="0" Bitrate="1"/><c t="0" d="${segmentSeconds}" r="${segments}"/>
  </StreamIndex>
</SmoothStreamingMedia>`;

type Answer = [status: number, body: string, dataCenter: string];

function playlist(): string {
  const names = Array.from({ length: segments }, (_, i) => `#EXTINF:${segmentSeconds},\n${i}.m4s`);
  return `#EXTM3U\n${names.join("\n")}\n`;
}

async function serve(
  handle: (url: string, answer: (...given: Answer) => void) => void,
): Promise<Toy> {
  const server = createServer((request, response) => {
    handle(request.url ?? "/", (status, body, dataCenter) => {
      response
        .writeHead(status, dataCenter === "" ? {} : { "x-data-center": dataCenter })
        .end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
