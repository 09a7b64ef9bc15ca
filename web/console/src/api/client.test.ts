import { afterEach, describe, expect, it, vi } from "vitest";
import { readPicture, cascadeCsv, kocsCsv } from "./network";
import { ApiError, asProblem } from "./problem";
import { signIn } from "./session";

const answer = (body: unknown, status: number, type = "application/problem+json") =>
  vi.stubGlobal("fetch", vi.fn(async () => new Response(typeof body === "string" ? body : JSON.stringify(body), { status, headers: { "content-type": type } })));

afterEach(() => vi.unstubAllGlobals());

describe("refusals", () => {
  it("keep what the server said", async () => {
    answer({ type: "about:blank", title: "Wrong email or password", status: 401, code: "wrong_credentials", request_id: "r1" }, 401);
    const error = await signIn("a@b", "x").catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApiError);
    expect(asProblem(error)).toMatchObject({ status: 401, code: "wrong_credentials", request_id: "r1" });
  });

  it("make do with a proxy's page", async () => {
    answer("<h1>Bad gateway</h1>", 502, "text/html");
    expect(asProblem(await signIn("a@b", "x").catch((thrown: unknown) => thrown)).status).toBe(502);
  });

  it("call silence unreachable", async () => {
    vi.stubGlobal("fetch", vi.fn(async () => Promise.reject(new TypeError("failed"))));
    expect(asProblem(await signIn("a@b", "x").catch((thrown: unknown) => thrown))).toMatchObject({ status: 0, code: "unreachable" });
  });
});

describe("addresses", () => {
  it("ask for one root's picture", async () => {
    const fetched = vi.fn(async (request: Request) => (void request, new Response(new ArrayBuffer(3))));
    vi.stubGlobal("fetch", fetched);
    expect((await readPicture("a b", "p7")).byteLength).toBe(3);
    expect(fetched.mock.calls[0]?.[0].url).toMatch(/\/api\/v1\/campaigns\/a%20b\/picture\?root=p7$/);
  });

  it("write CSV links", () => {
    expect(cascadeCsv("books")).toBe("/api/v1/campaigns/books/cascade?format=csv");
    expect(kocsCsv("books", "p7")).toBe("/api/v1/campaigns/books/kocs?limit=1000&root=p7&format=csv");
  });
});
