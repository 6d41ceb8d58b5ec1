// Sources of the catalog: folders and repositories, whom they are trusted with, and what their forms refuse.
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { component, fact, folderWith, readNow, repository, wasRead } from "../support/catalog.js";
import { expect, test } from "../support/installation.js";
import * as people from "../support/people.js";

test("the page of a source has one main action on each of its tabs", async ({ page }) => {
  await page.goto("/settings/sources");
  await people.ready(page);
  await page.getByRole("table", { name: "Catalog sources" }).locator("a[data-row]").first().click();
  const tabs = page.getByRole("navigation", { name: "Parts of the source" });
  for (const [tab, action] of [["Last run", "Read now"], ["Settings", "Save and read it"], ["Files", "Read now"]]) {
    await tabs.getByRole("link", { name: tab }).click();
    await expect(page.getByRole("main").locator(".button.primary")).toHaveText(action);
  }
});

test("what is new in a folder is in the catalog after one press of a button", async ({ page, installation }) => {
  const folder = await folderWith(installation, "growing", { "catalog-info.yaml": component("first-one") });
  await people.addSource(page, "Growing", folder);
  await wasRead(page);
  await writeFile(join(folder, "catalog-info.yaml"), `${component("first-one")}---\n${component("second-one")}`);
  await people.ready(page);
  expect((await page.request.get("/catalog/component/default/second-one")).status()).toBe(404);
  await page.getByRole("button", { name: "Read now" }).click();
  // The page itself says so, without a reload.
  await expect(fact(page, "In the catalog")).toHaveText("2");
  expect((await page.goto("/catalog/component/default/second-one")).status()).toBe(200);
});

test("what removed sources left is among the findings, which say how many each source has", async ({ page, installation }) => {
  const wrong = component("counted-wrong").replace("type: service", "type: [service]");
  await people.addSource(page, "Counted", await folderWith(installation, "counted", { "catalog-info.yaml": wrong }));
  await wasRead(page);
  await people.addSource(page, "Left behind", await folderWith(installation, "left-behind", { "catalog-info.yaml": component("counted-orphan") }));
  await wasRead(page);
  await page.goto(`${new URL(page.url()).pathname}/remove`);
  await people.ready(page);
  await page.getByRole("button", { name: "Remove Left behind" }).click();
  await expect(page).not.toHaveURL(/remove$/);
  const main = page.getByRole("main");
  await page.goto("/catalog");
  const all = await main.getByRole("link", { name: /^[\d,]+ findings?$/ }).innerText();
  await page.goto("/catalog/problems");
  const numbers = await main.locator(".catalog-bar .chip .n").allTextContents();
  const sum = numbers.reduce((sum, text) => sum + Number(text.replaceAll(",", "")), 0);
  expect(sum).toBe(Number(all.split(" ")[0].replaceAll(",", "")));
  await expect(main.locator(".chip", { hasText: /^Left behind, removed/ }).locator(".n")).toHaveText("1");
  await page.goto("/settings/sources");
  await main.locator("li", { hasText: "Left behind" }).getByRole("link", { name: "1 finding", exact: true }).click();
  await expect(page.locator(".catalog-findings > li")).toHaveCount(1);
  await expect(page.locator(".catalog-findings")).toContainText("counted-orphan");
});

test("a Git repository is read at its newest commit", async ({ page, installation }) => {
  const folder = await folderWith(installation, "repository", { "catalog-info.yaml": component("from-git") });
  const commit = await repository(folder);
  await people.addSource(page, "Repository", folder, { git: true });
  await wasRead(page);
  const source = page.url();
  expect((await page.goto("/catalog/component/default/from-git")).status()).toBe(200);
  await writeFile(join(folder, "catalog-info.yaml"), `${component("from-git")}---\n${component("from-git-too")}`);
  await commit();
  await readNow(page, source);
  expect((await page.goto("/catalog/component/default/from-git-too")).status()).toBe(200);
});

test("a source that is not trusted brings no groups, and gives way to one that is", async ({ page, installation }) => {
  const group = "apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: usurpers}\nspec: {type: team, children: []}\n";
  const wild = await folderWith(installation, "wild", { "catalog-info.yaml": `${group}---\n${component("contested", { description: "From the wild" })}` });
  await people.addSource(page, "Wild", wild, { trusted: false });
  await wasRead(page);
  await expect(page.getByRole("main")).toContainText("It may define every kind except");
  expect((await page.request.get("/catalog/group/default/usurpers")).status()).toBe(404);
  await page.goto("/catalog/problems?q=usurpers");
  await expect(page.locator(".catalog-findings")).toContainText(/Wild/);
  await expect(page.locator(".catalog-findings")).toContainText(/may not|not allowed|trust/i);
  console.log(`not trusted: ${(await page.locator(".catalog-findings").innerText()).replaceAll("\n", " ")}`);

  await page.goto("/catalog/component/default/contested");
  await expect(page.locator(".catalog-description")).toHaveText("From the wild");
  const tame = await folderWith(installation, "tame", { "catalog-info.yaml": component("contested", { description: "From the house" }) });
  await people.addSource(page, "Tame", tame, { trusted: true });
  await wasRead(page);
  await page.goto("/catalog/component/default/contested");
  await expect(page.locator(".catalog-description")).toHaveText("From the house");
  await page.goto("/catalog/component/default/contested?tab=yaml");
  await expect(page.getByRole("main")).toContainText("Also defined elsewhere");
});

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "a form with JavaScript" : "a form without JavaScript", () => {
    test.use({ javaScriptEnabled });

    test("a source whose form is wrong says where, and keeps what was typed", async ({ page }) => {
      await page.goto("/settings/sources/new");
      await people.ready(page);
      await page.locator("[name=name]").fill("Half done");
      await page.locator("[name=location]").fill("relative/path");
      await page.locator("[name=namespaces]").fill("Not A Namespace");
      await page.locator("[name=trusted]").check();
      await page.getByRole("button", { name: "Add and read it" }).click();
      await expect(page.locator(".field .error").first()).toBeVisible();
      await expect(page.locator("[name=name]")).toHaveValue("Half done");
      await expect(page.locator("[name=location]")).toHaveValue("relative/path");
      await expect(page.locator("[name=namespaces]")).toHaveValue("Not A Namespace");
      await expect(page.locator("[name=trusted]")).toBeChecked();
      await expect(page.locator("[aria-invalid=true]").first()).toBeFocused();
    });
  });
}

test("a folder that is not there is refused at its field, and one that goes away later says why it cannot be read", async ({ page, installation }) => {
  const nowhere = join(installation.folder, "nowhere-at-all");
  await page.goto("/settings/sources/new");
  await people.ready(page);
  await page.locator("[name=name]").fill("Nowhere");
  await page.locator("[name=location]").fill(nowhere);
  await page.getByRole("button", { name: "Add and read it" }).click();
  await expect(page.locator(".field", { has: page.locator("[name=location]") }).locator(".error")).toContainText(`There is no folder ${nowhere}`);

  const folder = await folderWith(installation, "goes-away", { "catalog-info.yaml": component("lasting") });
  await people.addSource(page, "Goes away", folder);
  await wasRead(page);
  const source = new URL(page.url()).pathname;
  await rm(folder, { recursive: true });
  await readNow(page, source);
  await expect(page.getByRole("main")).toContainText("It could not be read");
  await expect(page.getByRole("main")).toContainText("goes-away");
  await expect(fact(page, "In the catalog")).toHaveText("1");
  await expect(fact(page, "Files read"), "this run read nothing").toHaveCount(0);
  await page.goto("/settings/sources");
  await expect(page.getByRole("row", { name: /Goes away/ }).first()).toContainText("Failed");
  await page.goto("/catalog");
  await expect(page.getByRole("main")).toContainText("Goes away could not be read");
  // What was read before stays.
  expect((await page.goto("/catalog/component/default/lasting")).status()).toBe(200);
});
