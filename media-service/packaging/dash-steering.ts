import { STEERING_RESOURCE, type VideoPathways } from "./pathway";
import { escapeXml } from "./xml";

/**
 * Adds content steering to a media presentation description (ETSI TS 103 998): a base URL for each
 * pathway, the one in use first, and where to ask which is best. Players that know nothing of steering
 * see alternative base URLs. All of them are absolute: dash.js looks no further than a relative one,
 * and takes the steering server's address as it is.
 */
export function withDashPathways(manifest: string, pathways: VideoPathways): string {
  const { inUse, others, path } = pathways;
  const urls = [inUse, ...others].map(
    ({ name, baseUrl }) =>
      `  <BaseURL serviceLocation="${name}">${escapeXml(`${baseUrl}${path}/`)}</BaseURL>`,
  );
  const server = escapeXml(`${inUse.baseUrl}${path}/${STEERING_RESOURCE}`);
  return manifest.replace(/<MPD\b[^>]*>\n/, (opening) =>
    [
      `${opening}${urls.join("\n")}`,
      `  <ContentSteering defaultServiceLocation="${inUse.name}" queryBeforeStart="false">${server}</ContentSteering>`,
      "",
    ].join("\n"),
  );
}
