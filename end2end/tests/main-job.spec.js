// The main job, from the service in the catalog to the receipt, on a real control plane; with scripts and without.
import { fact } from "../support/catalog.js";
import { expect, image, test } from "../support/installation.js";
import * as people from "../support/people.js";

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });

    test("an environment is requested, comes up, is extended, goes, and leaves proof", async ({ page, installation }) => {
      const { cluster } = installation;
      const name = javaScriptEnabled ? "main-live" : "main-reloads";
      const url = await people.requestEnvironment(page, { name, image: image("web"), lifetime: "2d" });
      await people.becomes(page, "Ready");

      const namespace = (await page.getByText(new RegExp(`^env-${name}-[0-9a-f]{8}$`)).first().textContent()).trim();
      const deployment = await cluster.json("get", "deployment", "web", "-n", namespace);
      expect(deployment.status.readyReplicas).toBe(1);
      expect(deployment.status.conditions.find((condition) => condition.type === "Available").status).toBe("True");
      const labels = (await cluster.json("get", "namespace", namespace)).metadata.labels;
      expect(labels["pod-security.kubernetes.io/enforce"]).toBe("restricted");

      await expect(page.getByText(`https://${name}.envs.example.com`)).toBeVisible();
      await expect(page.getByText("Expires in 2 d. Then")).toBeVisible();
      // Its cluster's page is there for whoever looks after it.
      await expect(page.locator(".page-facts").getByRole("link", { name: "Staging" })).toHaveAttribute("href", /^\/settings\/clusters\/[0-9a-f-]{36}$/);
      await page.getByRole("link", { name: /^Objects/ }).click();
      await expect(page.getByRole("row", { name: /deployment\s+web/ })).toContainText("Ready");
      await page.getByRole("link", { name: "History" }).click();
      await expect(page.getByRole("main")).toContainText("Ada Lovelace");

      await page.getByRole("link", { name: "Extend" }).click();
      // Each length says which expiry it leads to.
      const day = page.locator("label", { has: page.locator("[name=more][value='1d']") });
      await expect(day).toContainText(/until \d{1,2} [A-Z][a-z]{2} \d{4}, \d\d:\d\d UTC/);
      const until = await day.locator("time").getAttribute("datetime");
      await page.locator("[name=more][value='1d']").check();
      await page.getByRole("button", { name: "Extend" }).click();
      await expect(page).toHaveURL(url);
      await expect(page.getByText("Expires in 3 d. Then")).toBeVisible();
      await expect(fact(page, "Expires").locator("time")).toHaveAttribute("datetime", until);
      // Its parts stand in the order in which a telephone shows them, so that none that comes moves one that is there: what can be used first.
      await page.setViewportSize({ width: 360, height: 800 });
      const part = (at) => page.locator(".environment > *").nth(at);
      await expect(part(0).getByRole("heading", { name: "Use it" })).toBeVisible();
      const [first, second] = await Promise.all([0, 1].map((at) => part(at).boundingBox()));
      expect(second.y).toBeGreaterThanOrEqual(first.y + first.height);
      await page.setViewportSize({ width: 1280, height: 900 });

      await page.getByRole("link", { name: "Destroy" }).click();
      await page.locator("[name=name]").fill("another");
      await page.getByRole("button", { name: `Destroy ${name}`, exact: true }).click();
      await expect(page.locator(".field .error")).toBeVisible();
      await page.locator("[name=name]").fill(name);
      await page.getByRole("button", { name: `Destroy ${name}`, exact: true }).click();
      await expect(page).toHaveURL(url);
      await people.becomes(page, "Destroyed");

      await expect(page.getByRole("heading", { name: "Receipt" })).toBeVisible();
      await expect(page.getByRole("main")).toContainText(`namespace ${namespace}`, { ignoreCase: true });
      // What is gone cannot be used, and how it was made can still be looked up.
      await expect(page.getByRole("heading", { name: "Use it" })).toHaveCount(0);
      await page.getByText("Earlier operations").click();
      await expect(page.locator(".earlier .name", { hasText: "Namespace" })).toBeVisible();
      await page.locator(".earlier").getByText("Log", { exact: true }).first().click();
      await expect(page.locator(".earlier")).toContainText(`namespace “${namespace}” created`);
      // The pages that ask have nothing to ask any more.
      for (const [asks, says] of [["extend", "It cannot be extended now"], ["destroy", "It cannot be destroyed now"]]) {
        await page.goto(`${url}/${asks}`);
        await expect(page.getByRole("main")).toContainText(says);
      }
      // Its name is no address, but leads there.
      const answer = await page.goto(`/environments/${name}`);
      expect(answer.status()).toBe(404);
      await expect(page.getByRole("main")).toContainText(`Could not find the environment ${name}`);
      await expect(page.getByRole("main")).not.toContainText("renamed");
      await page.getByRole("link", { name, exact: true }).click();
      await expect(page).toHaveURL(url);
      const left = await cluster.json("get", "namespaces", "-l", "app.kubernetes.io/managed-by=slipway");
      expect(left.items.map((item) => item.metadata.name)).not.toContain(namespace);
    });

    test("what is wrong with a request is said at its field, and beside the form by the field's name alone", async ({ page }) => {
      await page.goto("/catalog/component/default/payments-api");
      await people.ready(page);
      await page.getByRole("link", { name: "Request environment" }).click();
      await page.getByRole("link", { name: /Web service/ }).first().click();
      await page.locator("[name=name]").fill("refused");
      await page.locator('[name="parameters[image]"]').fill(image("web"));
      await page.locator("[name=entity]").fill("component:default/nowhere");
      const beside = page.locator("aside", { has: page.getByRole("heading", { name: "This will create" }) });
      const item = beside.getByRole("listitem").filter({ hasText: "For service" });
      const sentence = "The catalog has no component nowhere";
      // The server alone knows it: until its field says it, it stands there.
      if (javaScriptEnabled) await expect(item).toContainText(`For service: ${sentence}`);
      const request = page.getByRole("button", { name: "Request", exact: true });
      await request.click();
      await expect(people.problem(page, "entity")).toContainText(sentence);
      await expect(item).toHaveText("For service");

      // On a telephone it is read before the button is reached.
      await page.setViewportSize({ width: 360, height: 800 });
      const [last, card, button] = await Promise.all([page.locator("[name=lifetime]"), beside, request].map((part) => part.boundingBox()));
      expect(card.y).toBeGreaterThan(last.y + last.height);
      expect(button.y).toBeGreaterThanOrEqual(card.y + card.height);
    });
  });
}
