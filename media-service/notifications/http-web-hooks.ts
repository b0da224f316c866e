import { lookup as lookUp, type LookupAddress } from "node:dns";
import { request as requestHttp, type RequestOptions } from "node:http";
import { request as requestHttps } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { DeniedError, UnavailableError } from "../domain/errors";
import type { WebHooks } from "../ports/notice-channels";

const TIMEOUT_MILLISECONDS = 10_000;
const FIRST_OK = 200;
const FIRST_REDIRECT = 300;

/**
 * Calls web addresses that clients have chosen. Which machine that is, is checked at the moment of the call:
 * a name may lead elsewhere than when it was given. Redirects are not followed, and of an answer only its
 * status is read.
 */
export class HttpWebHooks implements WebHooks {
  constructor(private readonly isForbidden: (ip: string) => boolean) {}

  async post(
    address: string,
    message: string,
    headers: Readonly<Record<string, string>>,
  ): Promise<void> {
    const url = new URL(address);
    const host = url.hostname.replace(/^\[|\]$/g, "");
    // A literal address is never looked up.
    if (isIP(host) !== 0) this.refuse(host, host);
    const status = await send(url, Buffer.from(message), {
      method: "POST",
      agent: false,
      lookup: this.lookup,
      signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
      headers: { ...headers, "content-type": "application/json" },
    });
    if (status < FIRST_OK || status >= FIRST_REDIRECT) {
      throw new UnavailableError(`the receiver answered with status ${status}`);
    }
  }

  private readonly lookup: LookupFunction = (host, options, done) => {
    lookUp(host, { ...options, all: true }, (error, found) => {
      try {
        if (error !== null) throw error;
        for (const { address } of found) this.refuse(host, address);
        const [first] = found as [LookupAddress, ...LookupAddress[]];
        if (options.all === true) done(null, found);
        else done(null, first.address, first.family);
      } catch (cause) {
        done(cause as Error, []);
      }
    });
  };

  private refuse(host: string, ip: string): void {
    if (this.isForbidden(ip)) {
      throw new DeniedError(`'${host}' leads to an address that may not be called`);
    }
  }
}

function send(url: URL, body: Buffer, options: RequestOptions): Promise<number> {
  const request = url.protocol === "https:" ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const sent = request(url, options, (answer) => {
      resolve(answer.statusCode ?? 0);
      answer.destroy();
    });
    sent.on("error", (cause) => {
      const isOurs = cause instanceof DeniedError;
      reject(isOurs ? cause : new UnavailableError("the receiver did not answer", { cause }));
    });
    sent.setHeader("content-length", body.length);
    sent.end(body);
  });
}
