import { createServer } from "node:http";
import { afterAll, beforeAll } from "vitest";
import { corpus } from "../corpus";

/** Somebody else's service whose answers are texts: taken at /answer, and refused everywhere else. */
export function hostileService(): { url: string } {
  const service = { url: "" };
  const server = createServer((request, answer) => {
    request.resume().on("end", () => {
      const taken = request.url === "/answer";
      const type = taken ? "application/json" : "text/html";
      answer.writeHead(taken ? 200 : 410, corpus[1], { "Content-Type": type });
      const said = Object.fromEntries(corpus.map((text, n) => [n % 2 ? `said${n}` : text, text]));
      answer.end(taken ? JSON.stringify({ text: corpus[1], ...said }) : corpus.join("\n"));
    });
  });
  beforeAll(async () => {
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("the service has no port");
    service.url = `http://127.0.0.1:${address.port}`;
  });
  afterAll(() => {
    server.close();
  });
  return service;
}
