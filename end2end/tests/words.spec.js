// What the page of an environment says when it does not come up: each produced by the cluster, quoted here; and what can be done then.
import { connect, createServer } from "node:net";
import { expect, image, test } from "../support/installation.js";
import * as people from "../support/people.js";

const IMAGE = 'image: "{{ parameters.image }}"';
let ids;

test.beforeAll(async ({ browser, installation }) => {
  const { url } = installation;
  const context = await browser.newContext({ storageState: installation.administrator });
  const hasty = await people.publishChanged(context, url, "hasty");
  const insecure = await people.publishChanged(context, url, "insecure", [[IMAGE, `${IMAGE}\n                  securityContext: {capabilities: {drop: [NET_RAW]}}`]]);
  const huge = await people.publishChanged(context, url, "huge", [['"{{ parameters.size | memory }}"', "4000Gi"]]);
  const there = (blueprint, wanted) => people.environmentsThere(context, url, blueprint, wanted);
  ids = {
    ...(await there(hasty, { missing: image("missing"), crashing: image("crashloop"), unready: image("neverready"), limited: image("neverready"), late: image("slow-22s") })),
    ...(await there(insecure, { insecure: image("web") })),
    ...(await there(huge, { huge: image("web") })),
  };
  await context.close();
});

const main = (page) => page.getByRole("main");
const sentence = async (page) => (await main(page).locator(".banner").first().innerText()).replaceAll("\n", " ").trim();

/** Waits on the page until it failed, and gives what it says: the sentence, and the step's log with the cluster's own words. */
async function failed(page, name) {
  await page.goto(`/environments/${ids[name]}`);
  await people.ready(page);
  await people.becomes(page, "Failed", 60);
  const said = await sentence(page);
  const step = main(page).locator(".steps > li", { hasText: "Failed" }).first();
  const own = step.locator(".more");
  const words = (await own.count()) ? (await own.first().innerText()).trim() : "";
  console.log(`${name}: ${said}\n    [${words}]`);
  // The reason stands once on the page; the step that failed leads there.
  await expect(step.locator(":scope > div > .text")).toHaveText("Failed: the reason stands above.");
  // A reload says the same: nothing of it lives in the browser alone.
  await page.reload();
  await expect(main(page).locator(".banner").first()).toBeVisible();
  expect(await sentence(page)).toBe(said);
  return { said, words };
}

test("an image that is not there is named, with what the cluster says of it", async ({ page }) => {
  const { said, words } = await failed(page, "missing");
  expect(said).toContain(image("missing"));
  expect(said).toMatch(/pull/);
  expect(words).toMatch(/ErrImagePull|ImagePullBackOff|not found/);
  // The reason stands there once.
  expect(said.split("cannot pull the image").length - 1, said).toBe(1);
});

test("a program that keeps stopping is said so, with its exit code", async ({ page }) => {
  const { said } = await failed(page, "crashing");
  expect(said).toContain("keeps stopping");
  expect(said).toContain("exit code 1");
  // Its log is one command away.
  const look = page.locator(".card", { has: page.getByRole("heading", { name: "Look into it" }) });
  await expect(look).toContainText(/kubectl --namespace env-crashing-[0-9a-f]{8} get pods,events/);
  await expect(look).toContainText(/kubectl --namespace env-crashing-[0-9a-f]{8} logs deployment\/web --container web --previous/);
  // Why it failed stands above and at the step; the history only says that it did.
  await page.getByRole("link", { name: "History" }).click();
  await expect(page.getByRole("row").filter({ hasText: "Failed at “Wait until ready”" })).toHaveCount(1);
  await expect(page.getByRole("row").filter({ hasText: "exit code" })).toHaveCount(0);
});

test("what was asked for with a wrong image is asked for again with the right one", async ({ page }) => {
  await failed(page, "missing");
  const parameters = page.locator(".card", { has: page.getByRole("heading", { name: "Parameters" }) });
  await expect(parameters).toContainText(image("missing"));
  await people.ready(page);
  await page.getByRole("link", { name: "Request again" }).click();
  // The failed one still has its name.
  await expect(page.locator("[name=name]")).toHaveValue("missing-2");
  await expect(main(page)).toContainText("missing stays, and counts toward its team's limit, until it is destroyed.");
  await expect(page.locator('[name="parameters[image]"]')).toHaveValue(image("missing"));
  await people.ready(page);
  await page.locator('[name="parameters[image]"]').fill(image("web"));
  await page.getByRole("button", { name: "Request", exact: true }).click();
  await expect(page).toHaveURL(/\/environments\/[0-9a-f-]{36}$/);
  await people.becomes(page, "Ready");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("missing-2");
  await expect(parameters).toContainText(image("web"));
});

test("a program that never becomes ready is said so, with how long it was waited for", async ({ page }) => {
  const { said } = await failed(page, "unready");
  expect(said).toMatch(/not (become )?ready|never ready|ready/);
  expect(said).toContain("15 s");
});

test("pods that no node has room for are said so", async ({ page }) => {
  const { said } = await failed(page, "huge");
  expect(said).toMatch(/node/);
  expect(said).toMatch(/memory/);
});

test("pods that the pod security standard refuses are said so, with the rule that they break", async ({ page }) => {
  const { said, words } = await failed(page, "insecure");
  expect(said).toContain("The cluster refuses the pods of deployment web: they break the restricted pod security standard");
  // Whatever the standard forbids is refused when a blueprint is published: this one only lacks what the standard wants.
  expect(said).toMatch(/unrestricted capabilities|capabilities\.drop/);
  expect(words).toContain("PodSecurity");
});

test("pods that a quota of the cluster's operators refuses are said so, with what was asked and what is left", async ({ page, installation }) => {
  await failed(page, "limited");
  const namespace = (await page.getByText(/^env-limited-[0-9a-f]{8}$/).first().textContent()).trim();
  const { kubectl } = installation.cluster;
  await kubectl("create", "quota", "operators", "--hard=pods=0", "-n", namespace);
  await kubectl("delete", "pods", "--all", "-n", namespace, "--wait=false");
  await people.ready(page);
  await page.getByRole("button", { name: "Retry" }).click();
  await expect(main(page).locator(".banner").first()).toContainText("quota", { timeout: 60_000 });
  await people.becomes(page, "Failed");
  const said = await sentence(page);
  const words = (await main(page).locator(".steps > li", { hasText: "Failed" }).first().locator(".more").innerText()).trim();
  console.log(`quota: ${said}\n    [${words}]`);
  expect(said).toContain("quota does not allow the pods of deployment web: pods 1 more requested");
  expect(words).toContain("exceeded quota: operators");
});

test("what came up too late comes up by a retry, without a reload", async ({ page }) => {
  await failed(page, "late");
  await people.ready(page);
  // By now the program has had its time.
  await page.evaluate(() => (globalThis.sameDocument = true));
  await page.getByRole("button", { name: "Retry" }).click();
  await people.becomes(page, "Ready");
  await expect(main(page).locator(".banner")).toHaveCount(0);
  expect(await page.evaluate(() => globalThis.sameDocument)).toBe(true);
});

test("a failed one can be destroyed, and leaves nothing", async ({ page, installation }) => {
  await failed(page, "crashing");
  const namespace = (await page.getByText(/^env-crashing-[0-9a-f]{8}$/).first().textContent()).trim();
  await people.ready(page);
  await page.getByRole("link", { name: "Destroy" }).click();
  await expect(main(page)).toContainText(namespace);
  await page.locator("[name=name]").fill("crashing");
  await page.getByRole("button", { name: "Destroy crashing", exact: true }).click();
  await people.becomes(page, "Destroyed");
  await expect(page.getByRole("heading", { name: "Receipt" })).toBeVisible();
  const about = page.locator(".card", { has: page.getByRole("heading", { name: "About" }) });
  const fact = (name) => about.locator("dt", { hasText: new RegExp(`^${name}$`) }).locator("xpath=following-sibling::dd[1]");
  await expect(fact("Destroyed")).toContainText(/\d{1,2}:\d{2}/);
  await expect(fact("Destroyed by")).toHaveText("Ada Lovelace");
  const { items } = await installation.cluster.json("get", "namespaces");
  expect(items.map((item) => item.metadata.name)).not.toContain(namespace);
});

test("why it waits is said before its time is up, and what can be done about it", async ({ page }) => {
  await people.requestEnvironment(page, { name: "waits-for-image", image: image("missing") });
  await expect(main(page)).toContainText(/cannot (be )?pull|pull/i, { timeout: 30_000 });
  await expect(people.state(page)).toContainText("Setting up");
  const step = main(page).locator(".steps > li").filter({ hasText: "Wait until ready" });
  await expect(step).toContainText(image("missing"), { timeout: 20_000 });
  console.log(`while it waits: ${(await step.innerText()).replaceAll("\n", " ").slice(0, 400)}`);
  await expect(page.getByRole("button", { name: "Cancel" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Destroy" })).toBeVisible();
});

test("the page follows what happens without a reload, step by step, with its log", async ({ page }) => {
  const url = await people.requestEnvironment(page, { name: "followed", image: image("slow-4s") });
  await page.evaluate(() => (globalThis.sameDocument = true));
  const step = (name) => main(page).locator(".steps > li").filter({ hasText: name }).first();
  await expect(people.state(page)).toContainText("Setting up");
  await expect(step("Namespace")).toContainText("Done");
  await expect(step("Deploy")).toContainText("Done");
  await expect(step("Wait until ready")).toContainText("Running");
  await people.becomes(page, "Ready");
  await expect(step("Wait until ready")).toContainText("Done");
  expect(await page.evaluate(() => globalThis.sameDocument)).toBe(true);
  await expect(page.getByText("https://followed.envs.example.com")).toBeVisible();
  // What was followed is what a reload shows: the same steps, states, words and lines.
  const shown = async () => (await main(page).locator(".steps > li").allTextContents()).map((text) => text.replace(/[\d.]+\s(ms|s|min)\b/g, "…"));
  const live = await shown();
  expect(live).toHaveLength(3);
  await page.goto(url);
  await people.ready(page);
  expect(live).toEqual(await shown());
});

test("a log that is being read stays as it is while the time goes on and steps end", async ({ page }) => {
  await people.requestEnvironment(page, { name: "read-on", image: image("slow-12s") });
  const step = (name) => main(page).locator(".steps > li").filter({ hasText: name }).first();
  await expect(step("Wait until ready")).toContainText("Running", { timeout: 30_000 });
  await step("Namespace").getByText("Log", { exact: true }).click();
  const wrap = step("Namespace").getByRole("button", { name: "Wrap" });
  await wrap.click();
  await expect(wrap).toHaveAttribute("aria-pressed", "false");
  await step("Namespace").locator(".lines").evaluate((lines) => (lines.sameLog = true));
  const time = step("Wait until ready").locator(".time");
  for (let seconds = 0; seconds < 2; seconds++) await expect(time).not.toHaveText(await time.textContent());
  await expect(wrap).toHaveAttribute("aria-pressed", "false");
  await people.becomes(page, "Ready");
  await expect(step("Wait until ready")).toContainText("Done");
  await expect(wrap).toHaveAttribute("aria-pressed", "false");
  expect(await step("Namespace").locator(".lines").evaluate((lines) => lines.sameLog)).toBe(true);
});

test("a page holds a connection only while it is seen and something can still happen", async ({ page, installation }) => {
  await page.addInitScript(() => {
    globalThis.streams = [];
    globalThis.EventSource = class extends EventSource {
      constructor(...of) {
        super(...of);
        globalThis.streams.push(this);
      }
    };
  });
  const open = () => page.evaluate(() => globalThis.streams.filter((one) => one.readyState !== EventSource.CLOSED).length);
  // As the browser tells it of a tab that another one covers.
  const becomes = (state) =>
    page.evaluate((state) => {
      Object.defineProperty(document, "visibilityState", { configurable: true, get: () => state });
      document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
    }, state);
  const notLive = page.getByText("This page is not live.");

  const url = await people.requestEnvironment(page, { name: "unseen", image: image("slow-12s") });
  await expect(people.state(page)).toHaveText("Setting up · step 3 of 3", { timeout: 30_000 });
  await expect.poll(open).toBe(1);
  await becomes("hidden");
  await expect.poll(open).toBe(0);
  await people.environmentIs(page.context(), installation.url, url.split("/").pop(), "Ready");
  await expect(people.state(page)).toContainText("Setting up");
  await expect(notLive).toHaveCount(0);
  await becomes("visible");
  await people.becomes(page, "Ready", 10);
  await expect.poll(open).toBe(1);
  // Nothing was missed: its logs are those of a page that is opened now.
  const fresh = await page.context().newPage();
  await fresh.goto(url);
  const lines = await main(fresh).locator(".steps .line").allTextContents();
  await fresh.close();
  expect(lines.length).toBeGreaterThan(0);
  await expect(main(page).locator(".steps .line")).toHaveText(lines);

  await page.getByRole("link", { name: "Destroy" }).click();
  await page.locator("[name=name]").fill("unseen");
  await page.getByRole("button", { name: "Destroy unseen", exact: true }).click();
  await people.becomes(page, "Destroyed");
  await expect.poll(open).toBe(0);
  await expect(notLive).toHaveCount(0);
  // What the last steps said came before the end of the stream.
  const said = await main(page).locator(".steps .line").allTextContents();
  await page.reload();
  await expect(main(page).locator(".steps .line")).toHaveText(said);
  await people.ready(page);
  expect(await open()).toBe(0);
});

/** A way to the server that can be cut; while it is, whoever calls hears `answer`, or nothing. */
async function cuttable(port, answer) {
  const open = new Set();
  let cut = false;
  const server = createServer((near) => {
    if (cut) return answer ? near.end(answer) : near.destroy();
    const far = connect(port, "127.0.0.1");
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on("error", () => {}).on("close", () => (near.destroy(), far.destroy(), open.delete(socket)));
    }
    near.pipe(far).pipe(near);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    cut: () => ((cut = true), open.forEach((socket) => socket.destroy())),
    mend: () => (cut = false),
    close: () => (open.forEach((socket) => socket.destroy()), server.close()),
  };
}

const badGateway = "HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

for (const [how, answer, name] of [
  ["nothing answers", undefined, "reconnected"],
  ["a proxy answers in its place", badGateway, "proxied"],
]) {
  test(`the page says when Slipway does not answer, and catches up by itself (${how})`, async ({ browser, installation }) => {
    const way = await cuttable(Number(new URL(installation.url).port), answer);
    const context = await browser.newContext({ storageState: installation.administrator });
    const page = await context.newPage();
    const blueprint = await people.blueprintCalled(context, installation.url);
    const { [name]: id } = await people.environmentsThere(context, installation.url, blueprint, { [name]: image("slow-12s") });
    await page.goto(`${way.url}/environments/${id}`);
    await people.ready(page);
    // Live until here.
    await expect(people.state(page)).toHaveText("Setting up · step 3 of 3", { timeout: 20_000 });
    way.cut();
    await people.environmentIs(context, installation.url, id, "Ready");
    await expect(people.state(page)).toContainText("Setting up");
    const unanswered = page.getByText("Slipway does not answer.");
    await expect(unanswered).toBeVisible({ timeout: 20_000 });
    way.mend();
    // However long it was away: it is asked every few seconds.
    await people.becomes(page, "Ready", 15);
    await expect(unanswered).toBeHidden();
    await context.close();
    way.close();
  });
}

test("one that comes up can be cancelled, retried, and destroyed while it comes up", async ({ page, installation }) => {
  await people.requestEnvironment(page, { name: "cancelled", image: image("slow-600s") });
  await expect(people.state(page)).toHaveText("Setting up · step 3 of 3", { timeout: 30_000 });
  await page.getByRole("button", { name: "Cancel" }).click();
  await people.becomes(page, "Cancelled", 30);
  const said = main(page).getByText("It was cancelled before it was ready.");
  await expect(said).toBeVisible();
  console.log(`cancelled: ${await said.innerText()}`);
  await expect(main(page)).toContainText("Ada Lovelace");
  await page.getByRole("button", { name: "Retry" }).click();
  await expect(people.state(page)).toContainText("Setting up");
  const namespace = (await page.getByText(/^env-cancelled-[0-9a-f]{8}$/).first().textContent()).trim();
  await page.getByRole("link", { name: "Destroy" }).click();
  await page.locator("[name=name]").fill("cancelled");
  await page.getByRole("button", { name: "Destroy cancelled", exact: true }).click();
  await people.becomes(page, "Destroyed");
  const { items } = await installation.cluster.json("get", "namespaces");
  expect(items.map((item) => item.metadata.name)).not.toContain(namespace);
});

test("one whose namespace somebody holds on to says so in the cluster's own words, and ends when it is let go", async ({ page, installation }) => {
  const { kubectl } = installation.cluster;
  await people.requestEnvironment(page, { name: "held", image: image("web") });
  await people.becomes(page, "Ready");
  const namespace = (await page.getByText(/^env-held-[0-9a-f]{8}$/).first().textContent()).trim();
  await kubectl("patch", "service", "web", "-n", namespace, "--type=merge", "-p", '{"metadata":{"finalizers":["example.com/held"]}}');
  await page.getByRole("link", { name: "Destroy" }).click();
  await page.locator("[name=name]").fill("held");
  await page.getByRole("button", { name: "Destroy held", exact: true }).click();
  await expect(main(page).locator(".banner").first()).toContainText("Kubernetes waits for finalizers: example.com/held", { timeout: 60_000 });
  expect(await people.state(page).innerText()).not.toBe("Destroyed");
  console.log(`held: ${await people.state(page).innerText()}: ${(await main(page).innerText()).split("\n").filter((line) => line.includes("example.com/held")).join(" | ")}`);
  await kubectl("patch", "service", "web", "-n", namespace, "--type=merge", "-p", '{"metadata":{"finalizers":null}}');
  await people.becomes(page, "Destroyed", 90);
  await expect(page.getByRole("heading", { name: "Receipt" })).toBeVisible();
});

test("what somebody scales to nothing is not called ready any more, until it is back", async ({ page, installation }) => {
  const { kubectl } = installation.cluster;
  await people.requestEnvironment(page, { name: "scaled", image: image("web") });
  await people.becomes(page, "Ready");
  await expect(main(page).getByText(/^Looked at /)).toBeVisible();
  const namespace = (await page.getByText(/^env-scaled-[0-9a-f]{8}$/).first().textContent()).trim();
  const scale = (replicas) =>
    kubectl("patch", "deployment", "web", "-n", namespace, "--type=merge", "-p", JSON.stringify({ spec: { replicas } }));
  await scale(0);
  // While its page is open, its cluster is looked at each half minute.
  await people.becomes(page, "Not ready", 60);
  await expect(main(page).locator(".banner").first()).toContainText("The deployment web was scaled to 0 replicas.");
  await expect(main(page)).toContainText("Scale it up again, or destroy it and request it again.");
  await expect(main(page)).toContainText("It is not ready, so this may not work now.");
  await scale(1);
  await people.becomes(page, "Ready", 60);
  await expect(main(page).locator(".banner")).toHaveCount(0);
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("the same words are there by reloads, and a retry is a form", async ({ page }) => {
    const { said } = await failed(page, "unready");
    expect(said).toContain("15 s");
    // Asked for again it is filled in, and stays so when it is refused.
    await page.getByRole("link", { name: "Request again" }).click();
    await expect(page.locator("[name=name]")).toHaveValue("unready-2");
    await page.locator("[name=name]").fill("Not a name");
    await page.getByRole("button", { name: "Request", exact: true }).click();
    await expect(page.locator(".field .error").first()).toBeVisible();
    await expect(page.locator("[name=name]")).toHaveValue("Not a name");
    await expect(page.locator('[name="parameters[image]"]')).toHaveValue(image("neverready"));
    await page.goto(`/environments/${ids.unready}`);
    await page.getByRole("button", { name: "Retry" }).click();
    await expect(page).toHaveURL(new RegExp(`/environments/${ids.unready}$`));
    await expect(people.state(page)).not.toHaveText("Failed");
    await people.becomes(page, "Failed", 60);
  });
});
