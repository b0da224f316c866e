import type { DeliveryForm } from "../delivery-form";
import { qualityPath } from "../fragment-url";
import { languageTag } from "../language-tag";
import { escapeXml } from "../xml";
import { segmentName } from "./text-segments";
import type { TextStream } from "./text-stream";

const ROLE_SCHEME = "urn:mpeg:dash:role:2011";

/** Subtitles as an adaptation set: the whole text as one WebVTT file beside the media (DASH-IF IOP, 6.4.5). */
export function textAdaptationSet(text: TextStream, id: number, form: DeliveryForm): string[] {
  const language = languageTag(text.language);
  const lang = language === undefined ? "" : ` lang="${language}"`;
  const role = text.isCaption ? "caption" : "subtitle";
  const url = `${qualityPath(text)}/${segmentName(text, "i", form)}`;
  return [
    `    <AdaptationSet id="${id}" contentType="text" mimeType="text/vtt"${lang}>`,
    `      <Label>${escapeXml(text.title)}</Label>`,
    ...(text.isCaption
      ? [`      <Accessibility schemeIdUri="${ROLE_SCHEME}" value="${role}"/>`]
      : []),
    `      <Role schemeIdUri="${ROLE_SCHEME}" value="${role}"/>`,
    `      <Representation id="${id}_1" bandwidth="${text.bitrate}">`,
    `        <BaseURL>${escapeXml(url)}</BaseURL>`,
    "      </Representation>",
    "    </AdaptationSet>",
  ];
}
