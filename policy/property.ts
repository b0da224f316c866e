/**
 * The value at a path into a resource's properties, or undefined where there is none.
 *
 * @throws Error of the policy SDK, in a preview, where the value is known only after the deployment.
 */
export function property(props: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null
        ? (value as Record<string, unknown>)[key]
        : undefined,
    props,
  );
}

/** The same, and undefined also for what a preview cannot know. */
export function knownProperty(props: unknown, ...path: readonly string[]): unknown {
  try {
    return property(props, ...path);
  } catch {
    return undefined;
  }
}

/** The items of a list at a path; none where there is no list. */
export function items(props: unknown, ...path: readonly string[]): readonly unknown[] {
  const value = property(props, ...path);
  return Array.isArray(value) ? value : [];
}
