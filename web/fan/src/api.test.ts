import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Offline, Refused, command, read } from "./api";

const sent: { path: string; key: string | null; body: string }[] = [];
let answers: (() => Response | Promise<Response>)[] = [];

const json = (status: number, body: unknown) => () => new Response(JSON.stringify(body), { status });
const noNetwork = () => Promise.reject(new TypeError("Failed to fetch"));

beforeEach(() => {
  sent.length = 0;
  answers = [];
  sessionStorage.clear();
  vi.stubGlobal("fetch", (path: string, init: RequestInit) => {
    sent.push({ path, key: new Headers(init.headers).get("idempotency-key"), body: String(init.body) });
    return Promise.resolve((answers.shift() ?? noNetwork)());
  });
});
afterEach(() => vi.unstubAllGlobals());

test("what is sent again over a bad network is one command", async () => {
  answers = [noNetwork, json(503, {}), json(200, { joined: true })];
  expect(await command("/join", { play: "books" }, [0, 0, 0])).toEqual({ joined: true });
  expect(new Set(sent.map((one) => one.key)).size).toBe(1);
  expect(sent).toHaveLength(3);
});

test("two taps are one command, and the next tap after the answer is another", async () => {
  answers = [json(200, 1), json(200, 2)];
  const [one, two] = await Promise.all([command("/help", {}, []), command("/help", {}, [])]);
  expect([one, two, sent.length]).toEqual([1, 1, 1]);
  await command("/help", {}, []);
  expect(sent[0]?.key).not.toBe(sent[1]?.key);
});

test("a command nobody answered keeps its key over a reload", async () => {
  await expect(command("/pay", { order: "o1" }, [0])).rejects.toBeInstanceOf(Offline);
  answers = [json(200, {})];
  await command("/pay", { order: "o1" }, [0]);
  expect(new Set(sent.map((one) => one.key)).size).toBe(1);
});

test("a refusal is told with its code and is not tried again", async () => {
  answers = [json(409, { code: "conflict", detail: "名额已满" })];
  const refused = await read("/play", [0]).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(Refused);
  expect((refused as Refused).problem).toMatchObject({ code: "conflict", detail: "名额已满", status: 409 });
  expect(sent).toHaveLength(1);
});
