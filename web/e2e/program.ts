import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const adminKey = "dev-key";
const patience = 60_000;
/** How long a call that the program puts off (503) is made again. */
const putOff = 30_000;

/** The program of `make dev` with a data directory and ports of its own. */
export class Program {
  private process: ChildProcess | undefined;
  private printed = "";
  private constructor(
    readonly data: string,
    readonly url: string,
    readonly temporalUI: string,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  static async start(): Promise<Program> {
    const data = await mkdtemp(join(tmpdir(), "fermata-browser-"));
    const [http, temporal, ui, smtp] = [await steadyPort(), await steadyPort(), await steadyPort(), await steadyPort()];
    const url = `http://127.0.0.1:${http}`;
    const program = new Program(data, url, `http://127.0.0.1:${ui}`, {
      ...process.env,
      FERMATA_DATA_DIR: data,
      FERMATA_HTTP_ADDR: `127.0.0.1:${http}`,
      FERMATA_TEMPORAL_ADDR: `127.0.0.1:${temporal}`,
      FERMATA_TEMPORAL_UI_ADDR: `127.0.0.1:${ui}`,
      FERMATA_SMTP_URL: `smtp://127.0.0.1:${smtp}`,
      FERMATA_BASE_URL: url,
    });
    await program.run();
    return program;
  }

  /** Starts the program, or starts it again on the same data. */
  async run(): Promise<void> {
    this.printed = "";
    const child = spawn(join(root, "bin/fermata-dev"), [], { env: this.env, cwd: this.data });
    this.process = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk: Buffer) => {
        this.printed += chunk.toString();
      });
    }
    await until("the program is ready", () => {
      if (child.exitCode !== null) throw new Error(`the program ended: ${this.printed}`);
      return this.printed.includes("Fermata is ready");
    }).catch((e: unknown) => {
      throw new Error(`${e}: ${this.tail()}`);
    });
  }

  /** The last lines that the program has printed. */
  tail(): string {
    return this.printed.trimEnd().split("\n").slice(-40).join("\n");
  }

  /** The address that signs in once, from the banner. */
  link(): string {
    const link = /http:\S+\/sign-in#code=\S+/.exec(this.printed);
    if (!link) throw new Error(`no link in: ${this.printed}`);
    return link[0];
  }

  /** Kills the program as a crash would. */
  async kill(): Promise<void> {
    const child = this.process;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise((done) => child.once("exit", done));
    child.kill("SIGKILL");
    await ended;
  }

  async close(): Promise<void> {
    await this.kill();
    await rm(this.data, { recursive: true, force: true });
  }

  /** A call of the API as its administrator; anything but a success fails. */
  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    let response = await this.ask(method, path, body);
    for (const began = Date.now(); response.status === 503 && Date.now() - began < putOff; ) {
      await new Promise((done) => setTimeout(done, 200));
      response = await this.ask(method, path, body);
    }
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text ? JSON.parse(text) : null) as T;
  }

  /** A call of the API as its administrator, with whatever comes of it. The body is JSON unless it is a form or a text. */
  ask(method: string, path: string, body?: unknown, type = "application/json"): Promise<Response> {
    const headers: Record<string, string> = { Authorization: `Bearer ${adminKey}` };
    if (body instanceof FormData || body === undefined) return fetch(this.url + path, { method, headers, body });
    headers["Content-Type"] = type;
    return fetch(this.url + path, { method, headers, body: typeof body === "string" ? body : JSON.stringify(body) });
  }
}

/** Asks again and again until the answer is yes, for so many milliseconds. */
export async function until(what: string, condition: () => boolean | Promise<boolean>, most = patience): Promise<void> {
  const began = Date.now();
  while (!(await condition())) {
    if (Date.now() - began > most) throw new Error(`waited in vain: ${what}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

/** A port that nobody listens on, and that stays free while the program is down: none of those of outgoing connections. */
async function steadyPort(): Promise<number> {
  const [lowest, highest] = [20_000, 32_000];
  for (let i = 0; i < 100; i++) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest));
    if (await free(port)) return port;
  }
  throw new Error("no port is free");
}

function free(port: number): Promise<boolean> {
  return new Promise((done) => {
    const server = createServer();
    server.once("error", () => done(false));
    server.listen(port, "127.0.0.1", () => server.close(() => done(true)));
  });
}
