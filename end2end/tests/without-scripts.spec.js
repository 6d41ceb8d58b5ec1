// The forms that no other test sends without JavaScript: each sent wrong where it can be, then right, and looked at again by a reload.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { component, fact, folderWith, wasRead } from "../support/catalog.js";
import { expect, image, test } from "../support/installation.js";
import * as people from "../support/people.js";

test.use({ javaScriptEnabled: false });

const { problem } = people;
const main = (page) => page.getByRole("main");
const toast = (page, words) => page.locator(".toast").filter({ hasText: words });
const status = (page) => page.locator(".page-title .status");
const person = (page, name) => page.getByRole("table", { name: "People" }).getByRole("row", { name });

/** Somebody new, with the browser that they made their account in. */
const somebody = async (browser, installation, username, name) => (await people.newPerson(browser, installation, username, name)).page;

test("somebody is put into a team, leading it, and taken out again", async ({ browser, page, installation }) => {
  await (await somebody(browser, installation, "tove", "Tove Teamless")).context().close();
  await page.goto("/settings/people");
  const row = person(page, "Tove Teamless");
  const add = page.getByRole("button", { name: "Add to team" });
  await page.locator("select[name=account]").selectOption({ label: "Tove Teamless" });
  await page.locator("input[name=leader]").check();
  await add.click();
  await expect(problem(page, "team")).toHaveText("Choose a team.");
  await expect(page.locator("select[name=team]")).toBeFocused();
  await expect(page.locator("select[name=account] option:checked")).toHaveText("Tove Teamless");
  await expect(page.locator("input[name=leader]")).toBeChecked();

  await page.locator("select[name=team]").selectOption({ label: "Search" });
  await add.click();
  await expect(toast(page, "was added to Search")).toBeVisible();
  await page.reload();
  await expect(row.getByText("Search (leader)", { exact: true })).toBeVisible();
  // What was said in passing, and what was typed, is gone with the page that said it.
  await expect(page.locator(".toast")).toHaveCount(0);
  await expect(page.locator("input[name=leader]")).not.toBeChecked();

  await row.getByRole("button", { name: "Remove Tove Teamless from Search" }).click();
  await expect(row.getByText("Search (leader)", { exact: true })).toHaveCount(0);
  await page.reload();
  await expect(row).toBeVisible();
  await expect(row.getByText("Search (leader)", { exact: true })).toHaveCount(0);
});

test("somebody is kept out and let in again, and nobody keeps themselves out", async ({ browser, page, installation }) => {
  const theirs = await somebody(browser, installation, "kurt", "Kurt Keptout");
  const again = await people.scriptlessPage(browser, installation);
  await page.goto("/settings/people");
  await expect(person(page, "Ada Lovelace").getByRole("button", { name: "Disable" })).toHaveCount(0);

  const row = person(page, "Kurt Keptout");
  await row.getByRole("button", { name: "Disable" }).click();
  await expect(row).toContainText("Disabled");
  await page.reload();
  await expect(row).toContainText("Disabled");
  await theirs.goto("/catalog");
  await expect(theirs).toHaveURL(/\/sign-in\?next=/);
  await people.signIn(again, "kurt");
  await expect(problem(again, "secret_password")).toContainText("The username or password is wrong");

  await row.getByRole("button", { name: "Enable" }).click();
  await expect(row.getByRole("button", { name: "Disable" })).toBeVisible();
  await page.reload();
  await expect(row).toBeVisible();
  await expect(row).not.toContainText("Disabled");
  await again.locator("[name=secret_password]").fill(people.PASSWORD);
  await again.getByRole("button", { name: "Sign in" }).click();
  await expect(again).toHaveURL(/\/$/);
  await again.context().close();
  await theirs.context().close();
});

test("a password is changed once both are right, and the other sessions end", async ({ browser, installation }) => {
  const other = await somebody(browser, installation, "pia", "Pia Password");
  const page = await people.scriptlessPage(browser, installation);
  await people.signIn(page, "pia");
  await expect(page).toHaveURL(/\/$/);
  await page.goto("/account");
  const fresh = "an entirely new one";
  const change = async (before, after) => {
    await page.locator("[name=secret_old]").fill(before);
    await page.locator("[name=secret_new]").fill(after);
    await page.getByRole("button", { name: "Change password" }).click();
  };
  const refused = async (name, words) => {
    await expect(problem(page, name)).toContainText(words);
    await expect(page).toHaveURL(/\/account$/);
    await expect(page.locator(`[name=${name}]`)).toBeFocused();
    // Neither comes back.
    for (const field of ["secret_old", "secret_new"]) await expect(page.locator(`[name=${field}]`)).toHaveValue("");
    expect(await page.content()).not.toContain(fresh);
  };
  await change("this is not it at all", fresh);
  await refused("secret_old", "This is not your password");
  await change(people.PASSWORD, "too short");
  await refused("secret_new", "At least 12 characters");
  await change(people.PASSWORD, fresh);
  await expect(toast(page, "Your password is changed. Your other sessions have ended")).toBeVisible();
  // This browser goes on.
  await page.reload();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Your account");
  await other.goto("/catalog");
  await expect(other).toHaveURL(/\/sign-in\?next=/);
  await people.signIn(other, "pia");
  await expect(problem(other, "secret_password")).toBeVisible();
  await people.signIn(other, "pia", fresh);
  await expect(other).toHaveURL(/\/$/);
  await page.context().close();
  await other.context().close();
});

test("a session is ended by itself, all of them by an administrator, and all of them by whose they are", async ({ browser, page: administrator, installation }) => {
  const other = await somebody(browser, installation, "sven", "Sven Sessions");
  const page = await people.scriptlessPage(browser, installation);
  const signsIn = async () => {
    await people.signIn(page, "sven");
    await expect(page).toHaveURL(/\/$/);
    await page.goto("/account");
  };
  const isOut = async (each) => {
    await each.goto("/catalog");
    await expect(each).toHaveURL(/\/sign-in\?next=/);
  };
  await signsIn();
  const rows = page.getByRole("table", { name: "Sessions" }).locator("tbody tr");
  await expect(rows).toHaveCount(2);
  // This one is ended by signing out.
  await expect(rows.getByRole("button", { name: "End", exact: true })).toHaveCount(1);
  await rows.getByRole("button", { name: "End", exact: true }).click();
  await expect(toast(page, "That session has ended")).toBeVisible();
  await page.reload();
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText("This session");
  await isOut(other);

  await people.openPerson(administrator, "Sven Sessions");
  await administrator.getByRole("button", { name: "Sign out everywhere" }).click();
  await expect(toast(administrator, "Signed out everywhere")).toBeVisible();
  await isOut(page);

  // Their password still lets them in.
  await signsIn();
  await people.signIn(other, "sven");
  await expect(other).toHaveURL(/\/$/);
  await page.getByRole("button", { name: "Sign out everywhere" }).click();
  await expect(page).toHaveURL(/\/sign-in$/);
  await isOut(page);
  await isOut(other);
  await page.context().close();
  await other.context().close();
});

test("a link that was given out is withdrawn", async ({ browser, page, installation }) => {
  const link = await people.invite(page);
  const rows = page.getByRole("table", { name: "Pending invitations" }).getByRole("row").filter({ has: page.getByRole("button", { name: "Revoke" }) });
  await page.reload();
  await expect(rows.first()).toBeVisible();
  const before = await rows.count();
  // The newest stands first.
  await rows.first().getByRole("button", { name: "Revoke" }).click();
  await expect(toast(page, "The invitation is revoked")).toBeVisible();
  await page.reload();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("People");
  await expect(rows).toHaveCount(before - 1);
  const stranger = await people.scriptlessPage(browser, installation);
  await stranger.goto(link);
  await expect(main(stranger)).toContainText("This link cannot be used");
  await stranger.context().close();
});

test("why a form was refused is said by the page where the form is gone, and by the form where it is there", async ({ page }) => {
  const said = page.locator(".left-over");
  await people.invite(page);
  const other = people.withoutScripts(await page.context().newPage());
  for (const each of [page, other]) await each.goto("/settings/people");
  const revoke = (each) => each.getByRole("table", { name: "Pending invitations" }).getByRole("button", { name: "Revoke" }).first();
  await revoke(other).click();
  await expect(toast(other, "The invitation is revoked")).toBeVisible();
  await revoke(page).click();
  await expect(said).toBeVisible();
  await expect(said).toContainText("That link has already been used or revoked");
  await page.reload();
  await expect(said).toHaveCount(0);

  await page.getByRole("button", { name: "Add to team" }).click();
  await expect(problem(page, "team")).toHaveText("Choose a team.");
  await expect(said).toBeHidden();
  await other.close();
});

test("a source is changed, read at once and removed", async ({ page, installation }) => {
  const folder = await folderWith(installation, "plain-source", { "catalog-info.yaml": component("plain-first") });
  await people.addSource(page, "Plain source", folder);
  await wasRead(page);
  const source = page.url();
  await page.getByRole("navigation", { name: "Parts of the source" }).getByRole("link", { name: "Settings" }).click();
  const save = page.getByRole("button", { name: "Save and read it" });
  await expect(page.getByRole("main").locator(".button.primary")).toHaveText("Save and read it");
  const typed = { name: "Plainer source", location: "relative/path", glob: "**/catalog-info.yaml", every_minutes: "often", namespaces: "under_score" };
  for (const [name, text] of Object.entries(typed)) await page.locator(`[name=${name}]`).fill(text);
  await save.click();
  await expect(problem(page, "location")).toContainText("Give an absolute path");
  await expect(problem(page, "every_minutes")).toContainText(/Give 1 to \d+ minutes/);
  await expect(problem(page, "namespaces")).toContainText("“under_score” is not a namespace");
  await expect(page.locator(".form-problems li")).toHaveCount(3);
  await expect(page).toHaveURL(`${source}?tab=change`);
  await expect(page.locator("[name=location]")).toBeFocused();
  for (const [name, text] of Object.entries(typed)) await expect(page.locator(`[name=${name}]`)).toHaveValue(text);
  await expect(page.locator("[name=trusted]")).toBeChecked();

  const right = { location: folder, every_minutes: "60", namespaces: "default" };
  for (const [name, text] of Object.entries(right)) await page.locator(`[name=${name}]`).fill(text);
  await save.click();
  await expect(toast(page, "Saved. Reading it now")).toBeVisible();
  await expect(page).toHaveURL(source);
  await page.reload();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Plainer source");
  await expect(fact(page, "Read")).toHaveText("every hour");
  await expect(fact(page, "Starts from")).toHaveText("**/catalog-info.yaml");
  await expect(main(page)).toContainText("in the namespaces default");

  await writeFile(join(folder, "catalog-info.yaml"), `${component("plain-first")}---\n${component("plain-second")}`);
  await page.getByRole("button", { name: "Read now" }).click();
  await expect(toast(page, "Reading it now")).toBeVisible();
  await people.reloadUntil(page, () => expect(fact(page, "In the catalog")).toHaveText("2", { timeout: 200 }), 30);
  expect((await page.goto("/catalog/component/default/plain-second")).status()).toBe(200);

  await page.goto(source);
  await page.getByRole("link", { name: "Remove", exact: true }).click();
  await expect(main(page)).toContainText("2 entities that it defines will be marked as orphaned");
  await page.getByRole("button", { name: "Remove Plainer source" }).click();
  await expect(toast(page, "The source is removed")).toBeVisible();
  await expect(page).toHaveURL(/\/settings\/sources$/);
  await page.reload();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Catalog sources");
  await expect(page.getByRole("row", { name: /Plainer source/ })).toHaveCount(0);
  expect((await page.goto(source)).status()).toBe(404);
  await page.goto("/catalog/component/default/plain-first");
  await expect(main(page)).toContainText("No file defines it any more");

  // What it left is removed at once.
  await page.goto("/settings/sources");
  await page.getByRole("listitem").filter({ hasText: "Plainer source" }).getByRole("link", { name: /^Remove them/ }).click();
  await expect(main(page)).toContainText("Component (2): plain-first, plain-second");
  await page.getByRole("button", { name: "Remove 2 entities" }).click();
  await expect(toast(page, "2 orphaned entities are removed")).toBeVisible();
  expect((await page.goto("/catalog/component/default/plain-first")).status()).toBe(404);
});

test("what is in no file any more is removed, and nothing else can be", async ({ page, installation }) => {
  const folder = await folderWith(installation, "plain-orphans", { "catalog-info.yaml": `${component("plain-stays")}---\n${component("plain-leaves")}` });
  await people.addSource(page, "Plain orphans", folder);
  await wasRead(page);
  await page.goto("/catalog/component/default/plain-leaves/remove");
  await expect(main(page)).toContainText("It cannot be removed here");
  await expect(main(page).getByRole("button")).toHaveCount(0);

  await writeFile(join(folder, "catalog-info.yaml"), component("plain-stays"));
  // From the list of sources, where each has its own form.
  await page.goto("/settings/sources");
  await page.getByRole("row", { name: /Plain orphans/ }).getByRole("button", { name: /^Read now/ }).click();
  await expect(page).toHaveURL(/\/settings\/sources\/[0-9a-f-]{36}$/);
  await page.goto("/catalog/component/default/plain-leaves");
  await people.reloadUntil(page, () => expect(main(page)).toContainText("No file defines it any more", { timeout: 200 }), 30);
  await page.getByRole("link", { name: "Remove it" }).click();
  await page.getByRole("button", { name: "Remove plain-leaves" }).click();
  await expect(toast(page, "component:default/plain-leaves is removed")).toBeVisible();
  await expect(page).toHaveURL(/\/catalog$/);
  expect((await page.goto("/catalog/component/default/plain-leaves")).status()).toBe(404);
  expect((await page.goto("/catalog/component/default/plain-stays")).status()).toBe(200);
});

test("a cluster is connected, changed, tested and removed", async ({ page, spare }) => {
  const kubeconfig = await spare.slipwayKubeconfig();
  const works = "It answers, and Slipway has every permission it needs";
  const text = page.locator("[name=secret_kubeconfig]");
  const team = page.getByRole("checkbox", { name: "Search", exact: true });
  await page.goto("/settings/clusters/new");
  // Only a script reads a file into the form.
  await expect(page.locator("input[type=file]")).toBeHidden();
  const typed = { name: "Tried plainly", context: "another", base_domain: "plain.example.com", environments_per_team: "some" };
  for (const [name, value] of Object.entries(typed)) await page.locator(`[name=${name}]`).fill(value);
  await page.locator("[name=https]").uncheck();
  await team.check();
  await text.fill(kubeconfig);
  await page.getByRole("button", { name: "Connect and test" }).click();
  await expect(problem(page, "context")).toHaveText("Choose one of: slipway.");
  await expect(problem(page, "environments_per_team")).toContainText("A whole number from 1 to");
  await expect(page.locator("[name=context]")).toBeFocused();
  for (const [name, value] of Object.entries(typed)) await expect(page.locator(`[name=${name}]`)).toHaveValue(value);
  await expect(page.locator("[name=https]")).not.toBeChecked();
  await expect(team).toBeChecked();
  await expect(text).toHaveValue("");

  const right = { context: "slipway", environments_per_team: "3", secret_kubeconfig: kubeconfig };
  for (const [name, value] of Object.entries(right)) await page.locator(`[name=${name}]`).fill(value);
  await page.getByRole("button", { name: "Connect and test" }).click();
  await expect(toast(page, works)).toBeVisible();
  await expect(page).toHaveURL(/\/settings\/clusters\/[0-9a-f-]{36}$/);
  const cluster = page.url();
  await page.reload();
  await expect(status(page)).toHaveText("Works");
  await expect(fact(page, "Signs in with")).toHaveText("Kubeconfig, context slipway");
  for (const [name, value] of [["name", "Tried plainly"], ["base_domain", "plain.example.com"], ["environments_per_team", "3"]]) await expect(page.locator(`[name=${name}]`)).toHaveValue(value);
  await expect(page.locator("[name=https]")).not.toBeChecked();
  await expect(team).toBeChecked();

  // It is asked for where another one is chosen, and kept where none is.
  const save = page.getByRole("button", { name: "Save and test" });
  await expect(text).toBeHidden();
  await page.locator("[name=access][value=kubeconfig]").check();
  await page.locator("[name=name]").fill("Changed plainly");
  await team.uncheck();
  await text.fill("not a kubeconfig");
  await save.click();
  await expect(problem(page, "secret_kubeconfig")).toBeVisible();
  await expect(page).toHaveURL(cluster);
  await expect(text).toBeFocused();
  await expect(text).toHaveValue("");
  await expect(page.locator("[name=access][value=kubeconfig]")).toBeChecked();
  await expect(page.locator("[name=name]")).toHaveValue("Changed plainly");
  await expect(team).not.toBeChecked();
  await page.locator("[name=access][value=keep]").check();
  await save.click();
  await expect(toast(page, works)).toBeVisible();
  await page.reload();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Changed plainly");
  await expect(fact(page, "Signs in with")).toHaveText("Kubeconfig, context slipway");
  await expect(team).not.toBeChecked();

  await page.getByRole("button", { name: "Test", exact: true }).click();
  await expect(toast(page, works)).toBeVisible();
  await expect(status(page)).toHaveText("Works");
  await page.getByRole("link", { name: "Remove", exact: true }).click();
  await page.locator("[name=name]").fill("Tried plainly");
  await page.getByRole("button", { name: "Remove Changed plainly", exact: true }).click();
  await expect(problem(page, "name")).toHaveText("Type Changed plainly to remove it.");
  await expect(page.locator("[name=name]")).toHaveValue("Tried plainly");
  await page.locator("[name=name]").fill("Changed plainly");
  await page.getByRole("button", { name: "Remove Changed plainly", exact: true }).click();
  await expect(toast(page, "Changed plainly is removed")).toBeVisible();
  await page.reload();
  await expect(page.getByRole("row", { name: /Staging/ })).toBeVisible();
  await expect(page.getByRole("row", { name: /Changed plainly/ })).toHaveCount(0);
  expect((await page.goto(cluster)).status()).toBe(404);
});

test("what comes up is stopped", async ({ page }) => {
  const url = await people.requestEnvironment(page, { name: "stopped-plainly", image: image("slow-600s") });
  await people.becomes(page, "Setting up · step 3 of 3", 30);
  await page.getByRole("button", { name: "Cancel", exact: true }).click();
  await expect(toast(page, "It stops at its next safe point")).toBeVisible();
  await expect(page).toHaveURL(url);
  await people.becomes(page, "Cancelled", 30);
  await expect(main(page)).toContainText("It was cancelled before it was ready.");
  await expect(page.getByRole("button", { name: "Retry" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Cancel", exact: true })).toHaveCount(0);
  await page.getByRole("link", { name: "History" }).click();
  await expect(main(page)).toContainText("Requested cancellation");
});

test("the theme, the height of rows and the width of the rail are kept, and one stays on the page", async ({ page }) => {
  const root = page.locator("html");
  const here = /\/catalog\?kind=api$/;
  const stays = async (check) => {
    await check();
    await expect(page).toHaveURL(here);
    await page.reload();
    await check();
  };
  await page.goto("/catalog?kind=api");
  for (const [word, attribute, value] of [
    ["Dark", "data-theme", "dark"],
    ["Light", "data-theme", "light"],
    ["System", "data-theme", null],
    ["Compact", "data-density", "compact"],
    ["Comfortable", "data-density", null],
  ]) {
    await page.getByRole("button", { name: "Ada Lovelace" }).click();
    const button = page.locator("#profile").getByRole("button", { name: word, exact: true });
    await expect(button).toHaveAttribute("aria-pressed", "false");
    await button.click();
    await stays(() => (value ? expect(root).toHaveAttribute(attribute, value) : expect(root).not.toHaveAttribute(attribute)));
    await expect(page.locator("#profile button[aria-pressed=true]", { hasText: word })).toHaveCount(1);
  }
  await page.getByRole("button", { name: "Collapse", exact: true }).click();
  await stays(() => expect(root).toHaveAttribute("data-rail", "narrow"));
  await page.goto("/environments");
  await expect(root).toHaveAttribute("data-rail", "narrow");
  await page.goto("/catalog?kind=api");
  await page.getByRole("button", { name: "Expand", exact: true }).click();
  await stays(() => expect(root).not.toHaveAttribute("data-rail"));
});
