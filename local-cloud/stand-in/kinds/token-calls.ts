import { request } from "undici";
import type { StoreEndpoints } from "../../storage/azurite-stores";
import type { CloudServices } from "./resource-kind";

const resource = "https://storage.azure.com";
/** Resource Manager, which makes the parts of a store by a role of its own. */
const maker = "resource-manager";
const apiVersion = "2025-11-05";
const timeoutMs = 30_000;

/** Calls to a store that is for identities, as what a store is managed by. */
export class TokenCalls {
  constructor(
    private readonly endpoints: StoreEndpoints,
    private readonly cloud: Pick<CloudServices, "authority" | "stores">,
  ) {}

  /** Makes a part of a store; one that exists already is left as it is. */
  async make(service: keyof StoreEndpoints, path: string, body?: object): Promise<void> {
    const method = body === undefined ? "PUT" : "POST";
    await this.call({ method, url: this.endpoints[service] + path, known: 409 }, body);
  }

  /** Removes a part of a store; none is no error. */
  async remove(service: keyof StoreEndpoints, path: string): Promise<void> {
    await this.call({ method: "DELETE", url: this.endpoints[service] + path, known: 404 });
  }

  private async call(
    { method, url, known }: { method: "PUT" | "POST" | "DELETE"; url: string; known: number },
    body?: object,
  ): Promise<void> {
    const { authority, stores } = this.cloud;
    const { token } = authority().token(authority().identityOf(maker), resource);
    const answer = await request(url, {
      method,
      dispatcher: stores.dispatcher,
      headersTimeout: timeoutMs,
      headers: {
        authorization: `Bearer ${token}`,
        "x-ms-version": apiVersion,
        "x-ms-date": new Date().toUTCString(),
        accept: "application/json;odata=nometadata",
        "content-type": "application/json",
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.body.text();
    if (answer.statusCode < 300 || answer.statusCode === known) return;
    throw new Error(`${method} ${url} was answered ${answer.statusCode.toString()}: ${text}`);
  }
}
