import type { TestMediaService } from "./media-service";

/** An entity as tests look at it: what the API promises, which of it depends on the entity. */
export interface WireEntity {
  readonly __metadata: { readonly uri: string; readonly type: string };
  readonly Files: { readonly __deferred: { readonly uri: string } };
  readonly Id: string;
  readonly Name: string | null;
  readonly State: number | string;
  readonly Created: string;
  readonly LastModified: string;
  readonly AlternateId: string | null;
  readonly Options: number;
  readonly FormatOption: number;
  readonly Uri: string;
  readonly StorageAccountName: string;
  readonly ContentFileSize: string;
  readonly MimeType: string | null;
  readonly ContentChecksum: string | null;
  readonly IsPrimary: boolean;
  readonly DurationInMinutes: number;
  readonly Permissions: number;
  readonly AssetId: string;
  readonly BaseUri: string;
  readonly ContentAccessComponent: string;
  readonly Path: string;
  readonly StartTime: string | null;
  readonly EndTime: string | null;
  readonly ExpirationDateTime: string;
  readonly Priority: number;
  readonly Progress: number;
  readonly PerfMessage: string | null;
  readonly RunningDuration: number;
  readonly TaskBody: string;
  readonly Configuration: string;
  readonly EncryptionScheme: string | null;
  readonly TargetEntityId: string;
  readonly Version: string;
  readonly BytesUsed: string;
  readonly EntitySets: readonly string[];
  readonly Code: string;
  readonly Message: string | null;
  readonly ErrorDetails: WireList;
  readonly HistoricalEvents: WireList;
  readonly JobNotificationSubscriptions: WireList;
}

interface WireList {
  readonly results: readonly WireEntity[];
}

interface WireMessage {
  readonly message: { readonly value: string };
}

/** What the API answered. */
export interface ApiReply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; only what was answered of it is really there. */
  readonly json: {
    readonly d: WireEntity & WireList & { readonly __count: string };
    readonly error: WireMessage;
    readonly value: readonly WireEntity[];
    readonly "odata.metadata": string;
    readonly "odata.error": WireMessage;
  };
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
    /** The access token that it uses. */
    readonly token: string,
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

  /** Takes a token that somebody else gave. */
  static withToken(service: Pick<TestMediaService, "apiUrl">, token: string): ApiClient {
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
    return {
      status: reply.status,
      headers: reply.headers,
      text,
      json: jsonOf(text) as ApiReply["json"],
    };
  }

  /** Makes an entity that has to come about, and returns it. */
  async create(set: string, body: object): Promise<WireEntity> {
    const reply = await this.call("POST", set, { body });
    if (reply.status !== 201) throw new Error(`POST ${set}: ${reply.status} ${reply.text}`);
    return reply.json.d;
  }

  /** The entities of a list that has to be answered. */
  async list(path: string): Promise<readonly WireEntity[]> {
    const reply = await this.call("GET", path);
    if (reply.status !== 200) throw new Error(`GET ${path}: ${reply.status} ${reply.text}`);
    return reply.json.d.results;
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
