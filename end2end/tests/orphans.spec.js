// What no file defines any more: it stays until somebody removes it, one by one or all that a list shows.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { component, folderWith, readNow, wasRead } from "../support/catalog.js";
import { expect, test } from "../support/installation.js";
import * as people from "../support/people.js";

test("what is in no file any more stays until somebody removes it", async ({ page, installation }) => {
  const folder = await folderWith(installation, "orphans", { "catalog-info.yaml": `${component("stays")}---\n${component("leaves")}` });
  await people.addSource(page, "Orphans", folder);
  await wasRead(page);
  const source = new URL(page.url()).pathname;
  await writeFile(join(folder, "catalog-info.yaml"), component("stays"));
  await readNow(page, source);
  await page.goto("/catalog/component/default/leaves");
  await people.ready(page);
  await expect(page.getByRole("main")).toContainText("No file defines it any more");
  await page.getByRole("link", { name: "Remove it" }).click();
  await page.getByRole("button", { name: /^Remove/ }).click();
  await expect(page).not.toHaveURL(/remove$/);
  expect((await page.request.get("/catalog/component/default/leaves")).status()).toBe(404);
});

test("all that a list of orphans shows is removed at once, and nothing that was not shown", async ({ page, installation }) => {
  const both = `${component("left-one")}---\n${component("left-two")}`;
  const folder = await folderWith(installation, "leftovers", { "catalog-info.yaml": `${both}---\n${component("left-three")}` });
  await people.addSource(page, "Leftovers", folder);
  await wasRead(page);
  const source = new URL(page.url()).pathname;
  await writeFile(join(folder, "catalog-info.yaml"), component("left-three"));
  await readNow(page, source);
  await page.goto("/catalog?attention=orphan&q=left-");
  await people.ready(page);
  await expect(page.getByRole("main")).toContainText("No file defines 2 entities any more.");
  await page.getByRole("link", { name: "Remove all 2" }).click();
  await expect(page.getByRole("main")).toContainText("Component (2): left-one, left-two");
  // A third one becomes an orphan while the page is open.
  await writeFile(join(folder, "catalog-info.yaml"), component("left-four"));
  const other = await page.context().newPage();
  await readNow(other, source);
  await other.close();
  await page.getByRole("button", { name: "Remove 2 entities" }).click();
  await expect(page.getByRole("main")).toContainText("Nothing was removed");
  await page.reload();
  await people.ready(page);
  await page.getByRole("button", { name: "Remove 3 entities" }).click();
  await expect(page).toHaveURL(/\/catalog$/);
  for (const name of ["left-one", "left-two", "left-three"]) expect((await page.request.get(`/catalog/component/default/${name}`)).status()).toBe(404);
  expect((await page.request.get("/catalog/component/default/left-four")).status()).toBe(200);
});
