import { presetError, shortened } from "./preset-error";

/** What a file's name is put together from. */
export interface NameParts {
  readonly basename: string;
  readonly extension: string;
  readonly codec?: string;
  readonly width?: number;
  readonly height?: number;
  readonly videoBitrate?: number;
  readonly audioBitrate?: number;
  readonly channel?: number;
  readonly label?: string;
  readonly index?: string;
}

/** Macros of the schema ("Media Encoder Standard schema", Output) by what they stand for. */
const MACROS: Readonly<Record<string, (parts: NameParts) => string | number | undefined>> = {
  basename: ({ basename }) => basename,
  extension: ({ extension }) => extension,
  codec: ({ codec }) => codec,
  bitrate: ({ videoBitrate, audioBitrate }) => videoBitrate ?? audioBitrate,
  videobitrate: ({ videoBitrate }) => videoBitrate,
  audiobitrate: ({ audioBitrate }) => audioBitrate,
  channel: ({ channel }) => channel,
  width: ({ width }) => width,
  height: ({ height }) => height,
  resolution: ({ width, height }) =>
    width === undefined || height === undefined ? undefined : `${width}x${height}`,
  label: ({ label }) => label,
  index: ({ index }) => index,
};
const MACRO = /\{([^{}]*)\}/g;
/** What no name of an asset's file may have; a slash would be a folder. */
const FORBIDDEN = /[!*'();:@&=+$,/\\?%#[\]"{}\p{Cc}]/u;
const MAX_LENGTH = 200;

/**
 * Checks a `FileName` with its macros.
 *
 * @throws TaskError `ErrorParsingConfiguration` for a macro or a character that cannot be.
 */
export function checkFileNameTemplate(place: string, template: string): void {
  if (template === "" || template.length > MAX_LENGTH) {
    throw presetError(place, `must have 1 to ${MAX_LENGTH} characters`);
  }
  for (const [macro, name = ""] of template.matchAll(MACRO)) {
    if (!(name.toLowerCase() in MACROS)) {
      throw presetError(place, `has the macro '${shortened(macro)}', which is not known here`);
    }
  }
  const forbidden = FORBIDDEN.exec(template.replace(MACRO, ""));
  if (forbidden) {
    throw presetError(place, `must not contain ${JSON.stringify(forbidden[0])}`);
  }
}

/** How often a macro is in a name. */
export function countMacro(template: string, macro: string): number {
  return [...template.matchAll(MACRO)].filter(([, name]) => name?.toLowerCase() === macro).length;
}

/**
 * The name of a file; undefined when a macro asks for what the file has not, such as the size of
 * sound.
 */
export function fileName(template: string, parts: NameParts): string | undefined {
  const valueOf = (macro: string): string | number | undefined =>
    MACROS[macro.toLowerCase()]?.(parts);
  const macros = [...template.matchAll(MACRO)].map(([, macro = ""]) => macro);
  if (macros.some((macro) => valueOf(macro) === undefined)) return undefined;
  return template.replace(MACRO, (_, macro: string) => String(valueOf(macro)));
}
