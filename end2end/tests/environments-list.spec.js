// The list of environments: narrowed by name and state, with JavaScript and without it, and up to date by itself. And what is done where
// Slipway is away while a page is loaded.
import { expect, image, test } from "../support/installation.js";
import * as people from "../support/people.js";

const main = (page) => page.getByRole("main");
const row = (page, name) => main(page).getByRole("row", { name });
const chip = (page, name) => main(page).getByRole("navigation", { name: "State" }).getByRole("link", { name, exact: true });
const search = (page) => main(page).getByRole("searchbox", { name: "Search environments" });

test("a list is narrowed as somebody types and by what state it is in, and its address says so", async ({ page, installation }) => {
  const { url } = installation;
  const blueprint = await people.blueprintCalled(page.context(), url);
  const ids = await people.environmentsThere(page.context(), url, blueprint, { "narrow-one": image("web"), "narrow-two": image("web") });
  for (const id of Object.values(ids)) await people.environmentIs(page.context(), url, id, "Ready");
  await page.goto("/environments");
  await people.ready(page);
  await search(page).fill("narrow tw");
  await expect(page).toHaveURL(/\/environments\?q=narrow%20tw$/);
  await expect(row(page, "narrow-two")).toBeVisible();
  await expect(row(page, "narrow-one")).toHaveCount(0);
  await main(page).getByRole("link", { name: "Going away", exact: true }).click();
  await expect(page).toHaveURL(/q=narrow%20tw&phase=going-away$/);
  await expect(main(page)).toContainText("No environments match these filters");
  await main(page).getByRole("link", { name: "Clear filters" }).click();
  await expect(page).toHaveURL(/\/environments$/);
  await expect(search(page)).toHaveValue("");
  await expect(row(page, "narrow-one")).toBeVisible();
  // The words follow the address, also where the cursor is in their field.
  await search(page).fill("narrow one");
  await expect(page).toHaveURL(/\/environments\?q=narrow%20one$/);
  await page.goBack();
  await expect(page).toHaveURL(/q=narrow%20tw&phase=going-away$/);
  await expect(search(page)).toHaveValue("narrow tw");
  // On a telephone a row is two lines: the name with its state, and below them what is known of it.
  await page.setViewportSize({ width: 360, height: 740 });
  await page.goto("/environments?q=narrow-two");
  await people.ready(page);
  const listed = row(page, "narrow-two");
  const middle = async (of) => {
    const box = await listed.locator(of).boundingBox();
    return box.y + box.height / 2;
  };
  const [name, state, team, expires] = [await middle("a[data-row]"), await middle(".status"), await middle("td[data-label=team]"), await middle("td[data-label=expires]")];
  expect(Math.abs(name - state)).toBeLessThan(6);
  expect(team - name).toBeGreaterThan(20);
  expect(Math.abs(team - expires)).toBeLessThan(6);
  await expect(listed.locator("td[data-label='requested by']")).toBeHidden();
});

test("what has ended is listed where somebody asks for it, and an address of before that lists it too goes on", async ({ page, installation }) => {
  const { url } = installation;
  const blueprint = await people.blueprintCalled(page.context(), url);
  const { "ended-here": id } = await people.environmentsThere(page.context(), url, blueprint, { "ended-here": image("web") });
  await people.call(page.context(), url, "destroy-environment", { id, name: "ended-here" });
  await people.environmentIs(page.context(), url, id, "Destroyed");
  await page.goto("/environments?q=ended-here");
  await people.ready(page);
  await expect(main(page)).toContainText("No environments match these filters");
  await expect(chip(page, "Not ended")).toHaveAttribute("aria-current", "true");
  await main(page).getByRole("link", { name: "Show ended environments" }).click();
  await expect(page).toHaveURL(/\/environments\?q=ended-here&phase=ended$/);
  await expect(row(page, "ended-here")).toContainText("Destroyed");
  // That it does not expire any more is known.
  await expect(row(page, "ended-here").locator("td[data-label=expires]")).toHaveText("—Ended");
  await expect(chip(page, "Ended")).toHaveAttribute("aria-current", "true");
  await chip(page, "Not ended").click();
  await expect(page).toHaveURL(/\/environments\?q=ended-here$/);
  await expect(row(page, "ended-here")).toHaveCount(0);

  await page.goto("/environments?q=ended-here&ended=1");
  await people.ready(page);
  await expect(row(page, "ended-here")).toContainText("Destroyed");
  // What is listed is told by one chip, never by two that speak against each other.
  const chosen = main(page).getByRole("navigation", { name: "State" }).locator("[aria-current]");
  await expect(chosen).toHaveText(["All"]);
  await chip(page, "Ended").click();
  await expect(page).toHaveURL(/\/environments\?q=ended-here&phase=ended$/);
  await expect(chosen).toHaveText(["Ended"]);
  await chip(page, "All").click();
  await expect(page).toHaveURL(/\/environments\?q=ended-here&ended=1$/);
  await expect(row(page, "ended-here")).toContainText("Destroyed");
  await chip(page, "Not ended").click();
  await expect(page).toHaveURL(/\/environments\?q=ended-here$/);
});

test("what is in the way of an environment that comes up is amber in the list, under “Needs attention”, and on Home", async ({ page, installation }) => {
  const { url } = installation;
  const blueprint = await people.blueprintCalled(page.context(), url);
  const { "image-missing": id } = await people.environmentsThere(page.context(), url, blueprint, { "image-missing": image("missing") });
  await page.goto("/environments?q=image-missing&phase=needs-attention");
  await people.ready(page);
  const listed = row(page, "image-missing");
  await expect(listed.locator(".status.warn")).toContainText("Setting up", { timeout: 60_000 });
  // Why, before any long name: there is little room.
  await expect(listed.locator(".why")).toHaveText(/^The cluster cannot pull the image /);
  await chip(page, "Coming up").click();
  await expect(row(page, "image-missing")).toHaveCount(0);
  await page.goto("/");
  await people.ready(page);
  const card = main(page).locator(".card", { has: page.getByRole("heading", { name: "Needs attention", exact: true }) });
  await expect(card.getByRole("listitem").filter({ hasText: "image-missing" })).toContainText("cannot pull the image");
  // Each is the one's own who looks: the table does not say by whom it was requested.
  await expect(main(page).getByRole("columnheader", { name: "Team" })).toHaveCount(1);
  await expect(main(page).getByRole("columnheader", { name: "Requested by" })).toHaveCount(0);
  await people.call(page.context(), url, "destroy-environment", { id, name: "image-missing" });
});

test("without JavaScript the search is a form that keeps the state and the team", async ({ browser, installation }) => {
  const page = await people.scriptlessPage(browser, installation, installation.administrator);
  // Also a team that the list has no choice of.
  await page.goto("/environments?phase=ready&team=group:default/has-none");
  await search(page).fill("nothing-is-called-so");
  await page.locator(".list-search").getByRole("button", { name: "Search" }).click();
  const address = new URL(page.url());
  expect([address.pathname, address.searchParams.get("q"), address.searchParams.get("phase")]).toEqual(["/environments", "nothing-is-called-so", "ready"]);
  expect(address.searchParams.getAll("team")).toEqual(["group:default/has-none"]);
  await expect(main(page)).toContainText("No environments match these filters");
  await page.goto("/environments?mine=1&ended=1");
  await page.locator(".list-search").getByRole("button", { name: "Search" }).click();
  await expect(page).toHaveURL(/mine=1.*&ended=1|ended=1.*&mine=1/);
  await expect(chip(page, "All")).toHaveAttribute("aria-current", "true");
  // Keys that nothing listens to are not named.
  await page.goto("/catalog");
  await expect(page.locator(".keys-hint")).toHaveCount(1);
  await expect(page.locator(".keys-hint")).toBeHidden();
  await page.context().close();
});

test("a list is up to date by itself, and the focus stays with its row", async ({ page, installation }) => {
  const { url } = installation;
  const blueprint = await people.blueprintCalled(page.context(), url);
  await people.environmentsThere(page.context(), url, blueprint, { "comes-first": image("web") });
  await page.goto("/environments?q=comes");
  await people.ready(page);
  await page.evaluate(() => (globalThis.sameDocument = true));
  const first = main(page).getByRole("link", { name: "comes-first" });
  await first.focus();
  await people.environmentsThere(page.context(), url, blueprint, { "comes-second": image("web") });
  await expect(row(page, "comes-second")).toBeVisible({ timeout: 15_000 });
  await expect(first).toBeFocused();
  await expect(row(page, "comes-second").locator(".status")).toHaveText("Ready", { timeout: 60_000 });
  expect(await page.evaluate(() => globalThis.sameDocument)).toBe(true);
});

test("focus that moves on while a list is read anew stays where it moved to, and focus that was left stays left", async ({ page, installation }) => {
  const { url } = installation;
  const context = page.context();
  const blueprint = await people.blueprintCalled(context, url);
  const ids = await people.environmentsThere(context, url, blueprint, { "moves-first": image("web"), "moves-second": image("web") });
  for (const id of Object.values(ids)) await people.environmentIs(context, url, id, "Ready");
  await page.goto("/environments?q=moves");
  await people.ready(page);
  const link = (name) => main(page).getByRole("link", { name, exact: true });
  /** One more comes; the list that shows it arrives once `meanwhile` is done. */
  const comes = async (name, meanwhile) => {
    let release;
    const released = new Promise((resolve) => (release = resolve));
    await page.route("**/do/environments", async (route) => {
      await released;
      await route.continue();
    });
    const asked = page.waitForRequest("**/do/environments", { timeout: 20_000 });
    const { [name]: id } = await people.environmentsThere(context, url, blueprint, { [name]: image("web") });
    await asked;
    await meanwhile();
    release();
    await expect(row(page, name).locator(".status")).toHaveText("Ready", { timeout: 60_000 });
    await people.environmentIs(context, url, id, "Ready");
    await page.unroute("**/do/environments");
  };
  await link("moves-first").focus();
  await comes("moves-third", () => link("moves-second").focus());
  await expect(link("moves-second")).toBeFocused();
  await comes("moves-fourth", () => link("moves-second").blur());
  expect(await people.focused(page)).toMatch(/^body/);
});

test("the search at the top finds environments, and so does the list that Enter leads to", async ({ page, installation }) => {
  const { url } = installation;
  const blueprint = await people.blueprintCalled(page.context(), url);
  await people.environmentsThere(page.context(), url, blueprint, { "found-on-top": image("web") });
  await page.goto("/");
  await people.ready(page);
  await page.locator("#search").fill("found-on");
  await expect(page.getByRole("option", { name: /found-on-top/ })).toBeVisible();
  await page.locator("#search").press("Enter");
  await expect(page).toHaveURL(/\/catalog\?q=found-on$/);
  await expect(main(page).getByRole("link", { name: "found-on-top" })).toBeVisible();
  await main(page).getByRole("link", { name: "all that match" }).click();
  await expect(row(page, "found-on-top")).toBeVisible();
});

test("in a narrow window the sign of the search opens the palette, and so does its key", async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 800 });
  await page.goto("/environments");
  await people.ready(page);
  const palette = page.getByRole("dialog", { name: "Commands" });
  await page.getByRole("link", { name: "Search", exact: true }).click();
  await expect(palette.getByRole("combobox")).toBeFocused();
  await page.keyboard.type("indexer");
  await expect(palette.getByRole("option", { name: /indexer/ })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(palette).toBeHidden();
  await expect(page).toHaveURL(/\/environments$/);
  await page.keyboard.press("/");
  await expect(palette.getByRole("combobox")).toBeFocused();
});

test("a search that Slipway does not answer does not say that nothing was found", async ({ browser, installation }) => {
  const context = await browser.newContext({ baseURL: installation.url, storageState: installation.administrator });
  const page = await context.newPage();
  await page.goto("/");
  await people.ready(page);
  await page.route("**/do/find*", (route) => route.abort());
  await page.getByRole("combobox", { name: "Search" }).fill("indexer");
  const said = page.locator(".searchbox [role=status]");
  await expect(said).toContainText("Slipway cannot be reached.");
  await expect(said).not.toContainText("Nothing found");
  await page.keyboard.press("Control+k");
  const palette = page.getByRole("dialog", { name: "Commands" });
  await palette.getByRole("combobox").fill("indexer");
  await expect(palette).toContainText("Slipway cannot be reached.");
  await expect(palette).not.toContainText("Nothing found");
  // What needs no answer is there all the same.
  await palette.getByRole("combobox").fill("request");
  await expect(palette.getByRole("option").first()).toContainText("Request environment");
  await context.close();
});

test("a page that was loaded while Slipway went away wakes up when it is back", async ({ browser, installation }) => {
  const context = await browser.newContext({ baseURL: installation.url, storageState: installation.administrator });
  const page = await context.newPage();
  const lost = ["**/slipway_bg.wasm", "**/readyz"];
  for (const address of lost) await page.route(address, (route) => route.abort());
  await page.goto("/environments");
  const unanswered = page.getByText("Slipway does not answer.");
  await expect(unanswered).toBeVisible();
  for (const address of lost) await page.unroute(address);
  await people.ready(page);
  await expect(unanswered).toBeHidden();
  await context.close();
});

const unloaded = (page) => page.locator("#unloaded").getByText("This page was not loaded completely.");
const badGateway = (route) => route.fulfill({ status: 502, body: "" });

test("a page whose code a proxy refused once is loaded again", async ({ browser, installation }) => {
  const context = await browser.newContext({ baseURL: installation.url, storageState: installation.administrator });
  const page = await context.newPage();
  let documents = 0;
  page.on("request", (request) => request.isNavigationRequest() && (documents += 1));
  await page.route("**/slipway_bg.wasm", (route) => (documents > 1 ? route.continue() : badGateway(route)));
  await page.goto("/environments", { waitUntil: "commit" });
  await people.ready(page);
  expect(documents).toBe(2);
  await expect(unloaded(page)).toBeHidden();
  await context.close();
});

test("a page whose code did not come keeps what was typed, and leaves the reload to the person", async ({ browser, installation }) => {
  const context = await browser.newContext({ baseURL: installation.url, storageState: installation.administrator });
  const page = await context.newPage();
  let refuse;
  const typed = new Promise((resolve) => (refuse = resolve));
  await page.route("**/slipway_bg.wasm", async (route) => {
    await typed;
    await badGateway(route);
  });
  await page.goto("/environments", { waitUntil: "domcontentloaded" });
  await search(page).fill("half typed");
  refuse();
  await expect(unloaded(page)).toBeVisible();
  await expect(search(page)).toHaveValue("half typed");
  await page.unroute("**/slipway_bg.wasm");
  await page.locator("#unloaded").getByRole("link", { name: "Reload" }).click();
  await people.ready(page);
  await context.close();
});

test("a link that is shown once is not loaded away where the code of its page does not come", async ({ browser, installation }) => {
  const context = await browser.newContext({ baseURL: installation.url, storageState: installation.administrator });
  const page = await context.newPage();
  await page.route("**/slipway_bg.wasm", badGateway);
  await page.goto("/settings/people", { waitUntil: "commit" });
  await expect(unloaded(page)).toBeVisible();
  // As if it had not been loaded again just now.
  await page.evaluate(() => sessionStorage.clear());
  await page.getByRole("button", { name: "Create invite link" }).click();
  const link = page.locator(".toast").filter({ hasText: "/welcome/" });
  await expect(link).toBeVisible();
  await expect(unloaded(page)).toBeVisible();
  await expect(link).toBeVisible();
  expect(await page.evaluate(() => sessionStorage.getItem("woken"))).toBeNull();
  await context.close();
});

test("while Slipway cannot serve, a live page says so, and not that somebody is signed out", async ({ browser, installation }) => {
  const context = await browser.newContext({ baseURL: installation.url, storageState: installation.administrator });
  const page = await context.newPage();
  const away = ["**/live/environments", "**/readyz"];
  for (const address of away) await page.route(address, (route) => route.fulfill({ status: 503, body: "" }));
  await page.goto("/environments");
  const unanswered = page.getByText("Slipway does not answer.");
  await expect(unanswered).toBeVisible();
  await expect(page.getByText("This page is not live.")).toHaveCount(0);
  for (const address of away) await page.unroute(address);
  await expect(unanswered).toBeHidden({ timeout: 10_000 });
  await context.close();
});
