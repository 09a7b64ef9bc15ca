import { render } from "preact";
import { act } from "preact/test-utils";
import { expect, test } from "vitest";
import { Refused } from "../api";
import { Blocks } from "./Blocks";
import { Form, type OpenForm } from "./Form";
import { type Block, address } from "./document";

const shown = (blocks: unknown[]): HTMLElement => {
  const root = document.createElement("div");
  document.body.append(root);
  act(() => render(<Blocks workspace={1} document={{ title: "t", blocks: blocks as Block[] }} />, root));
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
  const choices = [{ key: "novel", label: "小说" }, { key: "poem", label: "诗" }];
  const asked: OpenForm = {
    form: "fm_1", version: 2, title: "读书会报名", intro: "", thanks: "已收到", consent: "只用于通知", open: true, answered: false,
    questions: [{ key: "phone", label: "手机号", type: "phone", required: true }, { key: "taste", label: "爱读", type: "many", choices }],
  };
  const page = document.createElement("div");
  document.body.append(page);
  act(() => render(<Form asked={asked} send={(...told) => {
    sent.push(told);
    return refuse ? Promise.reject(new Refused({ code: "invalid", status: 422, detail: "no", errors: [{ field: "answers.phone", message: "不是手机号" }] })) : Promise.resolve();
  }} />, page));
  const submit = async () => {
    await act(async () => { page.querySelector("form")?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true })); await Promise.resolve(); });
  };
  await submit();
  expect([sent.length, page.querySelectorAll(".wrong").length]).toEqual([0, 2]);
  const input = page.querySelector("input[type=tel]") as HTMLInputElement;
  const agreed = page.querySelector("input[name=agreed]") as HTMLInputElement;
  input.value = "12";
  agreed.checked = true;
  await submit();
  expect([page.querySelector(".wrong")?.textContent, input.value]).toEqual(["不是手机号", "12"]);
  refuse = false;
  input.value = "17000000000";
  (page.querySelector("input[value=poem]") as HTMLInputElement).checked = true;
  await submit();
  expect(page.querySelector("[role=status]")?.textContent).toContain("已收到");
  expect(sent).toEqual([[{ phone: "12" }, true, ""], [{ phone: "17000000000", taste: ["poem"] }, true, ""]]);
});

test("who answered is thanked, and a form that is over says so", () => {
  const over: OpenForm = { form: "fm_1", version: 1, title: "t", intro: "", thanks: "", consent: "", questions: [], open: false, answered: false };
  const page = document.createElement("div");
  act(() => render(<Form asked={over} send={() => Promise.resolve()} />, page));
  expect([page.querySelector("form"), page.querySelector("[role=status]")?.textContent?.length]).toEqual([null, expect.any(Number)]);
});
