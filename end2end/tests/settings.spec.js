// What administrators publish and look after: blueprints, the queue, the record.
import { openHalfAwake } from "../support/catalog.js";
import { expect, test } from "../support/installation.js";
import * as people from "../support/people.js";
import { freePort } from "../support/slipway.js";

const main = (page) => page.getByRole("main");

test("a blueprint shows its form, its steps and its text as published", async ({ page }) => {
  await page.goto("/settings/blueprints");
  await people.ready(page);
  await page.getByRole("link", { name: "Web service", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Web service");
  await expect(main(page)).toContainText("version 1");
  await expect(main(page)).toContainText("Image");
  await expect(page.locator(".plain-steps li")).toHaveText(["Namespace", "Deploy", "Wait until ready"]);
  await expect(page.getByRole("region", { name: "The YAML of web-service" })).toContainText("name: web-service");
  await expect(main(page)).toContainText("3 d, at most 14 d");
});

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "publishing with JavaScript" : "publishing without JavaScript", () => {
    test.use({ javaScriptEnabled });

    test("a blueprint with mistakes is refused line by line and kept, a good one is published and its version never changes", async ({ browser, page, installation }) => {
      const context = await browser.newContext({ storageState: installation.administrator });
      const id = await people.blueprintCalled(context, installation.url);
      const { source } = await people.call(context, installation.url, "blueprint", { id });
      await context.close();
      const name = javaScriptEnabled ? "published-live" : "published-plain";
      const mine = source.replaceAll("name: web-service", `name: ${name}`).replace("title: Web service", `title: ${name}`);
      const publish = async (text) => {
        await page.goto("/settings/blueprints/new");
        await people.ready(page);
        await page.locator("textarea[name=source]").fill(text);
        await page.getByRole("button", { name: "Publish", exact: true }).click();
      };
      const typed = async () => (await page.locator("textarea[name=source]").inputValue()).replaceAll("\r\n", "\n").trim();

      const bad = mine.replace("type: integer\n      title: Port", "type: whole\n      title: Port").replace("driver: kubernetes\n    action: wait", "driver: magic\n    action: wait");
      await publish(bad);
      const said = page.locator(".field .error, .form-problems").first();
      await expect(said).toBeVisible();
      const line = bad.split("\n").findIndex((text) => text.includes("type: whole")) + 1;
      const all = await page.locator(".field .error, .form-problems").allInnerTexts();
      console.log(`blueprint: ${all.join(" ").replaceAll("\n", " ").slice(0, 400)}`);
      expect(all.join(" ")).toMatch(new RegExp(`[Ll]ine ${line}\\b|\\b${line}:`));
      expect(await typed()).toBe(bad.trim());

      await publish("steps: [\n");
      await expect(said).toContainText(/[Ll]ine \d/);

      await publish(mine);
      await expect(page).toHaveURL(/\/settings\/blueprints\/[0-9a-f-]{36}$/);
      await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
      await publish(mine.replace("title: Image", "title: Another"));
      await expect(said).toContainText(/version/);
      await publish(mine.replace("version: 1\n", "version: 2\n"));
      await expect(main(page)).toContainText("version 2");
      await publish(mine.replace("version: 1\n", "version: 2\n"));
      await expect(page.getByText("Nothing changed: this is version 2").first()).toBeVisible();
      await expect(page).toHaveURL(/\/settings\/blueprints\/[0-9a-f-]{36}$/);
      await page.goto("/settings/blueprints");
      await expect(page.getByRole("row", { name: new RegExp(name) })).toHaveCount(1);
      await expect(page.getByRole("row", { name: new RegExp(name) })).toContainText("2");

      // What the cluster would refuse is refused here, where whoever wrote it reads it.
      const line30 = "terminationGracePeriodSeconds: 30";
      const forbidden = mine.replace("version: 1\n", "version: 3\n").replace(line30, `hostNetwork: true\n              ${line30}`);
      await publish(forbidden);
      const where = forbidden.split("\n").findIndex((text) => text.includes("hostNetwork")) + 1;
      await expect(said).toContainText(`Line ${where}, column 15: \`hostNetwork: true\` cannot be set here`);
    });

    test("a blueprint is withdrawn, is not offered meanwhile, and is offered again", async ({ browser, page, installation }) => {
      const context = await browser.newContext({ storageState: installation.administrator });
      const name = javaScriptEnabled ? "withdrawn-live" : "withdrawn-plain";
      const id = await people.publishChanged(context, installation.url, name);
      await context.close();
      const title = `Web service, ${name}`;
      const own = new RegExp(`/settings/blueprints/${id}$`);
      await page.goto(`/settings/blueprints/${id}`);
      await people.ready(page);
      await page.getByRole("link", { name: "Withdraw", exact: true }).click();
      await expect(page).toHaveURL(/\/withdraw$/);
      await people.ready(page);
      await page.getByRole("button", { name: `Withdraw ${title}`, exact: true }).click();
      await expect(page).toHaveURL(own);
      await expect(main(page).locator(".page-title")).toContainText("Withdrawn");
      await page.goto("/settings/blueprints");
      await expect(page.getByRole("row", { name: new RegExp(name) })).toContainText("Withdrawn");
      await page.goto("/environments/new");
      await expect(main(page)).toContainText("Web service");
      await expect(main(page)).not.toContainText(title);
      await page.goto(`/environments/new/${id}`);
      await expect(main(page)).toContainText("This blueprint is withdrawn");

      await page.goto(`/settings/blueprints/${id}`);
      await people.ready(page);
      await page.getByRole("button", { name: "Offer again", exact: true }).click();
      await expect(page.getByRole("link", { name: "Withdraw", exact: true })).toBeVisible();
      await page.goto("/environments/new");
      await expect(main(page)).toContainText(title);
    });
  });
}

test("the queue shows what runs in the background, by kind and state", async ({ page }) => {
  await page.goto("/settings/queue");
  await people.ready(page);
  const kinds = page.getByRole("table", { name: "Jobs by kind" });
  await expect(kinds).toContainText("Read a catalog source");
  const jobs = page.getByRole("table", { name: "Jobs", exact: true });
  await expect(jobs.getByRole("row", { name: /Read a catalog source/ }).first()).toBeVisible();
  await page.getByRole("link", { name: "Waiting", exact: true }).click();
  await expect(page).toHaveURL(/state=waiting/);
  // Jobs come and go meanwhile.
  const shown = () => jobs.locator("tbody tr .status").allTextContents();
  await expect.poll(async () => new Set((await shown()).map((word) => word.trim()))).toEqual(new Set(["Waiting"]));
  await page.getByRole("link", { name: "Failed", exact: true }).click();
  await expect(jobs).toContainText("No failed jobs");
  await page.getByRole("link", { name: "All", exact: true }).click();
  await expect(page).toHaveURL(/\/settings\/queue$/);
  // It can be held still to be read.
  await page.getByRole("button", { name: "Pause updates" }).click();
  await expect(page.getByRole("button", { name: "Resume updates" })).toBeVisible();
});

test("the record lists what was done, by whom, in words, and can be narrowed", async ({ page }) => {
  await page.goto("/settings/audit?action=catalog");
  await people.ready(page);
  const table = page.getByRole("table", { name: "Changes" });
  await expect(table.getByRole("row", { name: /added the source Organisation/ })).toContainText("Ada Lovelace");
  await page.getByRole("link", { name: "Clusters", exact: true }).last().click();
  await expect(page).toHaveURL(/action=cluster/);
  await expect(table).toContainText("connected the cluster");
  await expect(table).not.toContainText("added the source");
  const row = table.getByRole("row", { name: /connected the cluster Staging/ });
  await expect(row).toContainText("Ada Lovelace");
  await expect(row).toContainText("127.0.0.1");
  // A record is read later: it tells the date, not how long ago it was, and the second, which keeps the order within a minute.
  await expect(row.locator("td.when")).toHaveText(/^\d{1,2} [A-Z][a-z]{2} \d{4}, \d{2}:\d{2}:\d{2} UTC/);
  // What changed stands below it, in the words of the form.
  await expect(row.locator(".audit-details")).toContainText("How Slipway signs in: a kubeconfig");
  // No team is chosen, so every team may use it; what else is not set is left out.
  await expect(row.locator(".audit-details")).toContainText("Teams: every team");
  await expect(row.locator(".audit-details")).not.toContainText("not set");
  // Names of actions are for machines, and secrets for nobody.
  const said = await page.content();
  expect(await table.innerText()).not.toMatch(/\b(cluster|account|session|catalog|environment|blueprint|job)\.[a-z_]+/);
  expect(said).not.toMatch(/eyJhbGciOi/);
});

test("as what somebody signs in and what their role is are seen on a small screen too", async ({ page }) => {
  await page.setViewportSize({ width: 768, height: 1024 });
  await page.goto("/settings/people");
  const row = people.personRow(page, "Ada Lovelace");
  for (const said of ["ada", "Administrator"]) await expect(row.getByText(said, { exact: true })).toBeVisible();
});

test("credentials of registries that did not come back before the page woke up are asked for once, whatever else is wrong", async ({ page }) => {
  const release = await openHalfAwake(page, "/settings/clusters/new");
  const send = () => page.getByRole("button", { name: "Connect and test" }).click();
  const text = page.locator("[name=secret_kubeconfig]");
  const server = `https://127.0.0.1:${await freePort()}`;
  const away = `apiVersion: v1\nkind: Config\ncurrent-context: a\nclusters: [{name: a, cluster: {server: "${server}"}}]\ncontexts: [{name: a, context: {cluster: a, user: a}}]\nusers: [{name: a, user: {token: abc}}]\n`;
  await page.locator("[name=name]").fill("Asks once");
  await text.fill(away);
  await page.locator("[name=secret_registry]").fill('{"auths": {"registry.example.com": {"auth": "dTpw"}}}');
  // As the browser sends it by itself.
  await send();
  await expect(page.locator(".form-problems")).toContainText("Paste the kubeconfig and the registry credentials again");
  release();
  await people.ready(page);
  await text.fill(away);
  await send();
  await expect(people.problem(page, "secret_registry")).toContainText("did not come back");
  // Left empty it is meant so, also once something else was wrong.
  await page.locator("[name=name]").fill("");
  await send();
  await expect(people.problem(page, "name")).toBeVisible();
  await expect(people.problem(page, "secret_registry")).toHaveCount(0);
  await page.locator("[name=name]").fill("Asks once");
  await send();
  await expect(page.locator(".form-problems")).toContainText("Nothing is saved yet");
  await expect(people.problem(page, "secret_registry")).toHaveCount(0);
});
