/**
 * Enumerations that a package lists but Azure doesn't close: other values are no mistake. Each with
 * the reason, by its name in the package.
 */
export const openEnumerations: Readonly<Record<string, string>> = {
  "applicationinsights.RequestSource": "the service keeps whatever text names the source",
};
