// One's own account: its sessions, what one did, which passwords it may have. (Its forms without JavaScript: without-scripts.spec.js.)
import { expect, test } from "../support/installation.js";
import * as people from "../support/people.js";

const { problem } = people;

/** A browser, with JavaScript or without it. */
const browserOf = async (browser, installation, javaScriptEnabled, storageState) => {
  if (!javaScriptEnabled) return people.scriptlessPage(browser, installation, storageState);
  const context = await browser.newContext({ baseURL: installation.url, storageState });
  return context.newPage();
};

test("one's own sessions are listed by their browsers, and another one is ended from here", async ({ browser, installation }) => {
  const { context, page: other } = await people.newPerson(browser, installation, "selma", "Selma Sessions");
  const page = await browserOf(browser, installation, true);
  await people.signIn(page, "selma");
  await expect(page).toHaveURL(/\/$/);
  await page.goto("/account");
  await people.ready(page);
  const rows = page.getByRole("table", { name: "Sessions" }).locator("tbody tr");
  await expect(rows).toHaveCount(2);
  await expect(rows.filter({ hasText: "This session" })).toHaveCount(1);
  await expect(rows.first()).toContainText(/ on (Linux|macOS|Windows)/);
  await rows.getByRole("button", { name: "End", exact: true }).click();
  await expect(page.locator(".toast").filter({ hasText: "That session has ended" })).toBeVisible();
  await expect(rows).toHaveCount(1);
  await other.goto("/catalog");
  await expect(other).toHaveURL(/\/sign-in/);
  // This browser goes on.
  await page.reload();
  await expect(page).toHaveURL(/\/account/);
  await page.context().close();
  await context.close();
});

test("an administrator signs somebody out everywhere, who may come back", async ({ browser, page: administrator, installation }) => {
  const { context, page } = await people.newPerson(browser, installation, "wanda", "Wanda Out");
  await people.openPerson(administrator, "Wanda Out");
  await administrator.getByRole("button", { name: "Sign out everywhere" }).click();
  await expect(administrator.locator(".toast").filter({ hasText: "Signed out everywhere" })).toBeVisible();
  await expect(administrator.getByRole("main")).not.toContainText("Disabled");
  await page.goto("/catalog");
  await expect(page).toHaveURL(/\/sign-in/);
  await people.signIn(page, "wanda");
  await expect(page).toHaveURL(/\/$/);
  await context.close();
});

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with JavaScript" : "without JavaScript";

  test(`everybody sees what they did themselves, a page at a time (${how})`, async ({ browser, installation }) => {
    const [username, name] = javaScriptEnabled ? ["rosa", "Rosa Record"] : ["rosi", "Rosi Record"];
    const { context } = await people.newPerson(browser, installation, username, name);
    // One row for the account that was made, and one for each of these.
    for (let times = 0; times < 20; times++) {
      await people.call(context, installation.url, "sign-in", { username, secret_password: people.PASSWORD, next: "/" });
    }
    const page = await browserOf(browser, installation, javaScriptEnabled, await context.storageState());
    await page.goto("/account");
    await people.ready(page);
    const rows = page.getByRole("table", { name: "Your activity" }).locator("tbody tr");
    // They differ in nothing but their time.
    await expect(rows).toHaveCount(1);
    await expect(rows.first()).toContainText("signed in");
    await expect(rows.first()).toContainText("20 times, from ");
    await expect(rows.first()).not.toContainText(`signed in ${name}`);
    // It is always oneself.
    await expect(page.getByRole("columnheader", { name: "Who" })).toHaveCount(0);
    await page.getByRole("navigation", { name: "Pages of your activity" }).getByRole("link", { name: "Next" }).click();
    await expect(rows).toHaveCount(1);
    await expect(rows).toContainText(`created the account ${name}`);
    await page.context().close();
    await context.close();
  });

  test(`who leads a team is led from their account to the changes to what it owns (${how})`, async ({ browser, page: administrator, installation }) => {
    const [username, name] = javaScriptEnabled ? ["lena", "Lena Leads"] : ["levi", "Levi Leads"];
    const { context } = await people.newPerson(browser, installation, username, name);
    const page = await browserOf(browser, installation, javaScriptEnabled, await context.storageState());
    const way = page.getByRole("link", { name: "Changes to what your teams own" });
    await page.goto("/account");
    await people.ready(page);
    await expect(page.getByRole("table", { name: "Your activity" })).toBeVisible();
    await expect(way).toHaveCount(0);
    await people.joinTeam(administrator, name, "Search", { leader: true });
    await page.reload();
    await people.ready(page);
    await way.click();
    await expect(page).toHaveURL(/\/settings\/audit$/);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Audit");
    await expect(page.getByRole("main")).toContainText("Changes to what your teams own, newest first.");
    const changes = page.getByRole("table", { name: "Changes" });
    await expect(changes.locator("tbody tr").first()).toContainText(`added ${name} to search`);
    // What no team owns, and what another one does, is not theirs to see.
    await expect(changes).not.toContainText("signed in");
    await expect(changes).not.toContainText(/payments/i);
    await expect(page.getByRole("main").locator(".chip")).toHaveText(["All", "Environments", "Catalog", "Accounts"]);
    await expect(page.getByRole("navigation", { name: "Breadcrumb" }).getByRole("link")).toHaveCount(0);
    await page.getByRole("main").getByRole("link", { name: "Accounts" }).click();
    await expect(page).toHaveURL(/\?action=account$/);
    await expect(changes.locator("tbody tr").first()).toContainText(`added ${name} to search`);
    await page.context().close();
    await context.close();
  });

  test(`a password that is guessed first is refused at its field, with the reason (${how})`, async ({ browser, page: administrator, installation }) => {
    const link = await people.invite(administrator);
    const page = await browserOf(browser, installation, javaScriptEnabled);
    await page.goto(link);
    await people.ready(page);
    const username = javaScriptEnabled ? "gustav" : "gunnar";
    await page.locator("[name=username]").fill(username);
    await page.locator("[name=name]").fill("Gus Guess");
    await page.locator("[name=secret_password]").fill("qwertyuiop123");
    await page.locator("form button[type=submit]").click();
    await expect(problem(page, "secret_password")).toContainText("Easy to guess: many people use it");
    await expect(page.locator("[name=username]")).toHaveValue(username);
    await page.locator("[name=secret_password]").fill(people.PASSWORD);
    await page.locator("form button[type=submit]").click();
    await expect(page).toHaveURL(/\/$/);
    await page.context().close();
  });
}

test("whoever is signed out while a page is open finds the way to sign in, and back", async ({ browser, installation }) => {
  const { context, page } = await people.newPerson(browser, installation, "sigrid", "Sigrid Signed Out");
  await page.goto("/catalog");
  await people.ready(page);
  await context.clearCookies();
  await page.locator("nav.rail a[href='/environments']").click();
  const way = page.getByRole("main").getByRole("link", { name: "Sign in", exact: true });
  await expect(way.first()).toHaveAttribute("href", "/sign-in?next=/environments");
  await expect(page.getByRole("main")).toContainText("You are signed out. Sign in again to go on.");
  await way.first().click();
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await context.close();
});
