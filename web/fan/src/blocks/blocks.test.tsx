import { render } from "preact";
import { act } from "preact/test-utils";
import { expect, test } from "vitest";
import { Refused } from "../api";
import { Blocks } from "./Blocks";
import { type Block, address } from "./document";

const shown = (blocks: unknown[], send = () => Promise.resolve({ thanks: "" })): HTMLElement => {
  const root = document.createElement("div");
  document.body.append(root);
  act(() => render(<Blocks workspace={1} document={{ title: "t", blocks: blocks as Block[] }} send={send} />, root));
  return root;
};

test("a page is shown block by block, and what is unknown is left out", () => {
  const page = shown([
    { type: "title", text: "春季书单" },
    { type: "title", text: "给孩子", level: 2 },
    { type: "text", text: "一行\n二行\n\n另一段 <b>不是标签</b>" },
    { type: "hologram", text: "from the future" },
    { type: "list", items: [{ text: "一", note: "注", to: { kind: "page", page: "more" } }] },
    { type: "button", text: "去", to: { kind: "play", play: "group buy" } },
    { type: "spacer", size: "small" },
  ]);
  expect(page.querySelectorAll("h1, h2, p, li, a.button, .spacer")).toHaveLength(7);
  expect(page.querySelectorAll("p")[0]?.innerHTML).toBe("一行<br>二行");
  expect(page.querySelector("b")).toBeNull();
  expect(page.querySelector("a.button")?.getAttribute("href")).toBe("/f/1/play/group%20buy");
});

test("nothing leads or loads from where it must not", () => {
  const page = shown([{ type: "image", src: "http://a.example/x.jpg" }, { type: "image", src: "javascript:alert(1)" }]);
  expect(page.querySelector("img")).toBeNull();
  expect(address(1, { kind: "url", url: "javascript:alert(1)" })).toBe("#");
});

test("a form asks for what is missing, keeps what was typed, and is sent once", async () => {
  const sent: unknown[] = [];
  let refuse = true;
  const form = { type: "form", form: "trial", fields: [{ name: "phone", label: "手机号", kind: "phone", required: true }], submit: "提交", thanks: "已收到" };
  const page = shown([form], ((_: string, answers: unknown) => {
    sent.push(answers);
    if (!refuse) return Promise.resolve({ thanks: "已收到" });
    return Promise.reject(new Refused({ code: "invalid", status: 422, detail: "no", errors: [{ field: "answers.phone", message: "不是手机号" }] }));
  }) as never);
  const submit = async () => {
    await act(async () => { page.querySelector("form")?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true })); await Promise.resolve(); });
  };
  await submit();
  expect([sent.length, page.querySelector(".wrong")?.textContent]).toEqual([0, expect.any(String)]);
  const input = page.querySelector("input") as HTMLInputElement;
  input.value = "12";
  await submit();
  expect([page.querySelector(".wrong")?.textContent, input.value]).toEqual(["不是手机号", "12"]);
  refuse = false;
  input.value = "17000000000";
  await submit();
  expect(page.querySelector("[role=status]")?.textContent).toContain("已收到");
  expect(sent).toEqual([{ phone: "12" }, { phone: "17000000000" }]);
});
