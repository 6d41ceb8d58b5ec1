// Who gets in, who is thrown out, and what each may do.
import { expect, test } from "../support/installation.js";
import * as people from "../support/people.js";

const { problem } = people;

/** A browser in which nobody is signed in. */
const stranger = async (browser, installation, options = {}) => {
  const context = await browser.newContext({ baseURL: installation.url, ...options });
  const page = await context.newPage();
  if (options.javaScriptEnabled === false) people.withoutScripts(page);
  return page;
};

test("the link of the first start makes one administrator, and says so to whoever opens it again", async ({ browser, installation }) => {
  const link = await installation.server.link();
  const page = await stranger(browser, installation);
  const answer = await page.goto(link);
  expect(answer.status()).toBeGreaterThanOrEqual(400);
  await expect(page.getByRole("main")).toContainText("This link cannot be used");
  await expect(page.getByRole("main")).toContainText("was used");
  await expect(page.locator("[name=username]")).toHaveCount(0);

  const again = await people.call(page.context(), installation.url, "accept-invitation", {
    secret_link: link.split("/").at(-1),
    username: "mallory",
    name: "Mallory",
    secret_password: people.PASSWORD,
  });
  expect(JSON.stringify(again)).toContain("This link was used");
  await page.getByRole("link", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/sign-in$/);
  await page.context().close();
});

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with JavaScript" : "without JavaScript";

  test(`an invitation makes one account, after its fields are right, and keeps what was typed (${how})`, async ({ browser, page: administrator, installation }) => {
    const link = await people.invite(administrator);
    const page = await stranger(browser, installation, { javaScriptEnabled });
    await page.goto(link);
    await people.ready(page);
    await expect(page.getByText("Create your account")).toBeVisible();
    const username = javaScriptEnabled ? "inga" : "ingo";
    await page.locator("[name=name]").fill("Inga Invited");
    await page.locator("[name=username]").fill("two words");
    await page.locator("[name=secret_password]").fill("short");
    await page.getByRole("button", { name: "Create account" }).click();
    await expect(problem(page, "username")).toContainText("without spaces");
    await expect(problem(page, "secret_password")).toContainText("At least 12 characters");
    await expect(page.locator("[name=name]")).toHaveValue("Inga Invited");
    await expect(page.locator("[name=username]")).toHaveValue("two words");
    await expect(page.locator("[name=username]")).toBeFocused();
    await expect(page.locator("[name=username]")).toHaveAttribute("aria-invalid", "true");
    // A secret that came back from the server would be in the page's text.
    if (!javaScriptEnabled) await expect(page.locator("[name=secret_password]")).toHaveValue("");

    await page.locator("[name=username]").fill(username);
    await page.locator("[name=secret_password]").fill(people.PASSWORD);
    await page.getByRole("button", { name: "Create account" }).click();
    await expect(page).toHaveURL(/\/$/);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await page.goto(link);
    await expect(page.getByRole("main")).toContainText("This link cannot be used");
    await page.context().close();
    await administrator.goto("/settings/people");
    await expect(administrator.getByRole("row", { name: username })).toContainText("Member");
  });

  test(`a wrong password is said at its field, and the name stays (${how})`, async ({ browser, installation }) => {
    const page = await stranger(browser, installation, { javaScriptEnabled });
    await people.signIn(page, "ada", "not the password at all");
    await expect(problem(page, "secret_password")).toContainText("The username or password is wrong");
    await expect(page.locator("[name=username]")).toHaveValue("ada");
    await expect(page.locator("[name=secret_password]")).toBeFocused();
    await page.locator("[name=secret_password]").fill(people.PASSWORD);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page).toHaveURL(/\/$/);
    await page.context().close();
  });

  test(`signing in leads to where somebody wanted to go, and signing out ends it (${how})`, async ({ browser, installation }) => {
    const page = await stranger(browser, installation, { javaScriptEnabled });
    await page.goto("/catalog?kind=api");
    await expect(page).toHaveURL(/\/sign-in\?next=/);
    await people.ready(page);
    await page.locator("[name=username]").fill("ada");
    await page.locator("[name=secret_password]").fill(people.PASSWORD);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page).toHaveURL(/\/catalog\?kind=api$/);
    await people.ready(page);
    const before = await page.context().storageState();
    await page.getByRole("button", { name: "Ada Lovelace" }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await expect(page).toHaveURL(/\/sign-in/);
    // What was the session is worth nothing now, even to whoever copied it.
    const thief = await browser.newContext({ baseURL: installation.url, storageState: before });
    const answer = await thief.request.get("/catalog", { maxRedirects: 0 });
    expect([302, 303, 307, 401]).toContain(answer.status());
    await thief.close();
    await page.context().close();
  });
}

test("who tries too many passwords is told how long to wait, with the right one too", async ({ browser, installation }) => {
  const { context, page } = await people.newPerson(browser, installation, "theo", "Theo Throttled");
  await context.clearCookies();
  for (let tries = 0; tries < 10; tries++) {
    await people.call(context, installation.url, "sign-in", { username: "theo", secret_password: `wrong password ${tries}`, next: "/" });
  }
  await people.signIn(page, "theo");
  await expect(page.locator(".form-problems, .field .error").first()).toContainText(/\d+ min/);
  await expect(page).toHaveURL(/\/sign-in/);
  await expect(page.locator("[name=username]")).toHaveValue("theo");
  console.log(`throttled: ${(await page.locator(".form-problems, .field .error").first().innerText()).trim()}`);
  await context.close();
});

test("signing out everywhere ends the sessions of all browsers", async ({ browser, installation }) => {
  const { context, page } = await people.newPerson(browser, installation, "eve", "Eve Rywhere");
  const other = await stranger(browser, installation);
  await people.signIn(other, "eve");
  await expect(other).toHaveURL(/\/$/);
  await page.goto("/account");
  await people.ready(page);
  await page.getByRole("button", { name: "Sign out everywhere" }).click();
  await expect(page).toHaveURL(/\/sign-in/);
  await other.goto("/catalog");
  await expect(other).toHaveURL(/\/sign-in\?next=/);
  await other.context().close();
  await context.close();
});

test("who is kept out is thrown out at once and cannot come back until let in again", async ({ browser, page: administrator, installation }) => {
  const { context, page } = await people.newPerson(browser, installation, "otto", "Otto Out");
  await page.goto("/catalog");
  await people.ready(page);
  await administrator.goto("/settings/people");
  await people.ready(administrator);
  const row = administrator.getByRole("row", { name: "Otto Out" });
  await row.getByRole("button", { name: "Disable" }).click();
  await expect(row).toContainText("Disabled");
  await page.goto("/catalog");
  await expect(page).toHaveURL(/\/sign-in/);
  await people.signIn(page, "otto");
  await expect(problem(page, "secret_password")).toBeVisible();
  await row.getByRole("button", { name: "Enable" }).click();
  await expect(row).not.toContainText("Disabled");
  await people.signIn(page, "otto");
  await expect(page).toHaveURL(/\/$/);
  await context.close();
});

test("a page that is open when its person is kept out says so when a link is followed", async ({ browser, page: administrator, installation }) => {
  const { context, page } = await people.newPerson(browser, installation, "olga", "Olga Open");
  await page.goto("/catalog");
  await people.ready(page);
  await administrator.goto("/settings/people");
  await people.ready(administrator);
  const row = administrator.getByRole("row", { name: "Olga Open" });
  await row.getByRole("button", { name: "Disable" }).click();
  await expect(row).toContainText("Disabled");
  await page.getByRole("link", { name: "Environments" }).first().click();
  await expect(page.locator("body")).toContainText(/sign in|signed out|signed in/i);
  // In words: how the server and the page talk is nobody's business.
  await expect(page.locator("body")).not.toContainText(/deserializ|Invalid format/);
  await context.close();
});

test("nobody is offered to disable their own account, nor can they", async ({ browser, page, installation }) => {
  const { context } = await people.newPerson(browser, installation, "nils", "Nils Next");
  await context.close();
  await page.goto("/settings/people");
  await people.ready(page);
  const row = (name) => page.getByRole("table", { name: "People" }).getByRole("row", { name });
  await expect(row("Nils Next").getByRole("button", { name: "Disable" })).toBeVisible();
  await expect(row("Ada Lovelace").getByRole("link", { name: "Reset password…" })).toBeVisible();
  await expect(row("Ada Lovelace").getByRole("button", { name: "Disable" })).toHaveCount(0);
  const { accounts } = await people.call(page.context(), installation.url, "accounts");
  const account = accounts.find((one) => one.username === "ada").id;
  const refused = await people.call(page.context(), installation.url, "disable-account", { account, disabled: "true" });
  expect(JSON.stringify(refused)).toContain("You cannot disable your own account");
  await page.reload();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("People");
});

test("an account is disabled and enabled on its own page too, and the page stays", async ({ browser, page, installation }) => {
  const { context } = await people.newPerson(browser, installation, "dora", "Dora Disabled");
  await context.close();
  await people.openPerson(page, "Dora Disabled");
  const address = page.url();
  await page.getByRole("button", { name: "Disable", exact: true }).click();
  await expect(page.locator(".page-title .status")).toHaveText("Disabled");
  const said = page.locator(".toast").filter({ hasText: "Dora Disabled is disabled and signed out everywhere. Enable undoes it." });
  await expect(said).toBeVisible();
  await expect(page.getByRole("button", { name: "Create reset link" })).toHaveCount(0);
  await page.getByRole("button", { name: "Enable", exact: true }).click();
  await expect(page.locator(".page-title .status")).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Create reset link" })).toBeVisible();
  expect(page.url()).toBe(address);
  await people.openPerson(page, "Ada Lovelace");
  await expect(page.getByRole("button", { name: "Disable", exact: true })).toHaveCount(0);
});

test("on a telephone the form to invite somebody is one step from the top, for the keyboard too", async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await page.goto("/settings/people");
  await people.ready(page);
  const invite = page.getByRole("main").getByRole("link", { name: "Invite someone" });
  await expect(invite).toBeInViewport();
  await invite.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Invite someone" })).toBeInViewport();
  await page.keyboard.press("Tab");
  await expect(page.locator("input[name=for_whom]")).toBeFocused();
});

test("a viewer sees the catalog, and is told who can where they cannot", async ({ browser, installation }) => {
  const { context, page } = await people.newPerson(browser, installation, "vic", "Vic Viewer");
  expect((await page.goto("/catalog/component/default/payments-api")).status()).toBe(200);
  await expect(page.getByRole("navigation", { name: "Rooms" }).getByRole("link", { name: "Settings" })).toHaveCount(0);
  const wrong = [];
  for (const path of ["", "/people", "/clusters", "/clusters/new", "/sources/new", "/blueprints/new", "/queue", "/audit"]) {
    const answer = await page.goto(`/settings${path}`);
    const said = (await page.locator("body").innerText()).replaceAll("\n", " ");
    if (answer.status() !== 403) wrong.push(`/settings${path} answers ${answer.status()}`);
    if (!/Only administrators|not allowed/i.test(said)) wrong.push(`/settings${path} does not say who can: ${said.slice(-200)}`);
  }
  expect(wrong).toEqual([]);

  const refusals = {
    invite: { administrator: "on" },
    "connect-cluster": { name: "x", access: "kubeconfig", secret_kubeconfig: "x" },
    "add-source": { name: "x", place: "folder", location: "/etc", branch: "", glob: "", every_minutes: "10", rule: "default", kinds: "", namespaces: "" },
    "publish-blueprint": { source: "x" },
    "withdraw-blueprint": { id: "01930d9c-7e2a-7c11-9d55-2f6f1f3c9a10" },
  };
  for (const [name, form] of Object.entries(refusals)) {
    const answer = await context.request.post(`${installation.url}/do/${name}`, { form, headers: { Origin: installation.url, Accept: "application/json" } });
    const text = await answer.text();
    expect(text, `${name} answers ${answer.status()}`).toContain("Only administrators");
  }
  await context.close();
});

test("only members of a team may request for it", async ({ browser, installation }) => {
  const { context } = await people.newPerson(browser, installation, "nora", "Nora None");
  const blueprint = await people.blueprintCalled(context, installation.url);
  const { clusters, teams } = await people.call(context, installation.url, "request-form", { blueprint });
  expect(teams).toEqual([]);
  const page = await context.newPage();
  await page.goto(`/environments/new/${blueprint}`);
  await expect(page.getByRole("main")).toContainText("You are not in a team yet");
  const admin = await browser.newContext({ storageState: installation.administrator });
  const cluster = clusters[0]?.value ?? (await people.call(admin, installation.url, "request-form", { blueprint })).clusters[0].value;
  await admin.close();
  const answer = await people.call(context, installation.url, "request-environment", {
    blueprint, name: "not-mine", team: "group:default/payments", entity: "", cluster, lifetime: "", "parameters[image]": "registry.example.com/team/web:1",
  });
  expect(JSON.stringify(answer)).toContain("Only members of payments can request an environment for it");
  await context.close();
});

test("nobody is added to no team, a team that the catalog does not have is refused, and a person can be taken out again", async ({ browser, page, installation }) => {
  const { context } = await people.newPerson(browser, installation, "tina", "Tina Team");
  await context.close();
  await page.goto("/settings/people");
  await people.ready(page);
  await page.locator("select[name=account]").selectOption({ label: "Tina Team" });
  await page.getByRole("button", { name: "Add to team" }).click();
  await expect(page.locator(".field", { has: page.locator("select[name=team]") }).locator(".error")).toHaveText("Choose a team.");
  await expect(page.locator("select[name=account] option:checked")).toHaveText("Tina Team");
  const account = await page.locator("select[name=account]").inputValue();
  const form = { account, team: "no-such-team" };
  const answer = await page.request.post(`${installation.url}/do/attach-team`, { form, headers: { Origin: installation.url, Accept: "application/json" } });
  expect(await answer.text()).toContain("The catalog has no group no-such-team");
  await people.joinTeam(page, "Tina Team", "Search");
  const row = page.getByRole("row", { name: "Tina Team" });
  await row.getByRole("button", { name: "Remove Tina Team from Search" }).click();
  await expect(row.getByText("Search", { exact: true })).toHaveCount(0);
});

test("a new password works, the old one does not, and the other sessions have ended", async ({ browser, installation }) => {
  const { context, page } = await people.newPerson(browser, installation, "petra", "Petra Password");
  const other = await stranger(browser, installation);
  await people.signIn(other, "petra");
  await expect(other).toHaveURL(/\/$/);
  await page.goto("/account");
  await people.ready(page);
  const change = async (old, next) => {
    await page.locator("[name=secret_old]").fill(old);
    await page.locator("[name=secret_new]").fill(next);
    await page.getByRole("button", { name: "Change password" }).click();
  };
  await change("this is not it at all", "an entirely new one");
  await expect(problem(page, "secret_old")).toContainText("This is not your password");
  await change(people.PASSWORD, "too short");
  await expect(problem(page, "secret_new")).toContainText("At least 12 characters");
  await change(people.PASSWORD, "an entirely new one");
  await expect(page.getByText("Your password is changed")).toBeVisible();
  // This browser goes on.
  expect((await page.goto("/catalog")).status()).toBe(200);
  await expect(page).toHaveURL(/\/catalog$/);
  await other.goto("/catalog");
  await expect(other).toHaveURL(/\/sign-in/);
  await people.signIn(other, "petra");
  await expect(problem(other, "secret_password")).toBeVisible();
  await people.signIn(other, "petra", "an entirely new one");
  await expect(other).toHaveURL(/\/$/);
  await other.context().close();
  await context.close();
});

test("the record says in words who was invited and who was kept out", async ({ browser, page, installation }) => {
  const { context } = await people.newPerson(browser, installation, "rhea", "Rhea Recorded");
  await context.close();
  await page.goto("/settings/people");
  await people.ready(page);
  const row = page.getByRole("row", { name: "Rhea Recorded" });
  await row.getByRole("button", { name: "Disable" }).click();
  await expect(row).toContainText("Disabled");
  await page.goto("/settings/audit?action=account");
  await expect(page.getByRole("table", { name: "Changes" })).toContainText("created an invitation");
  const said = await page.getByRole("table", { name: "Changes" }).innerText();
  // Words, not the names of actions.
  expect(said).not.toMatch(/account\.[a-z_]+/);
});

test("a link that was given out can be withdrawn", async ({ browser, page, installation }) => {
  const link = await people.invite(page);
  const card = page.locator(".card", { hasText: "Pending invitations" });
  const rows = card.getByRole("row").filter({ has: page.getByRole("button", { name: "Revoke" }) });
  await page.reload();
  await people.ready(page);
  const before = await rows.count();
  expect(before).toBeGreaterThan(0);
  // The newest stands first.
  await rows.first().getByRole("button", { name: "Revoke" }).click();
  await expect(page.locator(".toast").filter({ hasText: "The invitation is revoked" })).toBeVisible();
  await expect(rows).toHaveCount(before - 1);
  const stranger = await browser.newContext({ baseURL: installation.url });
  const theirs = await stranger.newPage();
  await theirs.goto(link);
  await expect(theirs.getByRole("main")).toContainText("This link was used, has expired, or is not valid");
  await stranger.close();
  // Who is signed in is told so, and led home.
  await page.goto(link);
  await expect(page.getByRole("link", { name: "Go home" })).toBeVisible();
});

test("a double click withdraws one link, not the one that comes under the pointer as well", async ({ page }) => {
  for (let times = 0; times < 2; times++) await people.invite(page);
  await page.reload();
  await people.ready(page);
  const revoke = page.getByRole("table", { name: "Pending invitations" }).getByRole("button", { name: "Revoke" });
  const before = await revoke.count();
  const asked = [];
  page.on("request", (request) => request.url().endsWith("/do/withdraw-invitation") && asked.push(request.method()));
  await revoke.first().scrollIntoViewIfNeeded();
  const { x, y, width, height } = await revoke.first().boundingBox();
  const click = () => page.mouse.click(x + width / 2, y + height / 2);
  await click();
  const left = (count) => [...document.querySelectorAll("table button")].filter((one) => one.innerText.trim() === "Revoke").length === count;
  await page.waitForFunction(left, before - 1);
  await click();
  await page.reload();
  await expect(revoke).toHaveCount(before - 1);
  expect(asked).toEqual(["POST"]);
});

test("what a form was refused for is not said again once it was done on the same page", async ({ browser, page, installation }) => {
  const { context } = await people.newPerson(browser, installation, "flora", "Flora Flash");
  await context.close();
  await page.goto("/settings/people");
  await people.ready(page);
  await page.locator("select[name=account]").selectOption({ label: "Flora Flash" });
  // As the browser posts it by itself where a page has not woken up yet.
  await page.locator("form[action='/do/attach-team']").evaluate((form) => form.submit());
  await expect(problem(page, "team")).toBeVisible();
  await people.ready(page);
  await page.locator("select[name=team]").selectOption({ label: "Search" });
  await page.getByRole("button", { name: "Add to team" }).click();
  await expect(page.getByRole("row", { name: "Flora Flash" }).getByText("Search", { exact: true })).toBeVisible();
  await expect(problem(page, "team")).toHaveCount(0);
});

test("without JavaScript, a link is shown once and lies nowhere in clear", async ({ browser, installation }) => {
  const page = await people.scriptlessPage(browser, installation, installation.administrator);
  const link = await people.invite(page);
  expect(link).toContain("/welcome/");
  await page.reload();
  await expect(page.locator(".toast").filter({ hasText: "/welcome/" })).toHaveCount(0);
  await page.context().close();
});
