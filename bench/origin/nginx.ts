import { type Nginx, startNginx } from "../support/nginx";

/** What nginx serves. */
export interface StaticAndProxyOptions {
  /** A folder of its own: settings and temporary files. */
  readonly directory: string;
  /** Files that are served under `/static/`. */
  readonly files: string;
  /** Host and port of the store. */
  readonly storeHost: string;
  /** The same of the quick store. */
  readonly quickStoreHost: string;
  /** Path of the container there, and the signature that opens it. */
  readonly containerPath: string;
  readonly signature: string;
}

/**
 * One nginx, in one process as the origin is one: `/static/` from disk, and by `proxy_pass` from the store
 * whole blobs (`/store/{name}`) and parts of them (`/part/{first byte}-{last byte}/{name}`). Under `/quick-part/` parts come from the
 * quick store.
 */
export function startStaticAndProxy(options: StaticAndProxyOptions): Promise<Nginx> {
  const { directory, files, storeHost, quickStoreHost, containerPath, signature } = options;
  const pass = (upstream: string, name: string): string =>
    `proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host ${storeHost};
     proxy_pass http://${upstream}${containerPath}/${name}?${signature};`;
  const part = `proxy_set_header Range "bytes=$1";`;
  return startNginx({
    directory,
    http: (listen) => `
  open_file_cache max=1000;
  upstream store { server ${storeHost}; keepalive 32; }
  upstream quick { server ${quickStoreHost}; keepalive 32; }
  server {
    listen ${listen};
    location /static/ { alias ${files}/; }
    location ~ ^/store/(.+)$ { ${pass("store", "$1")} }
    location ~ ^/part/(\\d+-\\d+)/(.+)$ { ${part} ${pass("store", "$2")} }
    location ~ ^/quick-part/(\\d+-\\d+)/(.+)$ { ${part} ${pass("quick", "$2")} }
  }`,
  });
}

/**
 * A store that is never what others wait for: an nginx of its own that sends files, and parts of them, as
 * blobs of that name. It checks no signature.
 */
export function startQuickStore(options: {
  readonly directory: string;
  readonly files: string;
  readonly containerPath: string;
}): Promise<Nginx> {
  const { directory, files, containerPath } = options;
  return startNginx({
    directory,
    http: (listen) => `
  open_file_cache max=1000;
  server { listen ${listen}; location ${containerPath}/ { alias ${files}/; } }`,
  });
}
