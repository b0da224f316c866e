/** The name that was probably meant: fewer letters differ than a third of it, and no other is nearer. */
export function nearestName(wrong: string, names: Iterable<string>): string | undefined {
  const wanted = wrong.toLowerCase();
  let nearest: string | undefined;
  let least = Math.max(2, Math.floor(wrong.length / 3)) + 1;
  for (const name of names) {
    const distance = editDistance(wanted, name.toLowerCase());
    if (distance >= least) continue;
    [nearest, least] = [name, distance];
  }
  return nearest;
}

/** How many letters must be put in, taken out or changed. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 0; i < a.length; i += 1) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j += 1) {
      const [before = 0, above = 0, left = 0] = [row[j], row[j + 1], next[j]];
      next.push(Math.min(before + (a[i] === b[j] ? 0 : 1), above + 1, left + 1));
    }
    row = next;
  }
  return row[b.length] ?? a.length;
}
