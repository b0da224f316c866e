/**
 * Whether a text can name a file of an asset and nothing else. A blob's name goes into a URL of the
 * store, where `..` and backslashes would climb out of the asset's container.
 */
export function isAssetFileName(name: string): boolean {
  if (name.length === 0 || name.length > 1024) return false;
  if (/[\u0000-\u001f\u007f\\]/.test(name)) return false;
  return name.split("/").every((part) => part !== "" && part !== "." && part !== "..");
}
