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

test("a team whose source is removed is not said to be none", async ({ browser, page, installation }) => {
  const group = "apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata:\n  name: short-lived\nspec:\n  type: team\n  children: []\n";
  const folder = await folderWith(installation, "short-lived", { "catalog-info.yaml": group });
  await people.addSource(page, "Short-lived", folder);
  await wasRead(page);
  const source = new URL(page.url()).pathname;
  const { context, page: theirs } = await people.newPerson(browser, installation, "lotte", "Lotte Lost");
  await people.joinTeam(page, "Lotte Lost", "short-lived", { leader: true });
  await page.goto(`${source}/remove`);
  await people.ready(page);
  await expect(page.getByRole("main")).toContainText("It is a team: short-lived. Its members cannot request anything for that team from then on.");
  await page.getByRole("button", { name: "Remove Short-lived" }).click();
  await expect(page).not.toHaveURL(/remove$/);
  await theirs.goto("/environments/new");
  await expect(theirs.getByRole("main")).toContainText("Your team short-lived is no longer in the catalog, so nothing can be requested for it.");
  await page.goto("/settings/people");
  await expect(people.personRow(page, "Lotte Lost")).toContainText("short-lived (leader), not in the catalog");
  await context.close();
});
