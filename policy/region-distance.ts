/**
 * Where Azure's regions lie, in degrees north and east, to a tenth: what
 * `az account list-locations --query "[].{name:name, metadata:metadata}"` publishes of each. The pack holds
 * the table because a pack is handed to Pulumi as a folder; the local cloud's edge reads it here.
 */
const table: Readonly<Record<string, readonly [north: number, east: number]>> = {
  australiacentral: [-35.3, 149.1],
  australiaeast: [-33.9, 151.2],
  australiasoutheast: [-37.8, 145],
  austriaeast: [48.2, 16.4],
  brazilsouth: [-23.6, -46.6],
  canadacentral: [43.7, -79.4],
  canadaeast: [46.8, -71.2],
  centralindia: [18.6, 73.9],
  centralus: [41.6, -93.6],
  eastasia: [22.3, 114.2],
  eastus: [37.4, -79.8],
  eastus2: [36.7, -78.4],
  francecentral: [46.4, 2.4],
  germanywestcentral: [50.1, 8.7],
  israelcentral: [31.9, 34.8],
  italynorth: [45.5, 9.2],
  japaneast: [35.7, 139.8],
  japanwest: [34.7, 135.5],
  koreacentral: [37.6, 127],
  koreasouth: [35.2, 129],
  malaysiawest: [3.1, 101.7],
  mexicocentral: [20.6, -100.4],
  newzealandnorth: [-36.8, 174.8],
  northcentralus: [41.9, -87.6],
  northeurope: [53.3, -6.3],
  norwayeast: [59.9, 10.8],
  polandcentral: [52.2, 21],
  qatarcentral: [25.6, 51.4],
  southafricanorth: [-25.7, 28.2],
  southcentralus: [29.4, -98.5],
  southeastasia: [1.3, 103.8],
  southindia: [13, 80.2],
  spaincentral: [40.4, -3.7],
  swedencentral: [60.7, 17.1],
  switzerlandnorth: [47.4, 8.6],
  uaenorth: [25.3, 55.3],
  uksouth: [51.5, -0.1],
  ukwest: [51.5, -3.2],
  westcentralus: [40.9, -110.2],
  westeurope: [52.4, 4.9],
  westindia: [19.1, 72.9],
  westus: [37.8, -122.4],
  westus2: [47.2, -119.9],
  westus3: [33.4, -112.1],
};

/** The table without what every object has: no region is called `constructor`. */
const places = new Map(Object.entries(table));
const earthRadiusKm = 6_371;
const radians = (degrees: number): number => (degrees * Math.PI) / 180;
const halfChord = (degrees: number): number => Math.sin(radians(degrees) / 2) ** 2;

/** A region's short name: `East US 2` is `eastus2`. */
export function shortRegion(name: string): string {
  return name.toLowerCase().replace(/\s/g, "");
}

/** Great-circle distance in kilometres; undefined where a region's place is not known. */
export function regionDistanceKm(from: string, to: string): number | undefined {
  const [a, b] = [from, to].map((name) => places.get(shortRegion(name)));
  if (a === undefined || b === undefined) return undefined;
  const chord =
    halfChord(b[0] - a[0]) +
    Math.cos(radians(a[0])) * Math.cos(radians(b[0])) * halfChord(b[1] - a[1]);
  return 2 * earthRadiusKm * Math.asin(Math.sqrt(chord));
}

/** Whether the table knows where a region lies. */
export function isKnownRegion(name: string): boolean {
  return places.has(shortRegion(name));
}
