import { generateKeyPairSync, randomBytes, X509Certificate } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { md, pki } from "node-forge";
import { writeDurably } from "./durable-file";
import { loopback } from "./port-book";

/** Where a certificate and its key lie, both PEM. */
export interface CertificateFiles {
  readonly certificate: string;
  /** Readable by its owner only. */
  readonly key: string;
}

const MILLISECONDS_PER_DAY = 86_400_000;
const DAYS_VALID = 3650;
const DAYS_LEFT_AT_LEAST = 30;
const RSA_BITS = 2048;
const SERIAL_BYTES = 16;
// GeneralName's tags (RFC 5280, 4.2.1.6).
const DNS_NAME = 2;
const IP_ADDRESS = 7;

/**
 * Makes the certificate that stores on this machine show, unless there is one that lasts. It is its own
 * authority, and processes that are told so (`NODE_EXTRA_CA_CERTS`) trust it for this machine only.
 */
export function ensureLoopbackCertificate(files: CertificateFiles): CertificateFiles {
  if (existsSync(files.key) && lasts(files.certificate)) return files;
  const { certificate, key } = makeCertificate(new Date());
  writeDurably(files.key, key, 0o600);
  writeDurably(files.certificate, certificate, 0o644);
  return files;
}

function lasts(file: string): boolean {
  if (!existsSync(file)) return false;
  const { validTo } = new X509Certificate(readFileSync(file));
  return Date.parse(validTo) - Date.now() > DAYS_LEFT_AT_LEAST * MILLISECONDS_PER_DAY;
}

function makeCertificate(now: Date): { certificate: string; key: string } {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: RSA_BITS });
  const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const signingKey = pki.privateKeyFromPem(pem);
  const certificate = pki.createCertificate();
  certificate.publicKey = pki.setRsaPublicKey(signingKey.n, signingKey.e);
  // Positive: its first bit is not set.
  certificate.serialNumber = `4a${randomBytes(SERIAL_BYTES).toString("hex")}`;
  certificate.validity.notBefore = new Date(now.getTime() - MILLISECONDS_PER_DAY);
  certificate.validity.notAfter = new Date(now.getTime() + DAYS_VALID * MILLISECONDS_PER_DAY);
  const name = [{ name: "commonName", value: "Twinstream local cloud" }];
  certificate.setSubject(name);
  certificate.setIssuer(name);
  certificate.setExtensions([
    { name: "basicConstraints", cA: true, critical: true },
    { name: "keyUsage", critical: true, keyCertSign: true, digitalSignature: true },
    { name: "extKeyUsage", serverAuth: true },
    {
      name: "subjectAltName",
      altNames: [
        { type: IP_ADDRESS, ip: loopback },
        { type: DNS_NAME, value: "localhost" },
      ],
    },
  ]);
  certificate.sign(signingKey, md.sha256.create());
  return { certificate: pki.certificateToPem(certificate), key: pem };
}
