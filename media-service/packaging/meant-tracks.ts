import { CorruptError } from "../domain/errors";
import type { MovieIndex } from "./movie-index";
import type { ParsedServerManifestTrack } from "./server-manifest";
import type { TrackIndex } from "./track-index";

/** A line of the server manifest with the track that it means. */
export interface MeantTrack {
  readonly listed: ParsedServerManifestTrack;
  readonly track: TrackIndex;
}

/**
 * Finds the tracks that a server manifest lists: by their ids where it gives them. A file that is
 * listed once without an id means all its tracks of that kind, one that is listed several times means
 * one after the other.
 *
 * @throws CorruptError when a file has no such track, or one that can't be packaged.
 */
export function meantTracks(
  listed: readonly ParsedServerManifestTrack[],
  movies: ReadonlyMap<string, MovieIndex>,
): MeantTrack[] {
  return listed.flatMap((line) => {
    const { kind, src, trackId } = line;
    const movie = movies.get(src) ?? { tracks: [], refused: [] };
    const ofKind = movie.tracks.filter(({ header }) => header.kind === kind);
    const alike = listed.filter((other) => other.src === src && other.kind === kind);
    const found =
      trackId === undefined && alike.length > 1
        ? inTurn(ofKind, alike.indexOf(line))
        : byId(ofKind, trackId);
    if (found.length === 0) throw missing(line, movie.refused);
    return found.map((track) => ({ listed: line, track }));
  });
}

/** The track at a place; where a file is listed more often than it has tracks, its first. */
function inTurn(tracks: readonly TrackIndex[], place: number): readonly TrackIndex[] {
  const track = tracks[place] ?? tracks[0];
  return track ? [track] : [];
}

/** The track of that id; where the id is of none, the only track there is. */
function byId(tracks: readonly TrackIndex[], trackId: number | undefined): readonly TrackIndex[] {
  if (trackId === undefined) return tracks;
  const named = tracks.filter(({ header }) => header.trackId === trackId);
  return named.length > 0 || tracks.length > 1 ? named : tracks;
}

function missing(
  { kind, src, trackId }: ParsedServerManifestTrack,
  refused: MovieIndex["refused"],
): CorruptError {
  const id = trackId === undefined ? "" : ` with track id ${trackId}`;
  const reason = refused.find(
    (track) => track.kind === kind && (trackId === undefined || track.trackId === trackId),
  );
  const why = reason ? `there, ${reason.why}` : `which has none${id}`;
  return new CorruptError(`the server manifest lists ${kind} in '${src}', ${why}`);
}
