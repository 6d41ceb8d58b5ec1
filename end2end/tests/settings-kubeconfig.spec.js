// The field of a kubeconfig: its contexts are read while the form is filled in, pasted or from a file.
import { expect, test } from "../support/installation.js";
import { withProgram } from "../support/kubeconfig.js";
import * as people from "../support/people.js";

const main = (page) => page.getByRole("main");
const { problem } = people;

test("of a kubeconfig with several contexts one is chosen, and those that cannot be used say why", async ({ page, spare }) => {
  const good = await spare.slipwayKubeconfig();
  const two = good
    .replace("contexts: [", "contexts: [{name: program, context: {cluster: staging, user: program}}, ")
    .replace("users: [", "users: [{name: program, user: {exec: {command: aws, apiVersion: v1}}}, ")
    .replace("current-context: slipway", "current-context: program");
  await page.goto("/settings/clusters/new");
  await people.ready(page);
  await page.locator("[name=name]").fill("Two contexts");
  const text = page.locator("[name=secret_kubeconfig]");
  await text.fill(two);
  const choice = page.locator("select[name=context]");
  await expect(choice).toBeVisible();
  // Once something else stands in the field, nothing of that can be chosen.
  await text.fill("kind: Config");
  await expect(choice).toHaveCount(0);
  // An answer that comes late is for what was typed over.
  await page.route("**/do/kubeconfig-contexts", async (route) => {
    await new Promise((later) => setTimeout(later, 1_000));
    await route.continue();
  });
  const asked = page.waitForRequest("**/do/kubeconfig-contexts");
  await text.fill(two);
  await asked;
  const answered = page.waitForResponse("**/do/kubeconfig-contexts");
  await text.fill("");
  await answered;
  await expect(choice).toHaveCount(0);
  await page.unroute("**/do/kubeconfig-contexts");
  await text.fill(two);
  await expect(choice).toBeVisible();
  await expect(main(page)).toContainText("program cannot be used");
  await expect(choice).toHaveValue("slipway");
  await page.getByRole("button", { name: "Connect and test" }).click();
  await expect(page).toHaveURL(/\/settings\/clusters\/[0-9a-f-]{36}$/);
  await expect(page.locator(".page-title .status")).toHaveText("Works");
  await people.removeCluster(page, "Two contexts");
});

test("a text that is too large for a kubeconfig is refused at once, and not sent to be read", async ({ page }) => {
  const asked = [];
  page.on("request", (request) => request.url().endsWith("/do/kubeconfig-contexts") && asked.push(request));
  const text = page.locator("[name=secret_kubeconfig]");
  await page.goto("/settings/clusters/new");
  await people.ready(page);
  // Playwright types it letter by letter, which takes longer than a test may; a person pastes it at once.
  await text.evaluate((area) => {
    area.value = `${"#".repeat(63)}\n`.repeat(4097);
    area.dispatchEvent(new Event("input", { bubbles: true }));
  });
  await expect(problem(page, "secret_kubeconfig")).toContainText("larger than 256 KiB");
  // Once it is smaller, it is read.
  await text.fill(withProgram);
  await expect(problem(page, "secret_kubeconfig")).toContainText("“exec” would run a program");
  const sent = asked.map((request) => request.postData().length);
  expect(sent.length).toBeGreaterThan(0);
  expect(Math.max(...sent)).toBeLessThan(16 * 1024);
});

test("a kubeconfig is read once, however often the field tells of the same text", async ({ page }) => {
  const asked = [];
  page.on("request", (request) => request.url().endsWith("/do/kubeconfig-contexts") && asked.push(request));
  const text = page.locator("[name=secret_kubeconfig]");
  const again = () => text.evaluate((area) => [1, 2, 3].forEach(() => area.dispatchEvent(new Event("input", { bubbles: true }))));
  await page.goto("/settings/clusters/new");
  await people.ready(page);
  await text.fill(withProgram);
  await again();
  await expect(problem(page, "secret_kubeconfig")).toContainText("“exec” would run a program");
  // What was found of it stays, and nothing is asked anew.
  await again();
  await expect(problem(page, "secret_kubeconfig")).toContainText("“exec” would run a program");
  // Longer than the pause before it is read.
  await page.waitForTimeout(1_000);
  expect(asked).toHaveLength(1);
});

test("a kubeconfig comes from a file into the form, where it can be read, and is judged like one that was pasted", async ({ page, spare }) => {
  const good = await spare.slipwayKubeconfig();
  const text = page.locator("[name=secret_kubeconfig]");
  const program = "“exec” would run a program on Slipway's machine";
  const choose = async (name, kubeconfig) => {
    await page.locator("input[type=file]").setInputFiles({ name, mimeType: "application/octet-stream", buffer: Buffer.from(kubeconfig) });
    await expect(text).toHaveValue(kubeconfig);
    await expect(page.locator(".file-drop .chosen")).toContainText(name);
  };
  await page.goto("/settings/clusters/new");
  await people.ready(page);
  await page.locator("[name=name]").fill("From a file");
  await choose("programs.yaml", withProgram);
  // Said while the form is filled in, and again when it is sent.
  await expect(problem(page, "secret_kubeconfig")).toContainText(program);
  await page.getByRole("button", { name: "Connect and test" }).click();
  await expect(problem(page, "secret_kubeconfig")).toContainText(program);
  await expect(page.locator("[name=name]")).toHaveValue("From a file");
  // As people have it: without an ending.
  await choose("config", good);
  // What no form takes is told where it is chosen, and what was read before stays.
  for (const [name, buffer, told] of [["large", Buffer.alloc(1024 * 1024 + 1, "#"), "larger than 1 MiB"], ["binary", Buffer.from([0x1f, 0x8b, 0, 0xff]), "not text"]]) {
    await page.locator("input[type=file]").setInputFiles({ name, mimeType: "application/octet-stream", buffer });
    await expect(page.locator(".kubeconfig .with-script .error")).toContainText(told);
    await expect(text).toHaveValue(good);
  }
  await page.getByRole("button", { name: "Connect and test" }).click();
  await expect(page).toHaveURL(/\/settings\/clusters\/[0-9a-f-]{36}$/);
  await expect(page.locator(".page-title .status")).toHaveText("Works");
  await people.removeCluster(page, "From a file");
});
