import { afterEach, expect, test, vi } from "vitest";
import { askedBy, carryOut, fixWords, scopeOf } from "./fix";

afterEach(() => vi.unstubAllGlobals());

test("a repair is named after what it makes", () => {
  expect(fixWords({ method: "POST", path: "/v1/pipelines", body: { key: "clients" } })).toBe("Create pipeline clients");
  expect(fixWords({ method: "PATCH", path: "/v1/pipelines/clients", body: {} })).toBe(
    "Add what is missing to pipeline clients",
  );
  expect(fixWords({ method: "PUT", path: "/v1/workflows/welcome", body: {} })).toBe("Create workflow welcome");
});

test("what only a person can say is asked for, and goes with the call", async () => {
  const secret = { method: "PUT", path: "/v1/secrets/crm", body: { value: "" } } as const;
  expect(fixWords(secret)).toBe("Create secret crm …");
  expect(scopeOf(secret)).toBe("admin");
  expect(askedBy({ method: "POST", path: "/v1/pipelines" })).toEqual([]);
  const fetch = vi.fn(async () => new Response("{}"));
  vi.stubGlobal("fetch", fetch);
  const template = { method: "POST", path: "/v1/email-templates", body: { key: "hello", text: "" } } as const;
  expect(askedBy(template).map((one) => one.name)).toEqual(["subject", "text"]);
  await carryOut(template, { subject: "Hello", text: "Welcome." });
  const body = JSON.stringify({ key: "hello", text: "Welcome.", subject: "Hello" });
  expect(fetch).toHaveBeenCalledWith("/v1/email-templates", expect.objectContaining({ body }));
});

test("a segment is never made without a word about who is in it", async () => {
  const fix = { method: "POST", path: "/v1/segments", body: { key: "vips", name: "Vips" } } as const;
  expect(fixWords(fix)).toBe("Create segment vips …");
  expect(askedBy(fix)).toEqual([{ name: "filter", label: "Who is in it", kind: "condition" }]);
  const fetch = vi.fn(async () => new Response("{}"));
  vi.stubGlobal("fetch", fetch);
  await carryOut(fix, { filter: { tag: "vip" } });
  const body = JSON.stringify({ key: "vips", name: "Vips", filter: { tag: "vip" } });
  expect(fetch).toHaveBeenCalledWith("/v1/segments", expect.objectContaining({ body }));
});

test("no repair leaves this server", async () => {
  const fetch = vi.fn();
  vi.stubGlobal("fetch", fetch);
  for (const path of ["//evil.example/v1/x", "https://evil.example/v1/x", "/v1/../secrets?x", "/other"]) {
    await expect(carryOut({ method: "POST", path })).rejects.toThrow();
  }
  expect(fetch).not.toHaveBeenCalled();
});

test("a refusal is thrown in the server's words", async () => {
  const answer = { title: "Taken", status: 409, type: "key-exists", detail: "there is a pipeline clients" };
  vi.stubGlobal("fetch", async () => new Response(JSON.stringify(answer), { status: 409 }));
  await expect(carryOut({ method: "POST", path: "/v1/pipelines" })).rejects.toThrow("there is a pipeline clients");
});
