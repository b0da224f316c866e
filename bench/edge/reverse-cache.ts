import { type Nginx, startNginx } from "../support/nginx";

/**
 * Starts nginx for what the edge does: a cache over origins, the first preferred and the others its
 * backup, where a request that fails at one is tried at the next.
 *
 * @param directory - A folder of its own.
 * @param origins - Hosts with ports.
 */
export function startReverseCache(directory: string, origins: readonly string[]): Promise<Nginx> {
  const servers = origins.map(
    (host, index) => `server ${host} max_fails=1 fail_timeout=10s${index > 0 ? " backup" : ""};`,
  );
  return startNginx({
    directory,
    http: (listen) => `
  proxy_cache_path ${directory}/cache keys_zone=segments:10m max_size=1g use_temp_path=off;
  upstream origins { ${servers.join(" ")} keepalive 64; }
  server {
    listen ${listen};
    location / {
      proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_pass http://origins;
      proxy_cache segments; proxy_cache_valid 200 30d; proxy_cache_lock on;
      proxy_connect_timeout 3s; proxy_read_timeout 3s;
      proxy_next_upstream error timeout http_500 http_502 http_503 http_504;
    }
  }`,
  });
}
