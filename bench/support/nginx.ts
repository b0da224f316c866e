import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";

/** An nginx that runs. */
export interface Nginx {
  readonly baseUrl: string;
  readonly pid: number;
  readonly stop: () => Promise<void>;
}

/** What an nginx is set up as. */
export interface NginxSettings {
  /** A folder of its own: settings, caches and temporary files. */
  readonly directory: string;
  /** What the `http` block holds, the `listen` directive's address given. */
  readonly http: (listen: string) => string;
}

const READY_WITHIN_MS = 10_000;

/** Starts nginx in one process on a free port of the loopback interface. */
export async function startNginx({ directory, http }: NginxSettings): Promise<Nginx> {
  const listen = `127.0.0.1:${await freePort()}`;
  mkdirSync(directory, { recursive: true });
  const settings = join(directory, "nginx.conf");
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${directory}/${name};`)
    .join(" ");
  const text = `
daemon off; master_process off; pid ${directory}/nginx.pid; error_log stderr crit;
events { worker_connections 2048; }
http {
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; ${temporary}
  ${http(listen)}
}
`;
  // It may hold a signature.
  writeFileSync(settings, text, { mode: 0o600 });
  const child = spawn("nginx", ["-p", directory, "-c", settings], { stdio: "inherit" });
  const baseUrl = `http://${listen}`;
  await untilItAnswers(baseUrl);
  return { baseUrl, pid: child.pid ?? 0, stop: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

async function untilItAnswers(baseUrl: string): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
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
