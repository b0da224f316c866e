import {
  constants,
  createCipheriv,
  publicEncrypt,
  randomBytes,
  randomUUID,
  X509Certificate,
} from "node:crypto";
import { keyChecksums } from "../../media-service/domain/content-key";
import type { ApiClient } from "./api-client";

/** The account's certificate, as SDK clients ask for it. */
export async function protectionCertificate(
  api: ApiClient,
): Promise<{ thumbprint: string; certificate: X509Certificate }> {
  const thumbprint = await text(api, "GetProtectionKeyId?contentKeyType=2", "GetProtectionKeyId");
  const path = `GetProtectionKey?protectionKeyId='${thumbprint}'`;
  const certificate = Buffer.from(await text(api, path, "GetProtectionKey"), "base64");
  return { thumbprint, certificate: new X509Certificate(certificate) };
}

/** Encrypts a secret for a certificate, as SDK clients do. */
export function encryptedFor({ publicKey }: X509Certificate, secret: Buffer): string {
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  return publicEncrypt({ key: publicKey, padding, oaepHash: "sha1" }, secret).toString("base64");
}

/** A content key, and the body that makes it. */
export async function contentKeyBody(
  api: ApiClient,
  { type = 2, key = randomBytes(32) }: { type?: number; key?: Buffer } = {},
): Promise<{ key: Buffer; body: Record<string, unknown> & { Id: string } }> {
  const { thumbprint, certificate } = await protectionCertificate(api);
  const guid = randomUUID();
  const body = {
    Id: `nb:kid:UUID:${guid}`,
    ContentKeyType: type,
    EncryptedContentKey: encryptedFor(certificate, key),
    ProtectionKeyId: thumbprint,
    ProtectionKeyType: 0,
    // What is no AES key has none.
    ...([16, 32].includes(key.length) ? { Checksum: keyChecksums(key, guid)[0] } : {}),
  };
  return { key, body };
}

/** The properties of a task whose configuration is encrypted. */
export async function protectedTask(
  api: ApiClient,
  configuration: string,
): Promise<Record<string, unknown>> {
  const { key, body } = await contentKeyBody(api);
  await api.create("ContentKeys", body);
  const iv = randomBytes(16);
  const cipher = createCipheriv("aes-256-cbc", key, iv);
  const encrypted = Buffer.concat([cipher.update(configuration, "utf8"), cipher.final()]);
  return {
    Options: 1,
    Configuration: encrypted.toString("base64"),
    EncryptionKeyId: body.Id,
    EncryptionScheme: "ConfigurationEncryption",
    EncryptionVersion: "1.0",
    InitializationVector: iv.toString("base64"),
  };
}

async function text(api: ApiClient, path: string, name: string): Promise<string> {
  const reply = await api.call("GET", path);
  const value = (reply.json.d as unknown as Record<string, string> | undefined)?.[name];
  if (value === undefined) throw new Error(`GET ${path}: ${reply.status} ${reply.text}`);
  return value;
}
