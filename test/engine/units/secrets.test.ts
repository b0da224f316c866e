import { strict as assert } from "node:assert";
import { before, describe, it } from "mocha";
import { PassphraseCrypter } from "../../../engine/secrets/passphrase-crypter";
import { SecretSealer } from "../../../engine/secrets/secret-sealer";
import { secretOf } from "../../../engine/values/property-value";

// Made by the official CLI 3.260 with the passphrase "x".
const OFFICIAL_SALT = "v1:15wYLTtD5BY=:v1:k9UCf7p24GjqyzYN:C+gvJ8V1ehy9AOrRXUXT3AYSKDN9Qg==";
const OFFICIAL_SECRET = "v1:QdF8pwICNlDu2SMK:SXXUOhKgLTzW0E8GMJXoaJwmEiXIKgER";

describe("passphrase secrets", function () {
  this.timeout(60_000); // a million rounds for each key
  let crypter: PassphraseCrypter;

  before(async () => {
    crypter = await PassphraseCrypter.open("x", OFFICIAL_SALT);
  });

  it("open what the official CLI has sealed", () => {
    assert.equal(crypter.decrypt(OFFICIAL_SECRET), '"s3cret"');
  });

  it("are refused under another passphrase, and when they were altered", async () => {
    await assert.rejects(PassphraseCrypter.open("y", OFFICIAL_SALT), { code: "wrong-passphrase" });
    const altered = `${OFFICIAL_SECRET.slice(0, -2)}AA`;
    assert.throws(() => crypter.decrypt(altered), { code: "corrupt-state" });
  });

  it("are open again under the salt that a new crypter makes", async () => {
    const made = await PassphraseCrypter.create("pass phrase");
    const opened = await PassphraseCrypter.open("pass phrase", made.salt);

    assert.equal(opened.decrypt(made.encrypt("text")), "text");
  });

  it("look the same on disk as long as they do not change", () => {
    const sealer = new SecretSealer(crypter);
    const sealed = sealer.seal({ a: secretOf({ b: [1] }), c: "clear" });

    const opened = sealer.unseal(sealed);

    assert.deepEqual(opened, { a: secretOf({ b: [1] }), c: "clear" });
    assert.deepEqual(sealer.seal(opened), sealed);
    assert.ok(!JSON.stringify(sealed).includes('"b"'));
  });
});
