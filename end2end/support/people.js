// What people do in the browser, by the words that they see. With JavaScript and without it.
import { expect } from "@playwright/test";

export const PASSWORD = "correct horse battery";

/** Uses the one-time link and is signed in afterwards. */
export async function accept(page, link, username, name) {
  await page.goto(link);
  await ready(page);
  await page.locator("[name=username]").fill(username);
  await page.locator("[name=name]").fill(name);
  await page.locator("[name=secret_password]").fill(PASSWORD);
  await page.locator("form button[type=submit]").click();
  await expect(page).toHaveURL(/\/$/);
}

export async function signIn(page, username, password = PASSWORD) {
  await page.goto("/sign-in");
  await ready(page);
  await page.locator("[name=username]").fill(username);
  await page.locator("[name=secret_password]").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

const scriptless = new WeakSet();

/** Says that a page's browser runs no scripts. */
export function withoutScripts(page) {
  scriptless.add(page);
  return page;
}

export const scripted = (page) => !scriptless.has(page);

/** A page of somebody who is signed in so, of a stranger without, in a browser that runs no scripts. */
export async function scriptlessPage(browser, installation, storageState) {
  const context = await browser.newContext({ baseURL: installation.url, storageState, javaScriptEnabled: false });
  return withoutScripts(await context.newPage());
}

/** Waits until the page has woken up, where it does. */
export async function ready(page) {
  if (scripted(page)) await page.locator("html[data-awake]").waitFor({ state: "attached" });
}

/** What a form says is wrong at a field. */
export const problem = (page, name) => page.locator(".field", { has: page.locator(`[name="${name}"]`) }).locator(".error");

export async function addSource(page, name, folder, { trusted = true, glob = "", git = false } = {}) {
  await page.goto("/settings/sources/new");
  await ready(page);
  await page.locator("[name=name]").fill(name);
  await page.locator("[name=location]").fill(folder);
  if (git) await page.locator("[name=place][value=git]").check();
  if (glob) await page.locator("[name=glob]").fill(glob);
  if (trusted) await page.locator("[name=trusted]").check();
  await page.getByRole("button", { name: "Add and read it" }).click();
  await expect(page).toHaveURL(/\/settings\/sources\/[0-9a-f-]{36}/);
}

/** Keeps a connection in which Slipway found something wrong, once that is said. `said` is a part of it. */
export async function keepAnyway(page, kubeconfig, said = "Nothing is saved yet") {
  await expect(page.locator(".form-problems")).toContainText(said);
  // What is secret does not come back to a page without scripts.
  if (!scripted(page)) await page.locator("[name=secret_kubeconfig]").fill(kubeconfig);
  await page.getByRole("checkbox", { name: "Keep it anyway" }).check();
  await page.getByRole("button", { name: /^(Connect|Save) and test$/ }).click();
}

/** Removes a cluster in which nothing lives, from its page. */
export async function removeCluster(page, name) {
  await page.getByRole("link", { name: "Remove", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Remove ${name}`);
  await page.locator("[name=name]").fill(name);
  await page.getByRole("button", { name: `Remove ${name}`, exact: true }).click();
  await expect(page).toHaveURL(/\/settings\/clusters$/);
}

/** `anyway` keeps it although Slipway found something wrong. */
export async function connectCluster(page, name, kubeconfig, { anyway = false } = {}) {
  await page.goto("/settings/clusters/new");
  await ready(page);
  await page.locator("[name=name]").fill(name);
  await page.locator("[name=secret_kubeconfig]").fill(kubeconfig);
  await page.locator("[name=ingress_class]").fill("nginx");
  await page.locator("[name=base_domain]").fill("envs.example.com");
  await page.getByRole("button", { name: "Connect and test" }).click();
  if (anyway) await keepAnyway(page, kubeconfig);
  await expect(page).toHaveURL(/\/settings\/clusters\/[0-9a-f-]{36}/);
}

/** Reloads, as one does without JavaScript, until `done` is true. */
export async function reloadUntil(page, done, seconds = 60) {
  await expect(async () => {
    await page.reload();
    await done();
  }).toPass({ timeout: seconds * 1000, intervals: [300] });
}

export async function joinTeam(page, name, team, { leader = false } = {}) {
  await page.goto("/settings/people");
  await ready(page);
  const row = page.getByRole("table", { name: "People" }).getByRole("row", { name });
  await page.locator("select[name=account]").selectOption({ label: name });
  await page.locator("select[name=team]").selectOption({ label: team });
  if (leader) await page.locator("input[name=leader]").check();
  await page.getByRole("button", { name: "Add to team" }).click();
  await expect(row.getByText(leader ? `${team} (leader)` : team, { exact: true })).toBeVisible();
}

/** Requests an environment from the page of its service, and gives the address of the environment's page. */
export async function requestEnvironment(page, { name, image, lifetime = "", entity = "payments-api", fill = async () => {} }) {
  await page.goto(`/catalog/component/default/${entity}`);
  await ready(page);
  await page.getByRole("link", { name: "Request environment" }).click();
  await page.getByRole("link", { name: /Web service/ }).first().click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Web service");
  await expect(page.locator("[name=entity]")).toHaveValue(entity);
  await page.locator("[name=name]").fill(name);
  await page.locator('[name="parameters[image]"]').fill(image);
  if (lifetime) await page.locator("[name=lifetime]").fill(lifetime);
  await fill(page);
  await page.getByRole("button", { name: "Request", exact: true }).click();
  await expect(page).toHaveURL(/\/environments\/[0-9a-f-]{36}$/);
  return page.url();
}

/** The environment's state, as its page says it beside its name. */
export const state = (page) => page.locator(".page-title .status, h1 ~ * .status").first();

/** Waits for the state: live where there are scripts, by reloads where there are none. */
export async function becomes(page, word, seconds = 60) {
  if (scripted(page)) await expect(state(page)).toHaveText(word, { timeout: seconds * 1000 });
  else await reloadUntil(page, () => expect(state(page)).toHaveText(word, { timeout: 100 }), seconds);
}

/** Calls a form's server function as the page's own script does, with the cookies of a context. */
export async function call(context, url, name, form = {}) {
  const answer = await context.request.post(`${url}/do/${name}`, { form, headers: { Origin: url, Accept: "application/json" } });
  expect(answer.status(), `${name}: ${await answer.text()}`).toBe(200);
  return answer.json();
}

/** Makes a one-time link as an administrator does, and gives it as the page shows it. */
export async function invite(page, { administrator = false } = {}) {
  await page.goto("/settings/people");
  await ready(page);
  if (administrator) await page.locator("input[name=administrator]").check();
  await page.getByRole("button", { name: "Create invite link" }).click();
  const toast = page.locator(".toast").filter({ hasText: "/welcome/" });
  await expect(toast).toBeVisible();
  return (await toast.textContent()).match(/http\S+\/welcome\/[A-Za-z0-9_-]+/)[0];
}

/** The row of somebody in the list of who can sign in. */
export const personRow = (page, name) => page.getByRole("table", { name: "People" }).getByRole("row", { name });

/** Opens the page on which an administrator sees somebody's account. */
export async function openPerson(page, name) {
  await page.goto("/settings/people");
  await ready(page);
  await personRow(page, name).getByRole("link", { name, exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
  await ready(page);
}

/** Makes a link to set a new password as an administrator does, and gives it as the page shows it. */
export async function resetLink(page, name) {
  await page.goto("/settings/people");
  await ready(page);
  await personRow(page, name).getByRole("link", { name: "Reset password…" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
  await ready(page);
  await page.getByRole("button", { name: "Create reset link" }).click();
  const toast = page.locator(".toast").filter({ hasText: "/reset/" });
  await expect(toast).toBeVisible();
  return (await toast.textContent()).match(/http\S+\/reset\/[A-Za-z0-9_-]+/)[0];
}

/** Somebody new with a browser of their own, signed in, on no page yet. Their account is made without the pages, which have their own tests. */
export async function newPerson(browser, { url, administrator }, username, name) {
  const admin = await browser.newContext({ storageState: administrator });
  const invited = JSON.stringify(await call(admin, url, "invite"));
  await admin.close();
  const link = invited.match(/\/welcome\/([A-Za-z0-9_-]+)/)?.[1];
  expect(link, invited).toBeTruthy();
  const context = await browser.newContext({ baseURL: url, javaScriptEnabled: true });
  const accepted = await call(context, url, "accept-invitation", { secret_link: link, username, name, secret_password: PASSWORD });
  expect(accepted.Done, JSON.stringify(accepted)).toBeTruthy();
  return { context, page: await context.newPage(), username, name };
}

/** The newest version of a blueprint, as cards name it; web-service is shipped. */
export async function blueprintCalled(context, url, name = "web-service") {
  const rows = await call(context, url, "blueprints");
  const found = rows.find((row) => row.name === name);
  expect(found, `${name} among ${rows.map((row) => row.name)}`).toBeTruthy();
  return found.id;
}

/** Publishes the shipped blueprint under another name with changes, and with a step that gives up soon. */
export async function publishChanged(context, url, name, changes = []) {
  const { source } = await call(context, url, "blueprint", { id: await blueprintCalled(context, url) });
  let changed = source;
  for (const [from, to] of [["name: web-service", `name: ${name}`], ["title: Web service", `title: Web service, ${name}`], ["time_limit: 5m", "time_limit: 15s"], ...changes]) {
    expect(changed).toContain(from);
    changed = changed.replaceAll(from, to);
  }
  const answer = await call(context, url, "publish-blueprint", { source: changed });
  const id = JSON.stringify(answer).match(/\/settings\/blueprints\/([0-9a-f-]{36})/)?.[1];
  expect(id, JSON.stringify(answer)).toBeTruthy();
  return id;
}

/** Asks for environments without the pages (name and image of each), and gives their ids. For what must be there before a test looks. */
export async function environmentsThere(context, url, blueprint, wanted) {
  const { clusters } = await call(context, url, "request-form", { blueprint });
  const ids = {};
  for (const [name, image] of Object.entries(wanted)) {
    const fields = { blueprint, name, team: "group:default/payments", cluster: clusters[0].value, lifetime: "" };
    const answer = await call(context, url, "request-environment", { ...fields, entity: "component:default/payments-api", "parameters[image]": image });
    ids[name] = JSON.stringify(answer).match(/\/environments\/([0-9a-f-]{36})/)?.[1];
    expect(ids[name], JSON.stringify(answer)).toBeTruthy();
  }
  return ids;
}

/** Waits, by asking, until an environment is in a state. */
export async function environmentIs(context, url, id, word, seconds = 60) {
  await expect(async () => {
    const { Found: view } = await call(context, url, "environment", { id });
    expect(view.row.status.word, view.reason ?? "").toBe(word);
  }).toPass({ timeout: seconds * 1000, intervals: [200] });
}

/** What has the focus, in words: its tag, its name or id, its text. */
export const focused = (page) =>
  page.evaluate(() => {
    const one = document.activeElement;
    return `${one.tagName.toLowerCase()}${one.id ? `#${one.id}` : ""}${one.getAttribute("name") ? `[${one.getAttribute("name")}]` : ""} ${(one.getAttribute("aria-label") ?? one.innerText ?? "").trim().slice(0, 40)}`.trim();
  });
