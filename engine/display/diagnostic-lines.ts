import type { Diagnostic } from "../deployment/events";
import { nameOf, typeOf } from "../urn";

/** Warnings and errors, each under the resource that it is about. */
export function diagnosticLines(diagnostics: readonly Diagnostic[]): string[] {
  const bySubject = new Map<string, Diagnostic[]>();
  for (const diagnostic of diagnostics) {
    const { urn } = diagnostic;
    const subject = urn === undefined ? "" : `${typeOf(urn)} (${nameOf(urn)})`;
    bySubject.set(subject, [...(bySubject.get(subject) ?? []), diagnostic]);
  }
  return [...bySubject].flatMap(([subject, found]) => [
    ...(subject === "" ? [] : [`  ${subject}:`]),
    ...found.map(({ severity, text }) => {
      const indent = subject === "" ? "  " : "    ";
      return `${indent}${severity}: ${text.trimEnd().replace(/\n/g, `\n${indent}  `)}`;
    }),
  ]);
}
