/**
 * What stacks for Azure leave to each deployment, or take from Azure's defaults, and what this machine
 * makes of it: the media service of this folder, and http, since it has no certificates.
 */
export function openValues(project: string): Readonly<Record<string, string>> {
  return {
    [`${project}:image`]: "localhost/twinstream/media-service",
    [`${project}:publicScheme`]: "http",
  };
}

/** Tells the user what was filled in; nothing where the settings said it all. */
export function filledInNotice(
  stack: string,
  values: Readonly<Record<string, string>>,
): string | undefined {
  const parts = Object.entries(values).map(([key, value]) => `${key} ${value}`);
  if (parts.length === 0) return undefined;
  return `note: stack ${stack} leaves open what this machine fills in: ${parts.join(", ")}`;
}
