import { bufferSource } from "../../../media-service/packaging/byte-source";
import { type MovieIndex, readMovieIndex } from "../../../media-service/packaging/movie-index";
import {
  buildPresentation,
  type Presentation,
} from "../../../media-service/packaging/presentation";
import type { ParsedServerManifestTrack } from "../../../media-service/packaging/server-manifest";

/** What a server manifest of these tracks presents of files in memory. */
export async function present(
  tracks: readonly ParsedServerManifestTrack[],
  files: Readonly<Record<string, Buffer>>,
  fragmentsPerHlsSegment = 3,
): Promise<Presentation> {
  const movies = new Map<string, MovieIndex>();
  for (const [name, bytes] of Object.entries(files)) {
    movies.set(name, await readMovieIndex(bufferSource(bytes)));
  }
  return buildPresentation({ fragmentsPerHlsSegment, tracks }, movies);
}
