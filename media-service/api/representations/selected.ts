/** The members of a JSON entity that a client selected, and those that it gets anyway. */
export function selected(
  entity: object,
  select: readonly string[] | undefined,
  always: readonly string[] = [],
): object {
  if (select === undefined) return entity;
  const kept = Object.entries(entity).filter(([member]) => {
    const name = member.split("@")[0] ?? "";
    return select.includes(name) || always.includes(member) || member.startsWith("odata.");
  });
  return Object.fromEntries(kept);
}
