import { afterEach, expect, test, vi } from "vitest";
import { carryOut, fixWords } from "./fix";

afterEach(() => vi.unstubAllGlobals());

test("a repair is named after what it makes", () => {
  expect(fixWords({ method: "POST", path: "/v1/pipelines", body: { key: "clients" } })).toBe("Create pipeline clients");
  expect(fixWords({ method: "PATCH", path: "/v1/pipelines/clients", body: {} })).toBe(
    "Add what is missing to pipeline clients",
  );
  expect(fixWords({ method: "PUT", path: "/v1/workflows/welcome", body: {} })).toBe("Create workflow welcome");
});

test("a secret has no button: its value is a person's to give", () => {
  expect(fixWords({ method: "PUT", path: "/v1/secrets/crm", body: { value: "" } })).toBeNull();
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
