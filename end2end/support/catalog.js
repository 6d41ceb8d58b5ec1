// Sources of the tests: folders of their own, and what the pages say once they were read.
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect } from "@playwright/test";
import * as people from "./people.js";

export const component = (name, { owner = "payments", more = "", description = "" } = {}) =>
  `apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: ${name}${description && `, description: ${description}`}}\nspec: {type: service, lifecycle: production, owner: ${owner}${more}}\n`;

/** A folder of the test's own with the files named. */
export async function folderWith(installation, name, files) {
  const folder = join(installation.folder, name);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

/** The value of a fact, as a source's page says it beside its name. */
export const fact = (page, name) => page.locator("dt", { hasText: new RegExp(`^${name}$`) }).locator("xpath=following-sibling::dd[1]");

/** Reloads a source's page until it was read. */
export const wasRead = (page) => people.reloadUntil(page, () => expect(page.getByRole("main")).toContainText("In the catalog", { timeout: 200 }), 30);
