/**
 * A table of orders with two bad rows: its columns are guessed, one is put right, it is checked and imported; the campaign's
 * people page knows the order, and the import is taken back by its name.
 */
const TABLE = "会员号,日子,金额,备注\nim-1,2026-11-18 09:05,12.30,送礼\nim-1,2026-11-19 10:00,\"1,039.90\",\nim-2,2026-11-19 11:00,\"12,30\",\nim-3,2026-11-19 12:00,-5,\n";

/** `it` is what the story has at hand: page, demo, get, check, shot. */
export async function importsStory({ page, demo, get, check, shot }) {
  await page.goto(`${demo.url}/imports?kind=orders`);
  await get("import-kind").waitFor();
  await shot("imports-1-upload");
  await page.locator("input[type=file]").setInputFiles({ name: "双十一.csv", mimeType: "text/csv", buffer: Buffer.from(TABLE) });
  await get("preview-table").waitFor();
  check("a column without a known name is known by what stands in it", (await get("map-complaint").count()) === 0);
  check("a row that can be read in two ways is refused before it is imported", /12,30/.test((await get("preview-table").textContent()) ?? ""));
  await shot("imports-2-columns");
  await get("import-check").click();
  await get("import-counts").waitFor();
  await page.getByText(/检查完成|Checked; nothing/).first().waitFor();
  check("a check counts what would be", ((await get("count-new").textContent()) ?? "").startsWith("2"));
  await get("rejects-table").waitFor();
  await shot("imports-3-checked");
  await get("import-run").click();
  await get("import-run-yes").click();
  await get("import-done").waitFor();
  check("it is imported", ((await get("count-rejected").textContent()) ?? "").startsWith("2"));
  await shot("imports-4-done");
  await get("import-undo").click();
  await get("import-undo-name").fill("双十一.csv");
  await get("import-undo-yes").click();
  await get("import-undone").waitFor();
  check("it is taken back whole", ((await get("count-taken_back").textContent()) ?? "").startsWith("2"));
  await shot("imports-5-undone");
}
