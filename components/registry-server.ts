/** Host of a container registry by its resource id; undefined where there is none. */
export function registryServer(registryId: string): string | undefined {
  if (registryId === "") return undefined;
  const name = registryId.slice(registryId.lastIndexOf("/") + 1);
  return `${name.toLowerCase()}.azurecr.io`;
}
