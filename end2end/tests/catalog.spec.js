// The catalog: found, narrowed, explained, and right when a file is wrong.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { component, fact, folderWith, openHalfAwake, readNow, wasRead } from "../support/catalog.js";
import { expect, test } from "../support/installation.js";
import * as people from "../support/people.js";

const rows = (page) => page.getByRole("table", { name: "Entities" }).locator("tbody tr");
const facet = (page, title) => page.getByRole("navigation", { name: "Filters" }).getByRole("region", { name: title });
const total = async (page) => Number((await page.locator(".page-title .badge").first().innerText()).replaceAll(",", ""));

test("typing narrows the list, its total and its facets, also in the middle of a word", async ({ page }) => {
  await page.goto("/catalog");
  await people.ready(page);
  const all = await total(page);
  await expect(rows(page)).toHaveCount(all);
  const field = page.getByRole("searchbox", { name: "Search the catalog" });
  await field.pressSequentially("ndex", { delay: 20 });
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page)).toContainText("indexer");
  expect(await total(page)).toBe(1);
  await expect(field).toBeFocused();
  await expect(field).toHaveValue("ndex");
  await expect(page).toHaveURL(/\/catalog\?q=ndex$/);
  await field.fill("payments");
  await expect(rows(page).filter({ hasText: "payments-api" })).toHaveCount(1);
  await expect(rows(page).filter({ hasText: "indexer" })).toHaveCount(0);
  const shown = await rows(page).count();
  expect(await total(page)).toBe(shown);
  const counts = await facet(page, "Kind").locator(".n").allInnerTexts();
  expect(counts.map(Number).reduce((sum, one) => sum + one, 0)).toBe(shown);
  await field.fill("");
  await expect(rows(page)).toHaveCount(all);
  // What was typed is one step of the history, not one for each letter.
  await field.fill("checkout");
  await expect(page).toHaveURL(/q=checkout/);
  await page.reload();
  await expect(page.getByRole("searchbox", { name: "Search the catalog" })).toHaveValue("checkout");
  await expect(page.getByRole("table", { name: "Entities" })).toContainText("checkout");
  await expect(rows(page).filter({ hasText: "indexer" })).toHaveCount(0);
});

test("the words of the search are those of the address, also after Back", async ({ page }) => {
  await page.goto("/catalog");
  await people.ready(page);
  const field = page.getByRole("searchbox", { name: "Search the catalog" });
  await field.pressSequentially("pay", { delay: 20 });
  await expect(page).toHaveURL(/\/catalog\?q=pay$/);
  // The facets move when the answer comes.
  await expect(rows(page).filter({ hasText: "indexer" })).toHaveCount(0);
  await facet(page, "Kind").getByRole("link", { name: /Component/ }).click();
  await expect(page).toHaveURL(/\?q=pay&kind=component$/);
  await field.press("End");
  // Slower than the list waits for the next letter: what is typed meanwhile is kept, a blank at the end too.
  await field.pressSequentially("ments ", { delay: 250 });
  await expect(page).toHaveURL(/\?q=payments(%20)?&kind=component$/);
  await expect(field).toHaveValue("payments ");
  await page.goBack();
  await expect(page).toHaveURL(/\/catalog\?q=pay$/);
  await expect(field).toHaveValue("pay");
});

test("the search at the top says that it finds nothing, and Enter searches the catalog", async ({ page }) => {
  await page.goto("/");
  await people.ready(page);
  const field = page.locator("#search");
  const said = page.getByRole("status").getByText("Nothing found. Enter searches the catalog.");
  await field.fill("no-such-thing");
  await expect(said).toBeVisible();
  await expect(page.locator("#search-list [role=option]")).toHaveCount(0);
  await field.press("Enter");
  await expect(page).toHaveURL(/\/catalog\?q=no-such-thing$/);
});

test("nothing found says so, and leads to why it may be missing", async ({ page }) => {
  await page.goto("/catalog?q=no-such-thing");
  await people.ready(page);
  await expect(page.getByRole("main")).toContainText("Nothing matches “no-such-thing”");
  await page.getByRole("link", { name: "Why is it not here?" }).click();
  await expect(page).toHaveURL(/\/catalog\/problems\?q=no-such-thing/);
  await expect(page.getByRole("main")).toContainText("No finding mentions “no-such-thing”");
});

test("facets say how many there are, narrow the list to that many, survive a reload and can be taken away", async ({ page }) => {
  await page.goto("/catalog");
  await people.ready(page);
  const all = await total(page);
  const choice = facet(page, "Kind").getByRole("link", { name: /Component/ });
  const promised = Number(await choice.locator(".n").innerText());
  expect(promised).toBeGreaterThan(0);
  expect(promised).toBeLessThan(all);
  await choice.click();
  await expect(page).toHaveURL(/kind=component/);
  await expect(rows(page)).toHaveCount(promised);
  for (const row of await rows(page).all()) await expect(row).toContainText("Component");
  await expect(choice).toHaveAttribute("aria-current", "true");

  const owner = facet(page, "Owner").getByRole("link", { name: /Search/ });
  const both = Number(await owner.locator(".n").innerText());
  await owner.click();
  await expect(page).toHaveURL(/kind=component&owner=/);
  await expect(rows(page)).toHaveCount(both);
  await page.reload();
  await people.ready(page);
  await expect(rows(page)).toHaveCount(both);
  await expect(rows(page)).toContainText(["indexer"]);

  await page.locator(".chips a", { hasText: "Owner: Search" }).click();
  await expect(rows(page)).toHaveCount(promised);
  await page.goBack();
  await expect(rows(page)).toHaveCount(both);
  await page.getByRole("link", { name: "Clear all" }).click();
  await expect(page).toHaveURL(/\/catalog$/);
  await expect(rows(page)).toHaveCount(all);
});

test("what is pressed while the page wakes up is not lost and breaks nothing", async ({ browser, installation }) => {
  // Its own, that nobody watches for complaints: a link may cut off what the document before it still loads.
  const context = await browser.newContext({ baseURL: installation.url, storageState: installation.administrator });
  const page = await context.newPage();
  const choice = page.getByRole("navigation", { name: "Filters" }).locator('a[href*="kind=api"]');
  const isNarrowed = async () => {
    await expect(page).toHaveURL(/kind=api/);
    await expect(rows(page)).toHaveCount(1);
    await expect(rows(page)).toContainText("payments-v2");
    await people.ready(page);
  };
  for (let tries = 0; tries < 6; tries++) {
    await page.goto("/catalog", { waitUntil: "commit" });
    await choice.click();
    await isNarrowed();
  }
  await page.goto("/catalog", { waitUntil: "commit" });
  await page.getByRole("searchbox", { name: "Search the catalog" }).fill("indexer");
  await expect(rows(page)).toHaveCount(1);

  // At the one instant that is delicate: the router listens already, and the code of the page is still on its way.
  const release = await openHalfAwake(page, "/catalog");
  const root = page.locator("html");
  await root.evaluate((element) => element.setAttribute("data-before", "yes"));
  await choice.click();
  release();
  // It leads to a new document: within the old one the router would exchange what is half awake.
  await expect(root).not.toHaveAttribute("data-before", "yes");
  await isNarrowed();
  await context.close();
});

test("columns sort one way and the other", async ({ page }) => {
  await page.goto("/catalog?kind=component");
  await people.ready(page);
  const names = () => rows(page).locator("a[data-row]").allInnerTexts();
  const up = await names();
  expect(up).toEqual([...up].sort((a, b) => a.localeCompare(b)));
  await page.getByRole("table", { name: "Entities" }).getByRole("link", { name: /^Name/ }).click();
  await expect(page).toHaveURL(/sort=-name/);
  await expect.poll(names).toEqual([...up].reverse());
  await expect(page.getByRole("columnheader", { name: /Name/ })).toHaveAttribute("aria-sort", "descending");
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("the search is a form and the facets are links", async ({ page }) => {
    await page.goto("/catalog?kind=component");
    await page.getByRole("searchbox", { name: "Search the catalog" }).fill("pay");
    await page.locator(".catalog-search").getByRole("button", { name: "Search" }).click();
    await expect(page).toHaveURL(/kind=component/);
    await expect(page).toHaveURL(/q=pay/);
    await expect(rows(page).filter({ hasText: "payments-api" })).toHaveCount(1);
    for (const row of await rows(page).all()) await expect(row).toContainText("Component");
    await page.locator(".chips a", { hasText: "Kind: Component" }).click();
    await expect(rows(page).filter({ hasText: "payments-v2" })).toHaveCount(1);
    await page.goto("/catalog/component/default/payments-api?tab=relations");
    await expect(page.getByRole("main")).toContainText("Provides the API");
  });
});

test("an entity shows its relations, and each of them shows it back", async ({ page }) => {
  const ways = [
    ["component/default/payments-api", "Provides the API", "payments-v2", "Provided by", "payments-api"],
    ["component/default/payments-api", "Part of", "checkout", "Has parts", "payments-api"],
    ["component/default/payments-api", "Owned by", "Payments", "Owns", "payments-api"],
  ];
  for (const [from, out, to, back, self] of ways) {
    await page.goto(`/catalog/${from}?tab=relations`);
    await people.ready(page);
    await page.locator(".card", { hasText: out }).getByRole("link", { name: to, exact: true }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(to);
    await page.getByRole("link", { name: /^Relations/ }).click();
    await expect(page.locator(".card", { hasText: back }).getByRole("link", { name: self, exact: true })).toBeVisible();
  }
});

test("what an entity refers to and is not there is shown as missing, with a way to find out why", async ({ page, installation }) => {
  const folder = await folderWith(installation, "dangling", { "catalog-info.yaml": component("dangler", { more: ", dependsOn: [resource:default/no-database]" }) });
  await people.addSource(page, "Dangling", folder);
  await wasRead(page);
  // In a few words on the overview, and in full among its relations.
  await page.goto("/catalog/component/default/dangler");
  const missing = page.locator(".catalog-ends .who", { hasText: "no-database" });
  await expect(missing.locator(".icon.ink-warn")).toBeVisible();
  await expect(missing).toContainText("(not in the catalog)");
  await page.goto("/catalog/component/default/dangler?tab=relations");
  await people.ready(page);
  await expect(page.getByRole("main")).toContainText("Not in the catalog");
  await page.getByRole("link", { name: "Why", exact: true }).click();
  await expect(page).toHaveURL(/\/catalog\/problems\?q=no-database/);
  await page.goto("/catalog?attention=dangling");
  await expect(rows(page)).toContainText(["dangler"]);
});

test("an entity shows its text as it stands in its file, with the line", async ({ page }) => {
  await page.goto("/catalog/component/default/payments-api?tab=yaml");
  await people.ready(page);
  const text = page.getByRole("main");
  await expect(text).toContainText("catalog-info.yaml:17");
  await expect(text).toContainText('metadata: {name: payments-api, description: "Takes payments, refunds them, and tells the ledger", tags: [rust, http]}');
  await expect(text).not.toContainText("name: indexer");
});

test("a name that is slightly wrong leads to the right one, and to why it is missing", async ({ page }) => {
  expect((await page.goto("/catalog/component/default/payments-apo")).status()).toBe(404);
  await expect(page.getByRole("main")).toContainText("payments-apo");
  await expect(page.getByRole("main").getByRole("link", { name: "payments-api", exact: true })).toBeVisible();
  await expect(page.getByRole("link", { name: "Why is it not here?" })).toBeVisible();
});

test("a document that becomes wrong keeps its last good state, and the page says file, line and column until it is mended", async ({ page, installation }) => {
  const good = `${component("steady", { description: "Stays as it is" })}---\n${component("shaky", { description: "Before" })}`;
  const folder = await folderWith(installation, "breaking", { "catalog-info.yaml": good });
  await people.addSource(page, "Breaking", folder);
  await wasRead(page);
  const source = new URL(page.url()).pathname;

  await writeFile(join(folder, "catalog-info.yaml"), good.replace("description: Before}\nspec: {type: service,", "description: After}\nspec: {type: [service],"));
  await readNow(page, source);
  await page.getByRole("link", { name: /^See \d+ findings?$/ }).click();
  const finding = page.locator(".catalog-findings > li");
  await expect(finding).toHaveCount(1);
  await expect(finding).toContainText("catalog-info.yaml");
  await expect(finding).toContainText("component:default/shaky");
  await expect(finding).toContainText("The catalog shows its last valid version");
  // `spec: {type: [service]`: where `type` begins.
  await expect(finding).toContainText("9:8");
  console.log(`quarantined: ${(await finding.innerText()).replaceAll("\n", " ")}`);

  await finding.getByRole("link", { name: "component:default/shaky" }).click();
  await expect(page.getByRole("main")).toContainText("You are looking at the last valid version");
  await expect(page.locator(".catalog-description")).toHaveText("Before");
  await expect(page.getByRole("main")).toContainText("Line 9, column 8");
  // The other document of the file is as alive as ever.
  await page.goto("/catalog/component/default/steady");
  await expect(page.getByRole("main")).not.toContainText("last valid version");

  await writeFile(join(folder, "catalog-info.yaml"), good.replace("Before", "After"));
  await readNow(page, source);
  await page.goto("/catalog/component/default/shaky");
  await expect(page.getByRole("main")).not.toContainText("last valid version");
  await expect(page.locator(".catalog-description")).toHaveText("After");
});

test("findings are counted alike on every page", async ({ page, installation }) => {
  const wrong = component("numbered-wrong").replace("type: service", "type: [service]");
  const folder = await folderWith(installation, "numbers", { "catalog-info.yaml": `${component("numbered")}---\n${wrong}` });
  await people.addSource(page, "Numbers", folder);
  await wasRead(page);
  const main = page.getByRole("main");
  await expect(fact(page, "Findings")).toHaveText("1");
  await expect(main.getByRole("link", { name: "See 1 finding", exact: true })).toBeVisible();
  await page.goto("/catalog");
  const all = await main.getByRole("link", { name: /^\d+ findings?$/ }).innerText();
  await page.goto("/settings");
  await expect(main.getByRole("link", { name: /Catalog sources/ }).locator(".status.warn")).toHaveText(all);
  await page.goto("/catalog/problems");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Findings");
  await expect(main.locator(".pager")).toContainText(all);
});

test("a search for special characters, or for very many, finds nothing and breaks nothing", async ({ page }) => {
  for (const [typed, kept] of [["100% _!'\"<b>&+#?/\\", "100% _!'\"<b>&+#?/\\"], ["x".repeat(1000), "x".repeat(200)]]) {
    await page.goto(`/catalog?q=${encodeURIComponent(typed)}`);
    await expect(page.getByRole("main")).toContainText(`Nothing matches “${kept}”`);
    await page.getByRole("link", { name: "Why is it not here?" }).click();
    await expect(page.getByRole("main")).toContainText(`No finding mentions “${kept}”`);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  }
});

test("a file that is no YAML any more says where, and everything in it stays", async ({ page, installation }) => {
  const good = component("kept-one", { description: "Kept" });
  const folder = await folderWith(installation, "torn", { "catalog-info.yaml": good });
  await people.addSource(page, "Torn", folder);
  await wasRead(page);
  const source = new URL(page.url()).pathname;
  await writeFile(join(folder, "catalog-info.yaml"), `${good}---\nkind: Component\nmetadata: {name: [\n`);
  await readNow(page, source);
  await page.getByRole("link", { name: /^See \d+ findings?$/ }).click();
  await expect(page.locator(".catalog-findings")).toContainText("catalog-info.yaml");
  await expect(page.locator(".catalog-findings")).toContainText(/\b[78]:\d+/);
  console.log(`torn: ${(await page.locator(".catalog-findings").innerText()).replaceAll("\n", " ")}`);
  expect((await page.goto("/catalog/component/default/kept-one")).status()).toBe(200);
  await expect(page.locator(".catalog-description")).toHaveText("Kept");
});

test("hostile and careless files are each named with a reason, and the rest of the source is read", async ({ page, installation }) => {
  const bomb = ["a: &a [x, x, x, x, x, x, x, x, x]", ..."bcdefghi".split("").map((letter, at) => `${letter}: &${letter} [${Array(9).fill(`*${"abcdefgh"[at]}`).join(", ")}]`)].join("\n");
  const folder = await folderWith(installation, "hostile", {
    "catalog-info.yaml": `apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: hostile}\nspec:\n  targets: [./good.yaml, ./bomb.yaml, ./latin.yaml, ../../../../etc/passwd, ./round.yaml, "https://example.com/catalog-info.yaml", ./not-there.yaml]\n`,
    "good.yaml": component("survivor"),
    "bomb.yaml": bomb,
    "latin.yaml": Buffer.from("kind: Component # caf\xe9\n", "latin1"),
    "round.yaml": "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: round}\nspec: {target: ./catalog-info.yaml}\n",
  });
  await people.addSource(page, "Hostile", folder);
  await wasRead(page);
  await page.goto("/catalog/component/default/survivor");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("survivor");
  await page.goto(`/catalog/problems`);
  const findings = page.locator(".catalog-findings");
  const said = (await findings.innerText()).replaceAll("\n", " ");
  console.log(`hostile: ${said.slice(0, 1500)}`);
  for (const file of ["bomb.yaml", "latin.yaml", "etc/passwd", "example.com", "not-there.yaml"]) expect.soft(said).toContain(file);
  expect.soft(said).toMatch(/UTF-8/);
  expect.soft(said).not.toContain("root:");
  expect.soft(said).not.toContain("`");
  await expect(findings.locator("p code", { hasText: "./not-there.yaml" })).toBeVisible();
});

test("files that nothing references are counted, with a way to their list", async ({ page, installation }) => {
  const files = { "catalog-info.yaml": component("tight"), "more/loose.yaml": component("loose"), "values.yml": "a: 1\n" };
  await people.addSource(page, "Loose", await folderWith(installation, "loose", files));
  await wasRead(page);
  await page.goto("/catalog/problems");
  await people.ready(page);
  await page.getByRole("link", { name: "2 in Loose" }).click();
  const loose = page.getByRole("row", { name: /more\/loose\.yaml/ });
  await expect(loose).toContainText("Not referenced");
  await expect(loose, "its bytes are not said to be none").toContainText("It was not read");
});
