import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import type { Server } from "./load";

/** What nginx serves. */
export interface NginxOptions {
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

/** One nginx, in one process as the origin is one: `/static/` from disk, `/store/` by `proxy_pass`. */
export async function startNginx(
  options: NginxOptions,
): Promise<Server & { readonly stop: () => Promise<void> }> {
  const port = await freePort();
  mkdirSync(options.directory, { recursive: true });
  const settings = join(options.directory, "nginx.conf");
  writeFileSync(settings, settingsOf(options, port), { mode: 0o600 });
  const child = spawn("nginx", ["-p", options.directory, "-c", settings], { stdio: "inherit" });
  const baseUrl = `http://127.0.0.1:${port}`;
  await untilItAnswers(baseUrl);
  return {
    pid: child.pid ?? 0,
    baseUrl,
    stop: async () => {
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}

function settingsOf(options: NginxOptions, port: number): string {
  const { directory, files, storeHost, containerPath, signature } = options;
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${directory}/${name};`)
    .join(" ");
  return `
daemon off; master_process off; pid ${directory}/nginx.pid; error_log stderr crit;
events { worker_connections 512; }
http {
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; ${temporary}
  open_file_cache max=1000;
  upstream store { server ${storeHost}; keepalive 32; }
  server {
    listen 127.0.0.1:${port};
    location /static/ { alias ${files}/; }
    location ~ ^/store/(.+)$ {
      proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host ${storeHost};
      proxy_pass http://store${containerPath}/$1?${signature};
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

async function untilItAnswers(baseUrl: string): Promise<void> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    try {
      await fetch(baseUrl);
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
