import { strict as assert } from "node:assert";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { localAccount } from "../../local-cloud/clean/local-accounts";
import { createHome, type Home, homeAt } from "../../local-cloud/home";
import { secret } from "../../local-cloud/stand-in/properties";
import { ResourceRecords } from "../../local-cloud/stand-in/resource-records";
import { SecretBox } from "../../local-cloud/storage/secret-box";

const key = "bWVkaWEtYWNjb3VudC1rZXk=";

describe("a media account of the local cloud, as the clean-up reaches it", () => {
  let home: Home;

  before(() => {
    home = homeAt(mkdtempSync(join(tmpdir(), "twinstream-accounts-")));
    createHome(home);
    writeFileSync(
      home.portsFile,
      JSON.stringify({ "service:media-east": 20_001, "service:media-west": 20_002 }),
    );
    const records = new ResourceRecords(home.resourcesFile, SecretBox.open(home.keyFile));
    const put = (name: string, env: object[], secrets: object[]) => {
      records.put({
        id: `/apps/media-${name}`,
        type: "azure-native:app:ContainerApp",
        urn: `urn:${name}`,
        inputs: {
          configuration: secret({ ingress: { external: true }, secrets: secrets as never }),
          template: {
            containers: [
              {
                name: "media",
                env: [
                  { name: "DATA_CENTER", value: name },
                  { name: "MEDIA_ACCOUNT_NAME", value: `${name}media` },
                  { name: "STORAGE_ACCOUNT_NAME", value: `${name}store` },
                  ...(env as never[]),
                ],
              },
            ],
          },
        },
        outputs: { name: `media-${name}` },
        hidden: {},
      });
    };
    put("east", [{ name: "ENTRA_AUDIENCE", value: "api://media,another" }], []);
    put("west", [{ name: "MEDIA_ACCOUNT_KEY", secretRef: "key" }], [{ name: "key", value: key }]);
  });
  after(() => {
    rmSync(home.root, { recursive: true, force: true });
  });

  it("is asked as whoever deploys, where it takes tokens of the tenant", () => {
    assert.deepEqual(localAccount(home, "east"), {
      apiUrl: "http://127.0.0.1:20001/api/",
      accountName: "eastmedia",
      entraAudience: "api://media",
    });
  });

  it("is asked with its key, where it has one", () => {
    assert.deepEqual(localAccount(home, "westmedia"), {
      apiUrl: "http://127.0.0.1:20002/api/",
      tokenUrl: "http://127.0.0.1:20002/v2/OAuth2-13",
      accountName: "westmedia",
      accountKey: key,
    });
  });

  it("is missed with the names that there are", () => {
    assert.throws(() => localAccount(home, "north"), /there are: east \(eastmedia\), west/);
  });
});
