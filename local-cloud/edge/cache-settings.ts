/** How the query takes part in an entry's key. */
export interface QueryCaching {
  mode: "ignore" | "use" | "ignore-specified" | "include-specified";
  parameters: readonly string[];
}

/** Whether and how long answers are kept. */
export interface CacheSettings {
  /** `honor-origin` goes by Cache-Control; the others by `durationMs`, always or where it lacks. */
  behavior: "honor-origin" | "override-always" | "override-if-missing";
  durationMs: number | undefined;
  query: QueryCaching;
  /** Whether answers of the route's compressible types are compressed for clients that take that. */
  compress: boolean;
}
