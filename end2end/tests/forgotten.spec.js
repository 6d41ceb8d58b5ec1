// The way back of whoever forgot their password, and who is made an administrator.
import { expect, test } from "../support/installation.js";
import * as people from "../support/people.js";

const { problem } = people;
const NEW = "an entirely new one";

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with JavaScript" : "without JavaScript";

  /** A browser of a stranger, or of who is signed in so. */
  const browserOf = async (browser, installation, storageState) => {
    if (!javaScriptEnabled) return people.scriptlessPage(browser, installation, storageState);
    const context = await browser.newContext({ baseURL: installation.url, storageState });
    return context.newPage();
  };

  test(`who forgot their password comes back by a link that an administrator makes, once (${how})`, async ({ browser, installation }) => {
    const [username, name] = javaScriptEnabled ? ["fay", "Fay Forgetful"] : ["finn", "Finn Forgetful"];
    const { context, page: signedIn } = await people.newPerson(browser, installation, username, name);
    const administrator = await browserOf(browser, installation, installation.administrator);
    const page = await browserOf(browser, installation);
    await page.goto("/sign-in");
    await expect(page.getByRole("main")).toContainText("Forgot your password? Ask an administrator for a reset link.");

    const older = await people.resetLink(administrator, name);
    const link = await people.resetLink(administrator, name);
    await page.goto(older);
    await expect(page.getByRole("main")).toContainText("This link cannot be used");
    await page.goto(link);
    await people.ready(page);
    await expect(page.getByRole("main")).toContainText(`You sign in as ${username}.`);
    await page.locator("[name=secret_new]").fill("too short");
    await page.getByRole("button", { name: "Set password" }).click();
    await expect(problem(page, "secret_new")).toContainText("At least 12 characters");
    await page.locator("[name=secret_new]").fill(NEW);
    await page.getByRole("button", { name: "Set password" }).click();
    await expect(page).toHaveURL(/\/$/);
    expect((await page.goto("/catalog")).status()).toBe(200);
    await expect(page).toHaveURL(/\/catalog$/);

    // The sessions of before have ended, and so has the old password.
    await signedIn.goto("/catalog");
    await expect(signedIn).toHaveURL(/\/sign-in/);
    await people.signIn(signedIn, username);
    await expect(problem(signedIn, "secret_password")).toBeVisible();
    await people.signIn(signedIn, username, NEW);
    await expect(signedIn).toHaveURL(/\/$/);
    await page.goto(link);
    await expect(page.getByRole("main")).toContainText("This link cannot be used");

    await administrator.goto("/settings/audit?action=account");
    const changes = administrator.getByRole("table", { name: "Changes" });
    await expect(changes).toContainText(`created a reset link for ${name}`);
    await expect(changes).toContainText(`set a new password, by a reset link, for ${name}`);
    for (const one of [page, administrator]) await one.context().close();
    await context.close();
  });

  test(`an administrator is made and unmade after a box is ticked, and it holds at once (${how})`, async ({ browser, installation }) => {
    const [username, name] = javaScriptEnabled ? ["mara", "Mara Made"] : ["mika", "Mika Made"];
    const { context, page } = await people.newPerson(browser, installation, username, name);
    const administrator = await browserOf(browser, installation, installation.administrator);
    const asked = async () => (await page.goto("/settings/people")).status();
    expect(await asked()).toBe(403);
    await people.openPerson(administrator, name);
    const box = administrator.locator("input[name=confirmed]");
    await administrator.getByRole("button", { name: "Make administrator" }).click();
    await expect(administrator.locator(".check", { has: box }).locator(".error")).toHaveText("Tick this box if you mean it.");
    await box.check();
    await administrator.getByRole("button", { name: "Make administrator" }).click();
    await expect(administrator.getByText(`${name} is an administrator and has full access to Slipway.`)).toBeVisible();
    await expect(administrator.locator(".toast").last()).toContainText(`${name} is now an administrator`);
    expect(await asked()).toBe(200);
    await box.check();
    await administrator.getByRole("button", { name: "Remove as administrator" }).click();
    await expect(administrator.getByRole("button", { name: "Make administrator" })).toBeVisible();
    await expect(administrator.locator(".toast").last()).toContainText(`${name} is no longer an administrator`);
    expect(await asked()).toBe(403);
    await administrator.context().close();
    await context.close();
  });
}

test("the links that let somebody in can be copied", async ({ browser, page, installation }) => {
  const { context } = await people.newPerson(browser, installation, "cora", "Cora Copied");
  await context.close();
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  const copied = async (link) => {
    await page.locator(".toast").last().getByRole("button", { name: "Copy", exact: true }).click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(link);
  };
  await copied(await people.invite(page));
  await copied(await people.resetLink(page, "Cora Copied"));
});

test("a pending invitation says for whom it is and what it makes", async ({ page }) => {
  await page.goto("/settings/people");
  await people.ready(page);
  await page.locator("input[name=for_whom]").fill("Nora Nowak");
  await page.locator("input[name=administrator]").check();
  await page.getByRole("button", { name: "Create invite link" }).click();
  const row = page.getByRole("table", { name: "Pending invitations" }).getByRole("row", { name: "Nora Nowak" });
  await expect(row).toContainText("Administrator");
  await row.getByRole("button", { name: "Revoke" }).click();
  await expect(row).toHaveCount(0);
});

test("a pending reset link is seen on the account's page, and can be revoked", async ({ browser, page, installation }) => {
  const { context, page: theirs } = await people.newPerson(browser, installation, "rena", "Rena Revoked");
  const link = await people.resetLink(page, "Rena Revoked");
  await expect(page.getByRole("main")).toContainText(/A link made by .+ works until \d{1,2} \w{3} \d{4}, \d\d:\d\d/);
  await page.getByRole("button", { name: "Revoke reset link" }).click();
  await expect(page.getByRole("button", { name: "Revoke reset link" })).toHaveCount(0);
  await context.clearCookies();
  await theirs.goto(link);
  await expect(theirs.getByRole("main")).toContainText("This link cannot be used");
  await context.close();
});
