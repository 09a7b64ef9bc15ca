import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { open, refused, serve } from "@/testing/open";
import { RolesPage } from "./RolesPage";

const PERMISSIONS = {
  items: [
    { id: "read_network", zh: "查看传播网络", en: "See the network", whole: false },
    { id: "read_facts", zh: "查看全部原始事件", en: "Read raw facts", whole: true },
    { id: "manage_keys", zh: "管理 API 密钥", en: "Manage keys", whole: true },
  ],
};
const ROLES = {
  items: [
    { id: "analyst", name: null, permissions: ["read_network", "read_facts"], scope: "all", staff: 2 },
    { id: "r-1", name: "区域督导", permissions: ["read_network"], scope: "subtree", staff: 0 },
  ],
};
const SESSION = { staff: { id: "s1", name: "周" }, permissions: ["read_network", "read_facts", "read_organisation", "manage_roles"] };
const answers = (more: Record<string, unknown> = {}) => ({ "GET /session": SESSION, "GET /roles": ROLES, "GET /permissions": PERMISSIONS, "GET /staff": { items: [] }, ...more });
/** The table measures its columns by a hidden copy of its head, which comes after it. */
const shown = async (id: string): Promise<HTMLElement> => (await screen.findAllByTestId(id))[0] as HTMLElement;
afterEach(() => vi.unstubAllGlobals());

describe("the roles", () => {
  it("are a matrix in words; the five of every brand can only be copied", async () => {
    serve(answers());
    open(RolesPage, "/organisation/roles");
    await screen.findByText("查看传播网络");
    const preset = await shown("role-analyst");
    within(preset).getByText("分析师");
    within(preset).getByText("内置");
    expect(within(preset).queryByTestId("role-edit")).toBeNull();
    within(preset).getByTestId("role-copy");
    within(await shown("role-r-1")).getByText("区域督导");
    expect(screen.getAllByLabelText("可以")).toHaveLength(3);
  });

  it("give nobody what the giver does not hold, nor what needs everybody", async () => {
    const asked = serve(answers({ "PATCH /roles/r-1": ROLES.items[1] }));
    open(RolesPage, "/organisation/roles");
    fireEvent.click(await shown("role-edit"));
    const box = (id: string) => screen.getByTestId(`role-may-${id}`).closest("label")?.querySelector("input") ?? (screen.getByTestId(`role-may-${id}`) as HTMLInputElement);
    await waitFor(() => expect(box("read_network").disabled).toBe(false));
    expect([box("read_facts").disabled, box("manage_keys").disabled]).toEqual([true, true]);
    fireEvent.change(screen.getByTestId("role-name"), { target: { value: " 督导 " } });
    fireEvent.click(screen.getByTestId("role-save"));
    await waitFor(() => expect(asked.find(({ method }) => method === "PATCH")?.body).toEqual({ name: "督导", scope: "subtree", permissions: ["read_network"] }));
  });

  it("say why one is not deleted", async () => {
    serve(answers({ "DELETE /roles/r-1": [409, { title: "x", status: 409, code: "conflict", detail: "3 staff have it" }] }));
    open(RolesPage, "/organisation/roles");
    fireEvent.click(await shown("role-remove"));
    fireEvent.click(await screen.findByTestId("role-remove-yes"));
    await screen.findByText("3 staff have it");
  });

  it("are only looked at by those who may not change them", async () => {
    serve(answers({ "GET /session": { ...SESSION, permissions: ["read_organisation"] } }));
    open(RolesPage, "/organisation/roles");
    await shown("role-r-1");
    expect([screen.queryByTestId("role-create"), screen.queryByTestId("role-copy")]).toEqual([null, null]);
    serve({ "GET /roles": refused(403), "GET /permissions": PERMISSIONS });
    open(RolesPage, "/organisation/roles");
    await screen.findByText("没有权限查看");
  });
});
