import { type Nginx, startNginx } from "../support/nginx";

/** What nginx serves. */
export interface StaticAndProxyOptions {
  /** A folder of its own: settings and temporary files. */
  readonly directory: string;
  /** Files that are served under `/static/`. */
  readonly files: string;
  /** Host and port of the store. */
  readonly storeHost: string;
  /** Path of the container there, and the signature that opens it. */
  readonly containerPath: string;
  readonly signature: string;
}

/**
 * One nginx, in one process as the origin is one: `/static/` from disk, and by `proxy_pass` from the store
 * whole blobs (`/store/{name}`) and parts of them (`/part/{first byte}-{last byte}/{name}`).
 */
export function startStaticAndProxy(options: StaticAndProxyOptions): Promise<Nginx> {
  const { directory, files, storeHost, containerPath, signature } = options;
  const pass = (name: string): string =>
    `proxy_pass http://store${containerPath}/${name}?${signature};`;
  const common = `proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host ${storeHost};`;
  return startNginx({
    directory,
    http: (listen) => `
  open_file_cache max=1000;
  upstream store { server ${storeHost}; keepalive 32; }
  server {
    listen ${listen};
    location /static/ { alias ${files}/; }
    location ~ ^/store/(.+)$ { ${common} ${pass("$1")} }
    location ~ ^/part/(\\d+-\\d+)/(.+)$ { ${common} proxy_set_header Range "bytes=$1"; ${pass("$2")} }
  }`,
  });
}
