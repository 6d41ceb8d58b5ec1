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
  await administrator.goto("/settings/people");
  await people.ready(administrator);
  const row = administrator.getByRole("row", { name: "Wanda Out" });
  await row.getByRole("button", { name: "Sign out everywhere" }).click();
  await expect(administrator.locator(".toast").filter({ hasText: "Signed out everywhere" })).toBeVisible();
  await expect(row).not.toContainText("Disabled");
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
    await expect(rows).toHaveCount(20);
    await expect(rows.first()).toContainText("signed in");
    await expect(rows.first()).not.toContainText(`signed in ${name}`);
    await page.getByRole("navigation", { name: "Pages of your activity" }).getByRole("link", { name: "Next" }).click();
    await expect(rows).toHaveCount(1);
    await expect(rows).toContainText(`created the account ${name}`);
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
