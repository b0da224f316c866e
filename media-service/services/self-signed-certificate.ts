import { createPublicKey, type KeyObject, randomBytes, sign } from "node:crypto";

// Tags of DER (ITU-T X.690, 8.1.2 and table 1).
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const NULL = 0x05;
const OBJECT_IDENTIFIER = 0x06;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;
const SEQUENCE = 0x30;
const SET = 0x31;
const EXPLICIT_0 = 0xa0;

// sha256WithRSAEncryption, 1.2.840.113549.1.1.11 (RFC 4055, 5).
const SHA256_WITH_RSA = Buffer.from("2a864886f70d01010b", "hex");
// id-at-commonName, 2.5.4.3 (RFC 5280, appendix A).
const COMMON_NAME = Buffer.from("550403", "hex");
const VERSION_3 = Buffer.from([2]);
const SERIAL_BYTES = 16;
const FIRST_YEAR_OF_FOUR_DIGITS = 2050;
const NO_UNUSED_BITS = Buffer.from([0]);

/** Makes an X.509 certificate (RFC 5280, 4.1) of an RSA key that it is signed with itself; DER. */
export function selfSignedCertificate(
  privateKey: KeyObject,
  { commonName, from, until }: { commonName: string; from: Date; until: Date },
): Buffer {
  const algorithm = der(SEQUENCE, der(OBJECT_IDENTIFIER, SHA256_WITH_RSA), der(NULL));
  const attribute = der(
    SEQUENCE,
    der(OBJECT_IDENTIFIER, COMMON_NAME),
    der(UTF8_STRING, Buffer.from(commonName)),
  );
  const name = der(SEQUENCE, der(SET, attribute));
  const serial = randomBytes(SERIAL_BYTES);
  // Positive, and without a leading zero byte, which DER forbids.
  serial[0] = 0x40 | ((serial[0] ?? 0) & 0x3f);
  const toBeSigned = der(
    SEQUENCE,
    der(EXPLICIT_0, der(INTEGER, VERSION_3)),
    der(INTEGER, serial),
    algorithm,
    name,
    der(SEQUENCE, time(from), time(until)),
    name,
    createPublicKey(privateKey).export({ type: "spki", format: "der" }),
  );
  const signature = sign("sha256", toBeSigned, privateKey);
  return der(SEQUENCE, toBeSigned, algorithm, der(BIT_STRING, NO_UNUSED_BITS, signature));
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), lengthOf(content), content]);
}

// X.690, 8.1.3: one byte below 128, else the number of bytes and then those.
function lengthOf({ length }: Buffer): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const hex = length.toString(16);
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex");
  return Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes]);
}

// RFC 5280, 4.1.2.5: two digits for the year until 2049, four from 2050 on.
function time(date: Date): Buffer {
  const text = date.toISOString().replace(/[-:T]|\.\d+/g, "");
  return date.getUTCFullYear() < FIRST_YEAR_OF_FOUR_DIGITS
    ? der(UTC_TIME, Buffer.from(text.slice(2)))
    : der(GENERALIZED_TIME, Buffer.from(text));
}
