import { fireEvent, render, screen } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import source from "../../../../openapi.json";
import { usePreferences } from "@/app/preferences";
import { Docs } from "./Docs";
import { curl, example, fields, matches, operations, type OpenApi } from "./document";

const api = source as unknown as OpenApi;
const find = (id: string) => {
  const found = operations(api).find((operation) => operation.id === id);
  if (!found) throw new Error(`no operation ${id}`);
  return found;
};

describe("the API's page", () => {
  it("has an example and fields for every body in the committed document", () => {
    let explained = 0;
    for (const operation of operations(api)) {
      const schema = operation.requestBody?.content["application/json"]?.schema;
      if (!schema) continue;
      // The Segment doors take what that protocol takes, and have no fields of their own.
      if (fields(api, schema).length > 0) explained += 1;
      expect(() => JSON.stringify(example(api, schema)), operation.id).not.toThrow();
      expect(curl(api, operation, "https://here.example"), operation.id).toContain("-d '");
    }
    expect(explained).toBeGreaterThan(10);
  });

  it("writes curl as one would", () => {
    const line = curl(api, find("capture.fact.append"), "https://here.example");
    expect(line).toContain("curl -X POST 'https://here.example/api/v1/facts'");
    expect(line).toContain('-H "Authorization: Bearer $KEY"');
    expect(curl(api, find("system.health.read"), "https://here.example")).not.toContain("Authorization");
  });

  it("finds operations by any of their words", () => {
    expect(matches(find("capture.fact.append"), "POST facts")).toBe(true);
    expect(matches(find("capture.fact.append"), "nonsense")).toBe(false);
  });

  it("speaks both languages, searches, and opens an operation by its address", () => {
    vi.stubGlobal("scrollTo", () => undefined);
    usePreferences.getState().setLanguage("zh");
    window.location.hash = "#capture.fact.append";
    render(<Docs document={api} />);
    expect(screen.getByText("请求体")).toBeTruthy();
    const all = screen.getAllByTestId("docs-operation").length;
    fireEvent.change(screen.getByTestId("docs-search"), { target: { value: "facts" } });
    expect(screen.getAllByTestId("docs-operation").length).toBeLessThan(all);
    fireEvent.click(screen.getByTestId("docs-en"));
    expect(screen.getByText("Body")).toBeTruthy();
    expect(screen.getByTestId("docs-curl").textContent).toContain("/api/v1/facts");
  });
});
