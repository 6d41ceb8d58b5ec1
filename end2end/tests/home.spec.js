// What Home says first: what needs me, and what an administrator sets up; and that an environment whose time is nearly over says so.
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, image, organisation, test } from "../support/installation.js";
import { freePort, startSlipway } from "../support/slipway.js";
import * as people from "../support/people.js";

const main = (page) => page.getByRole("main");
const card = (page, title) => main(page).locator(".card", { has: page.getByRole("heading", { name: title, exact: true }) });
const attention = (page, name) => card(page, "Needs attention").getByRole("listitem").filter({ hasText: name });

async function home(page) {
  await page.goto("/");
  await people.ready(page);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Home");
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });

    test("an environment whose time is nearly over says so on its page and on Home, and is extended from there", async ({ page }) => {
      const name = javaScriptEnabled ? "ends-live" : "ends-reloads";
      // The last warning comes half an hour before the end: here after 25 s.
      const url = await people.requestEnvironment(page, { name, image: image("web"), lifetime: "30m 25s" });
      const banner = main(page).locator(".banner").filter({ hasText: /Expires in (30|29) min\. Then everything in it is deleted\./ });
      // Looked at at once: a slow machine may need most of the time to get it ready.
      await expect(card(page, "About")).toContainText("Requested by");
      await expect(banner).toHaveCount(0);
      if (javaScriptEnabled) await page.evaluate(() => (globalThis.sameDocument = true));
      await people.becomes(page, "Ready");
      // In a line until it is soon, then in the banner: said in either case.
      await expect(main(page).getByText(/^Expires in (30|29) min\./)).toBeVisible();
      if (javaScriptEnabled) {
        await expect(banner).toBeVisible({ timeout: 45_000 });
        expect(await page.evaluate(() => globalThis.sameDocument)).toBe(true);
      } else {
        await people.reloadUntil(page, () => expect(banner).toBeVisible({ timeout: 100 }), 45);
      }
      // Said once, with the way to more time.
      await expect(main(page).getByText("Then everything in it is deleted")).toHaveCount(1);
      await expect(banner.getByRole("link", { name: "Extend" })).toHaveAttribute("href", `${new URL(url).pathname}/extend`);

      await page.goto("/environments?mine=1");
      await expect(page.getByRole("row", { name }).locator(".soon")).toContainText("soon");

      await home(page);
      await expect(attention(page, name)).toContainText("Expires soon");
      await expect(attention(page, name)).toContainText(/Expires in (30|2\d)\smin/);
      await attention(page, name).getByRole("link", { name: /^Extend/ }).click();
      await expect(page).toHaveURL(`${url}/extend`);
      const late = await page.context().newPage();
      if (!javaScriptEnabled) people.withoutScripts(late);
      await late.goto(`${url}/extend`);
      await people.ready(late);
      await page.locator("[name=more][value='1d']").check();
      await page.getByRole("button", { name: "Extend" }).click();
      await expect(page).toHaveURL(url);
      await expect(main(page).getByText("Expires in 1 d. Then")).toBeVisible();
      await expect(main(page).locator(".banner")).toHaveCount(0);

      // Whoever chose by the dates of before is told so beside those of now, and may choose again.
      const extend = late.getByRole("button", { name: "Extend" });
      const from = late.locator("[name=from]");
      const before = await from.getAttribute("value");
      await late.locator("[name=more][value='3d']").check();
      await extend.click();
      await expect(from).not.toHaveAttribute("value", before);
      await expect(people.problem(late, "more")).toContainText("It was extended meanwhile");
      await expect(late.locator("[name=more]:checked")).toHaveValue("3d");
      await expect(late.locator("[name=more]:checked")).toBeFocused();
      await expect(late.locator(".left-over")).toBeHidden();
      await extend.click();
      await expect(late).toHaveURL(url);
      await late.close();

      await home(page);
      await expect(card(page, "My environments").getByRole("row", { name })).toBeVisible();
      await expect(attention(page, name)).toHaveCount(0);
    });
  });
}

test("an environment that failed needs whoever asked for it, and nobody else", async ({ page, browser, installation }) => {
  const { url } = installation;
  const context = page.context();
  const hasty = await people.publishChanged(context, url, "hasty");
  const { "needs-me": id } = await people.environmentsThere(context, url, hasty, { "needs-me": image("missing") });
  await people.environmentIs(context, url, id, "Failed");
  await home(page);
  const item = attention(page, "needs-me");
  await expect(item).toContainText("Failed");
  await expect(item).toContainText(image("missing"));
  await expect(item.getByRole("link", { name: /^Extend/ })).toHaveCount(0);
  await expect(item.getByRole("link", { name: "Open needs-me" })).toHaveAttribute("href", `/environments/${id}`);
  // Why it failed is said there, and not again among my environments.
  const mine = card(page, "My environments").getByRole("row", { name: "needs-me" });
  await expect(mine).toContainText("Failed");
  await expect(mine).not.toContainText(image("missing"));
  await item.getByRole("link", { name: "needs-me", exact: true }).click();
  await expect(page).toHaveURL(`${url}/environments/${id}`);

  // Its page cannot be read while Slipway is away, offers another try, and comes by itself when Slipway is back.
  const lost = await context.newPage();
  await home(lost);
  const away = ["**/do/environment", "**/readyz"];
  for (const address of away) await lost.route(address, (route) => route.abort());
  await attention(lost, "needs-me").getByRole("link", { name: "needs-me", exact: true }).click();
  await expect(main(lost)).toContainText("This environment cannot be shown");
  await expect(main(lost).getByRole("link", { name: "Try again" })).toBeVisible();
  for (const address of away) await lost.unroute(address);
  await expect(people.state(lost)).toHaveText("Failed", { timeout: 15_000 });
  await lost.close();

  // What is destroyed elsewhere does not go on needing anybody.
  await home(page);
  await expect(item).toBeVisible();
  await people.call(context, url, "destroy-environment", { id, name: "needs-me" });
  await expect(item).toHaveCount(0, { timeout: 30_000 });

  const other = await people.newPerson(browser, installation, "nelly", "Nelly Nothing");
  await home(other.page);
  await expect(other.page.getByRole("heading", { name: "Needs attention" })).toHaveCount(0);
  await other.context.close();
});

test("an administrator is told what to set up first, each step is ticked off, and nobody else is told", async ({ browser, installation }) => {
  const folder = await mkdtemp(join(tmpdir(), "slipway-first-"));
  const server = await startSlipway({ data: join(folder, "data"), port: await freePort() });
  const context = await browser.newContext({ baseURL: server.url, javaScriptEnabled: true });
  try {
    await mkdir(join(folder, "organisation"));
    await organisation(join(folder, "organisation"));
    const page = await context.newPage();
    const step = (name) => card(page, "First steps").getByRole("listitem").filter({ hasText: name });
    const steps = ["Add a catalog source", "Connect a cluster", "Join a team"];
    const expectDone = async (...done) => {
      await home(page);
      for (const name of steps) await expect(step(name)).toContainText(done.includes(name) ? "Done" : "To do");
    };
    await people.accept(page, await server.link(), "ada", "Ada Lovelace");
    await expectDone();
    await step("Add a catalog source").getByRole("link").click();
    await expect(page).toHaveURL(/\/settings\/sources$/);
    await people.addSource(page, "Organisation", join(folder, "organisation"));
    await people.reloadUntil(page, () => expect(page.getByText("In the catalog")).toBeVisible({ timeout: 200 }), 30);
    await expectDone("Add a catalog source");

    const there = { url: server.url, administrator: await context.storageState() };
    const other = await people.newPerson(browser, there, "vera", "Vera Viewer");
    await home(other.page);
    await expect(main(other.page)).toContainText("You have no environments");
    await expect(other.page.getByRole("heading", { name: "First steps" })).toHaveCount(0);
    await other.context.close();

    await people.joinTeam(page, "Ada Lovelace", "Payments");
    await expectDone("Add a catalog source", "Join a team");
    await people.connectCluster(page, "Staging", await installation.cluster.slipwayKubeconfig());
    await home(page);
    await expect(main(page)).toContainText("You have no environments");
    await expect(page.getByRole("heading", { name: "First steps" })).toHaveCount(0);
  } finally {
    await context.close();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
});
