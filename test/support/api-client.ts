import type { TestMediaService } from "./media-service";

/** What the API answered. */
export interface ApiReply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; undefined when it is none. */
  readonly json: any; // eslint-disable-line @typescript-eslint/no-explicit-any -- tests look into answers
}

/** What a test may choose of a call. */
export interface ApiCall {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export const VERBOSE = "application/json;odata=verbose";

/** Speaks the REST API as a client does, without any client library. */
export class ApiClient {
  private constructor(
    private readonly service: Pick<TestMediaService, "apiUrl">,
    private readonly token: string,
  ) {}

  /** Gets a token in the ACS form. */
  static async connect(
    service: Pick<TestMediaService, "apiUrl" | "tokenUrl" | "accountName" | "accountKey">,
  ): Promise<ApiClient> {
    const reply = await fetch(service.tokenUrl, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_id: service.accountName,
        client_secret: service.accountKey,
        scope: "urn:WindowsAzureMediaServices",
      }),
    });
    const { access_token: token } = (await reply.json()) as { access_token: string };
    return new ApiClient(service, token);
  }

  async call(
    method: string,
    path: string,
    { body, headers = {} }: ApiCall = {},
  ): Promise<ApiReply> {
    const raw = typeof body === "string" ? body : JSON.stringify(body);
    const reply = await fetch(this.service.apiUrl + path, {
      method,
      redirect: "manual",
      headers: {
        authorization: `Bearer ${this.token}`,
        "x-ms-version": "2.19",
        accept: VERBOSE,
        ...(body === undefined ? {} : { "content-type": VERBOSE }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: raw }),
    });
    const text = await reply.text();
    return { status: reply.status, headers: reply.headers, text, json: jsonOf(text) };
  }

  /** Makes an entity that has to come about, and returns it. */
  async create(set: string, body: object): Promise<Record<string, any>> {
    const reply = await this.call("POST", set, { body });
    if (reply.status !== 201) throw new Error(`POST ${set}: ${reply.status} ${reply.text}`);
    return reply.json.d as Record<string, any>;
  }

  /** The entities of a list that has to be answered. */
  async list(path: string): Promise<Record<string, any>[]> {
    const reply = await this.call("GET", path);
    if (reply.status !== 200) throw new Error(`GET ${path}: ${reply.status} ${reply.text}`);
    return reply.json.d.results as Record<string, any>[];
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
