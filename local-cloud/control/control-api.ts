import fastify, { type FastifyInstance } from "fastify";
import { request as ask } from "undici";
import type { FrontDoor } from "../edge/front-door";
import type { TrafficManager } from "../edge/traffic-manager";
import type { Properties } from "../stand-in/properties";
import type { StandIn } from "../stand-in/stand-in";
import { BadChangeError, NoResourceError } from "../stand-in/stand-in-error";
import { loopback } from "../storage/port-book";
import { causeFault, type FaultDeps, UnknownTargetError } from "./faults";
import { BadFaultError, readFault } from "./read-fault";

/** What the control API shows and steers. */
export interface ControlDeps extends FaultDeps {
  frontDoor: FrontDoor;
  trafficManager: TrafficManager;
  /** Where Traffic Manager's names are answered. */
  readonly dns: { port: number; names: string[] } | undefined;
  config: { home: string };
  /** Address of the media service that serves an account. */
  accountUrl(account: string): string | undefined;
  /** What is declared, and how it is changed past the program that declared it. */
  portal: Pick<StandIn, "list" | "change">;
}

const switchSchema = {
  type: "object",
  required: ["enabled"],
  additionalProperties: false,
  properties: { enabled: { type: "boolean" } },
} as const;

const regionSchema = {
  type: "object",
  required: ["region"],
  additionalProperties: false,
  properties: { region: { type: "string", pattern: "^[A-Za-z][A-Za-z0-9 ]*$" } },
} as const;

const changeSchema = {
  type: "object",
  required: ["id", "inputs"],
  additionalProperties: false,
  properties: { id: { type: "string" }, inputs: { type: "object" } },
} as const;

const maxTokenRequestBytes = 64 * 1024;

/**
 * The local cloud's own API, on loopback: its status, faults for tests and drills, and the addresses
 * under which the classic accounts of a stack are found.
 */
export class ControlApi implements AsyncDisposable {
  private readonly app: FastifyInstance;

  constructor(private readonly deps: ControlDeps) {
    this.app = fastify({ logger: false, forceCloseConnections: true });
    this.app.addHook("onRequest", async (request, reply) => {
      // A web page must not be able to switch things on the machine of who looks at it.
      if (request.headers.origin !== undefined) {
        await reply.code(403).send({ error: "requests from web pages are refused" });
      }
    });
    this.app.setErrorHandler((error, _request, reply) => {
      const known = error as { statusCode?: number; message: string };
      void reply.code(statusOf(error) ?? known.statusCode ?? 500).send({ error: known.message });
    });
    this.addStatus();
    this.addSwitches();
    this.addResources();
    this.addClassicAddresses();
  }

  async listen(port: number): Promise<void> {
    await this.app.listen({ host: loopback, port });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.app.close();
  }

  private addStatus(): void {
    const { deps } = this;
    this.app.get("/status", () => ({
      pid: process.pid,
      home: deps.config.home,
      restarts: deps.supervisor.restartsEnabled,
      dataCenters: deps
        .dataCenters()
        .map((each) => ({ ...each, fault: deps.ingresses.fault(each.service) })),
      processes: deps.supervisor.status(),
      frontDoor: deps.frontDoor.status(),
      trafficManager: deps.trafficManager.status(),
      clientRegion: deps.trafficManager.clientRegion,
      dns: deps.dns,
    }));
  }

  private addSwitches(): void {
    const { deps } = this;
    this.app.put<{ Body: { enabled: boolean } }>(
      "/edge/retry",
      { schema: { body: switchSchema } },
      ({ body }) => {
        deps.frontDoor.retryEnabled = body.enabled;
        return body;
      },
    );
    this.app.post("/edge/purge", () => {
      deps.frontDoor.purge();
      return { cachedEntries: 0 };
    });
    this.app.put<{ Body: { region: string } }>(
      "/traffic-manager/client-region",
      { schema: { body: regionSchema } },
      ({ body }) => {
        deps.trafficManager.clientRegion = body.region;
        return { region: deps.trafficManager.clientRegion };
      },
    );
    this.app.put<{ Body: { enabled: boolean } }>(
      "/restarts",
      { schema: { body: switchSchema } },
      ({ body }) => {
        deps.supervisor.restartsEnabled = body.enabled;
        return body;
      },
    );
    this.app.post("/faults", ({ body }) => causeFault(deps, readFault(body)));
  }

  /** What Azure's portal is for: looking at what is declared, and changing it by hand. */
  private addResources(): void {
    const { deps } = this;
    this.app.get("/resources", () => deps.portal.list());
    this.app.patch<{ Body: { id: string; inputs: Properties } }>(
      "/resources",
      { schema: { body: changeSchema } },
      async ({ body }) => {
        await deps.portal.change(body.id, body.inputs);
        return { id: body.id };
      },
    );
  }

  /**
   * `/classic/{account}/api/` answers 301 with the account's own API, as the old global address of
   * Media Services did; `/classic/{account}/{tenant}/oauth2/token` hands on its tokens.
   */
  private addClassicAddresses(): void {
    this.app.addContentTypeParser(
      "*",
      { parseAs: "string", bodyLimit: maxTokenRequestBytes },
      (_request, body, done) => {
        done(null, body);
      },
    );
    this.app.all<{ Params: { account: string } }>(
      "/classic/:account/api/*",
      ({ params }, reply) => {
        const url = this.deps.accountUrl(params.account);
        if (url === undefined) return reply.code(404).send(noAccount(params.account));
        return reply.redirect(`${url}/api/`, 301);
      },
    );
    this.app.post<{ Params: { account: string; tenant: string }; Body: string }>(
      "/classic/:account/:tenant/oauth2/token",
      async ({ params, body, headers }, reply) => {
        const url = this.deps.accountUrl(params.account);
        if (url === undefined) return reply.code(404).send(noAccount(params.account));
        const answer = await ask(`${url}/${encodeURIComponent(params.tenant)}/oauth2/token`, {
          method: "POST",
          headers: { "content-type": headers["content-type"] ?? "" },
          body,
        });
        return reply
          .code(answer.statusCode)
          .header("content-type", "application/json")
          .send(await answer.body.text());
      },
    );
  }
}

function statusOf(error: unknown): number | undefined {
  if (error instanceof UnknownTargetError || error instanceof NoResourceError) return 404;
  return error instanceof BadFaultError || error instanceof BadChangeError ? 400 : undefined;
}

function noAccount(account: string): { error: string } {
  return { error: `there is no media services account "${account}"` };
}
