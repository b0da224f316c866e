/**
 * The tag that HLS and DASH want (BCP 47: two letters where there are two) for an ISO 639 code;
 * undefined when the language is not told.
 */
export function languageTag(language: string): string | undefined {
  if (language === "" || language.toLowerCase() === "und") return undefined;
  try {
    return Intl.getCanonicalLocales(language)[0];
  } catch {
    // Not a language tag at all: better to say none than one that players reject.
    return undefined;
  }
}
