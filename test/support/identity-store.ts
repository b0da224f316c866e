import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Agent, fetch } from "undici";
import { Authority } from "../../local-cloud/authority/authority";
import { ensureLoopbackCertificate } from "../../local-cloud/storage/loopback-certificate";
import { type Azurite, startAzurite } from "./azurite";

/** A store that takes tokens over https, and the authority that gives a managed identity its tokens. */
export interface IdentityStore extends AsyncDisposable {
  readonly azurite: Azurite;
  readonly authority: Authority;
  /** What makes a child process reach the store by its identity. */
  readonly env: Readonly<Record<string, string>>;
  /** Trusts the store's certificate. */
  fetch(url: string, init?: Parameters<typeof fetch>[1]): ReturnType<typeof fetch>;
}

/** Starts both. */
export async function startIdentityStore(): Promise<IdentityStore> {
  const directory = mkdtempSync(join(tmpdir(), "twinstream-identity-"));
  const certificate = ensureLoopbackCertificate({
    certificate: join(directory, "certificate.pem"),
    key: join(directory, "certificate.key"),
  });
  const authority = await Authority.listen(0);
  const azurite = await startAzurite({ certificate });
  const identity = authority.identityOf("/the/identity");
  const dispatcher = new Agent({ connect: { ca: readFileSync(certificate.certificate) } });
  return {
    azurite,
    authority,
    env: {
      STORAGE_ACCESS: "identity",
      STORAGE_ACCOUNT_KEY: "",
      AZURE_CLIENT_ID: identity.clientId,
      ...authority.identityEnvironment("service", { assigned: [identity] }),
      NODE_EXTRA_CA_CERTS: certificate.certificate,
    },
    fetch: (url, init) => fetch(url, { ...init, dispatcher }),
    async [Symbol.asyncDispose]() {
      await dispatcher.close();
      await azurite.stop();
      await authority[Symbol.asyncDispose]();
      rmSync(directory, { recursive: true });
    },
  };
}
