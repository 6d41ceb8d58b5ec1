// Sources of the tests: folders of their own, and what the pages say once they were read.
import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect } from "@playwright/test";
import * as people from "./people.js";

const run = promisify(execFile);

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

/** Presses "Read now" on a source's page and waits until it says how the new run went. */
export async function readNow(page, source) {
  await page.goto(source);
  await people.ready(page);
  const ended = fact(page, "Ended").locator("time");
  const before = await ended.getAttribute("datetime");
  // Times are told to the second: a run that ends within the same one could not be told from the one before.
  await page.waitForTimeout(Math.max(0, Date.parse(before) + 1000 - Date.now()));
  await page.getByRole("button", { name: "Read now" }).click();
  await expect(ended).not.toHaveAttribute("datetime", before, { timeout: 30_000 });
}

/** Waits until a source was read, and shows its page so. Only its document is asked for again and again: a reload wakes the page up each time. */
export async function wasRead(page) {
  await expect(async () => {
    expect(await (await page.request.get(page.url())).text()).toContain("In the catalog");
  }).toPass({ timeout: 30_000, intervals: [100] });
  await page.reload();
}

/**
 * Opens a page, and comes back when its router listens and its own code is still on its way: half awake. It stays so until what is
 * given is called.
 */
export async function openHalfAwake(page, path) {
  // The routes' own parts are asked for by the first file, once it has begun to wake the page.
  const files = "**/split_*.wasm";
  let release;
  const released = new Promise((resolve) => (release = resolve));
  await page.route(files, async (route) => {
    await released;
    await route.continue();
  });
  await Promise.all([page.waitForRequest(files), page.goto(path, { waitUntil: "commit" })]);
  return release;
}

/** Makes a folder a Git repository with all that is in it. Gives what commits once more. */
export async function repository(folder) {
  const git = (...args) => run("git", ["-c", "user.name=Test", "-c", "user.email=test@example.org", ...args], { cwd: folder });
  const commit = async () => {
    await git("add", "--all");
    await git("commit", "--quiet", "-m", "change");
  };
  await git("init", "--quiet");
  await commit();
  return commit;
}
