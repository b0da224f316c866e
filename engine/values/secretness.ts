import { hasSecret, isPlainMap, isSecret, type PropertyMap, secretOf } from "./property-value";

/**
 * Marks as secret what a provider gave back under the name of an input that holds a secret. Providers
 * that do not take secrets see them in clear, so their answers have lost the mark.
 */
export function annotateSecrets(outputs: PropertyMap, inputs: PropertyMap): PropertyMap {
  const result = { ...outputs };
  for (const [key, input] of Object.entries(inputs)) {
    const output = result[key];
    if (output === undefined) continue;
    if (isPlainMap(output) && isPlainMap(input)) result[key] = annotateSecrets(output, input);
    else if (!isSecret(output) && hasSecret(input)) result[key] = secretOf(output);
  }
  return result;
}

/** The outputs with the named ones made secret. */
export function withSecretOutputs(
  outputs: PropertyMap,
  names: readonly string[] = [],
): PropertyMap {
  const result = { ...outputs };
  for (const name of names) {
    const output = result[name];
    if (output !== undefined) result[name] = secretOf(output);
  }
  return result;
}
