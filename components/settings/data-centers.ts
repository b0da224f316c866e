import type { ConfigReader } from "./config-reader";

/** A region that keeps the whole library. Its name is part of every name and never says its role. */
export interface DataCenter {
  name: string;
  /** Azure location in its short form, e.g. `eastus2`. */
  location: string;
}

/** A data center with its rank: 1 is asked first. */
export interface RankedDataCenter extends DataCenter {
  priority: number;
}

/**
 * Front Door knows priorities 1 to 5.
 * https://learn.microsoft.com/azure/frontdoor/routing-methods#priority-based-traffic-routing
 */
const maxDataCenters = 5;

// No hyphen: a name like `a-b-east` then splits in one way only. Not longer: container apps have 32.
const nameForm = {
  pattern: /^[a-z][a-z0-9]{0,11}$/,
  allowed: "1 to 12 lower-case letters and digits, a letter first",
};
const locationForm = { pattern: /^[A-Za-z][A-Za-z0-9 ]*$/, allowed: "an Azure location" };

/** Names that the exports use beside those of data centers. */
const reservedNames = ["edge", "shared"];

/** Reads `dataCenters`: two to five, no name and no location twice. */
export function readDataCenters(config: ConfigReader): DataCenter[] {
  const entries = config.entries("dataCenters");
  if (!entries) return [];
  const dataCenters = entries.map((owner) => {
    config.onlyMembers(owner, ["name", "location"]);
    return {
      name: config.member(owner, "name", nameForm),
      location: shortLocation(config.member(owner, "location", locationForm)),
    };
  });
  if (dataCenters.length < 2 || dataCenters.length > maxDataCenters) {
    config.refuse(
      "dataCenters",
      `has ${dataCenters.length}; allowed: 2 to ${maxDataCenters}, each with a name and a location` +
        " of its own, so that one can be lost",
    );
  }
  refuseDoubles(config, dataCenters);
  return dataCenters;
}

/** Reads the name of one of the data centers; the first one's where the key is not set. */
export function readDataCenterName(
  config: ConfigReader,
  key: string,
  dataCenters: DataCenter[],
): string {
  const [first, ...others] = dataCenters.map(({ name }) => name);
  // Without a list there is nothing to compare with, and the list itself was refused.
  if (first === undefined) return "";
  return config.choice(key, [first, ...others], first);
}

/** The primary first, the others after it in the order of the configuration. */
export function rankDataCenters(dataCenters: DataCenter[], primary: string): RankedDataCenter[] {
  const others = dataCenters.filter(({ name }) => name !== primary);
  return dataCenters.map((dataCenter) => ({
    ...dataCenter,
    priority: dataCenter.name === primary ? 1 : others.indexOf(dataCenter) + 2,
  }));
}

/** "East US 2" and "eastus2" are one place. */
function shortLocation(location: string): string {
  return location.toLowerCase().replaceAll(" ", "");
}

function refuseDoubles(config: ConfigReader, dataCenters: DataCenter[]): void {
  dataCenters.forEach(({ name, location }, index) => {
    const earlier = dataCenters.slice(0, index);
    if (reservedNames.includes(name)) {
      config.refuse(`dataCenters[${index}].name`, `"${name}" is reserved; choose another name`);
    }
    if (name !== "" && earlier.some((other) => other.name === name)) {
      config.refuse(`dataCenters[${index}].name`, `"${name}" is taken by an earlier data center`);
    }
    const neighbour = earlier.find((other) => other.location === location);
    if (location !== "" && neighbour) {
      config.refuse(
        `dataCenters[${index}].location`,
        `"${location}" is the region of "${neighbour.name}" already; choose another region`,
      );
    }
  });
}
