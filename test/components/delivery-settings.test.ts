import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { ConfigReader } from "../../components/settings/config-reader";
import { readDelivery } from "../../components/settings/delivery";

const certificate =
  "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v/secrets/viewers";
const domain = { name: "video.example.com", certificate };

function read(config: Record<string, unknown>, scheme: "https" | "http" = "https") {
  const reader = new ConfigReader((key) => {
    const value = config[key];
    return value === undefined || typeof value === "string" ? value : JSON.stringify(value);
  });
  return { settings: readDelivery(reader, scheme), problems: reader.problems };
}

describe("the settings of what stands before the data centers", () => {
  it("are Front Door Standard without a domain where nothing is set", () => {
    assert.deepEqual(read({}), {
      settings: {
        frontDoorSku: "standard",
        firewallMode: "prevention",
        activePath: "front-door",
        domain: undefined,
      },
      problems: [],
    });
  });

  it("take a domain with its zone and its certificate", () => {
    const zone = { name: "example.com", resourceGroup: "dns_(zones).of-ours" };
    const { settings, problems } = read({
      frontDoorSku: "premium",
      firewallMode: "detection",
      activePath: "direct",
      domain: { ...domain, zone },
    });

    assert.deepEqual(problems, []);
    assert.deepEqual(settings, {
      frontDoorSku: "premium",
      firewallMode: "detection",
      activePath: "direct",
      domain: { name: "video.example.com", zone, certificateId: certificate },
    });
  });

  it("ask for no certificate over http", () => {
    const { settings, problems } = read({ domain: { name: "video.example.com" } }, "http");

    assert.deepEqual(problems, []);
    assert.equal(settings.domain?.certificateId, undefined);
  });

  for (const { why, config, problem } of [
    {
      why: "an unknown Front Door",
      config: { frontDoorSku: "classic" },
      problem: 'frontDoorSku: is "classic"; allowed: standard, premium',
    },
    {
      why: "an unknown mode of the firewall",
      config: { firewallMode: "off" },
      problem: 'firewallMode: is "off"; allowed: prevention, detection',
    },
    {
      why: "an unknown path",
      config: { domain, activePath: "cdn" },
      problem: 'activePath: is "cdn"; allowed: front-door, direct, both',
    },
    {
      why: "a switch with no name to lead elsewhere",
      config: { activePath: "direct" },
      problem: /^activePath: is "direct", but without a domain .*; set domain, or activePath/,
    },
    {
      why: "a domain that is no object",
      config: { domain: "video.example.com" },
      problem: "domain: must be an object, got text",
    },
    {
      why: "a domain with a scheme",
      config: { domain: { ...domain, name: "https://video.example.com" } },
      problem:
        'domain.name: is "https://video.example.com"; allowed: a host name in lower case, such as video.example.com',
    },
    {
      why: "a misspelt member",
      config: { domain: { ...domain, certificat: "x" } },
      problem: "domain.certificat: is not known; allowed: name, zone, certificate",
    },
    {
      why: "no certificate over https",
      config: { domain: { name: "video.example.com" } },
      problem: /^domain\.certificate: is required; allowed: the resource id of a Key Vault secret/,
    },
    {
      why: "a certificate's address in the place of its id",
      config: { domain: { ...domain, certificate: "https://v.vault.azure.net/secrets/viewers" } },
      problem: /^domain\.certificate: is "https:.*"; allowed: the resource id/,
    },
    {
      why: "a zone that is no object",
      config: { domain: { ...domain, zone: "example.com" } },
      problem: 'domain.zone: must be an object, got "example.com"',
    },
    {
      why: "a zone that the host does not lie in",
      config: { domain: { ...domain, zone: { name: "example.org", resourceGroup: "dns" } } },
      problem:
        /^domain\.zone\.name: is "example.org"; allowed: a zone that "video.example.com" lies/,
    },
    {
      why: "a zone whose own name can be no alias",
      config: { domain: { ...domain, zone: { name: "video.example.com", resourceGroup: "dns" } } },
      problem: /^domain\.zone\.name: is "video.example.com"; allowed: a zone/,
    },
    {
      why: "a zone without its group",
      config: { domain: { ...domain, zone: { name: "example.com" } } },
      problem: /^domain\.zone\.resourceGroup: is required; allowed: the name of a resource group/,
    },
  ] satisfies { why: string; config: Record<string, unknown>; problem: string | RegExp }[]) {
    it(`refuse ${why}`, () => {
      const { problems } = read(config);

      assert.equal(problems.length, 1, problems.join("\n"));
      if (typeof problem === "string") assert.equal(problems[0], problem);
      else assert.match(problems[0] ?? "", problem);
    });
  }
});
