import { createServer } from "node:http";
import { afterAll, beforeAll } from "vitest";

/** A service that workflows call: out of order until it is mended. It counts the calls that it took. */
export type Service = { mended: boolean; taken: number; url: string };

/** Sets up a service for the tests of a file, and takes it down after them. Until it is mended it answers a status: 410 is for good, 503 for now. */
export function serviceOutOfOrder(status = 410): Service {
  const service = { mended: false, taken: 0, url: "" };
  const server = createServer((request, answer) => {
    request.resume().on("end", () => {
      if (service.mended) service.taken++;
      answer.writeHead(service.mended ? 200 : status, { "Content-Type": "application/json" }).end('{"booked": true}');
    });
  });
  beforeAll(async () => {
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("the service has no port");
    service.url = `http://127.0.0.1:${address.port}/book`;
  });
  afterAll(() => {
    server.close();
  });
  return service;
}
