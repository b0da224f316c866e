import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";

/** nginx, set up for what the edge does: cache, and ask the next origin when one fails. */
export interface ReverseCache {
  readonly baseUrl: string;
  readonly stop: () => Promise<void>;
}

/**
 * Starts nginx as a reverse cache over origins, the first preferred and the others its backup.
 *
 * @param directory - A folder of its own: settings, cache and temporary files.
 * @param origins - Hosts with ports.
 */
export async function startReverseCache(
  directory: string,
  origins: readonly string[],
): Promise<ReverseCache> {
  const port = await freePort();
  mkdirSync(directory, { recursive: true });
  const settings = join(directory, "nginx.conf");
  writeFileSync(settings, settingsOf({ directory, port, origins }));
  const child = spawn("nginx", ["-p", directory, "-c", settings], { stdio: "inherit" });
  const baseUrl = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + 10_000;
  while (!(await fetch(baseUrl).then(Boolean, () => false))) {
    if (Date.now() > deadline) throw new Error("nginx does not answer; see what it printed above");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    baseUrl,
    stop: async () => {
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}

function settingsOf({
  directory,
  port,
  origins,
}: {
  directory: string;
  port: number;
  origins: readonly string[];
}): string {
  const servers = origins.map(
    (host, index) => `server ${host} max_fails=1 fail_timeout=10s${index > 0 ? " backup" : ""};`,
  );
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${directory}/${name};`)
    .join(" ");
  return `
daemon off; master_process off; pid ${directory}/nginx.pid; error_log stderr crit;
events { worker_connections 2048; }
http {
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; ${temporary}
  proxy_cache_path ${directory}/cache keys_zone=segments:10m max_size=1g use_temp_path=off;
  upstream origins { ${servers.join(" ")} keepalive 64; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_pass http://origins;
      proxy_cache segments; proxy_cache_valid 200 30d; proxy_cache_lock on;
      proxy_connect_timeout 3s; proxy_read_timeout 3s;
      proxy_next_upstream error timeout http_500 http_502 http_503 http_504;
    }
  }
}
`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
