// Clusters: connected, tried before they are kept, tested, and removed; what is wrong said where it is.
import { createServer } from "node:http";
import { expect, image, test } from "../support/installation.js";
import { apply } from "../support/cluster.js";
import { kubeconfig, withProgram } from "../support/kubeconfig.js";
import { freePort } from "../support/slipway.js";
import * as people from "../support/people.js";

const main = (page) => page.getByRole("main");
const { problem } = people;

async function connect(page, name, text) {
  await page.goto("/settings/clusters/new");
  await people.ready(page);
  await page.locator("[name=name]").fill(name);
  await page.locator("[name=base_domain]").fill("typed.example.com");
  await page.locator("[name=secret_kubeconfig]").fill(text);
  await page.getByRole("button", { name: "Connect and test" }).click();
}

/** The same of one in which something is wrong, which is kept in spite of that. */
async function connectAnyway(page, name, text, said) {
  await connect(page, name, text);
  await people.keepAnyway(page, text, said);
  await expect(page).toHaveURL(/\/settings\/clusters\/[0-9a-f-]{36}$/);
}

/** What stands at the top of a cluster's page where something is wrong with it. */
const wrong = (page) => main(page).locator(".banner");

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });

    test("a kubeconfig that would run a program here is refused with the line, the reason and the way out, and what was typed stays", async ({ page }) => {
      await connect(page, "Runs programs", withProgram);
      const said = problem(page, "secret_kubeconfig");
      await expect(said).toContainText("“exec” would run a program on Slipway's machine");
      await expect(said).toContainText("Line 14");
      await expect(said).toContainText("slipway cluster manifest");
      await expect(page).toHaveURL(/\/settings\/clusters\/new$/);
      await expect(page.locator("[name=name]")).toHaveValue("Runs programs");
      await expect(page.locator("[name=base_domain]")).toHaveValue("typed.example.com");
      // Secrets are kept in the browser, and never sent back by the server.
      await expect(page.locator("[name=secret_kubeconfig]")).toHaveValue(javaScriptEnabled ? withProgram : "");
      await expect(page.locator("[name=secret_kubeconfig]")).toBeFocused();
      console.log(`exec: ${await said.innerText()}`);
      // The way out stands on the same page.
      await expect(main(page)).toContainText("kind: ServiceAccount");
    });

    test("a kubeconfig that names files is refused", async ({ page }) => {
      for (const text of [kubeconfig({ user: "tokenFile: /etc/shadow" }), kubeconfig({ cluster: "    certificate-authority: /etc/passwd\n" })]) {
        await connect(page, "Names files", text);
        await expect(problem(page, "secret_kubeconfig")).toContainText(/file/);
        await expect(page).toHaveURL(/\/settings\/clusters\/new$/);
      }
    });

    test("what another administrator saved meanwhile is not overwritten unseen", async ({ page }) => {
      await connectAnyway(page, `Changed twice ${javaScriptEnabled}`, kubeconfig({ server: `https://127.0.0.1:${await freePort()}` }));
      await people.ready(page);
      const save = (on) => Promise.all([on.waitForResponse("**/do/change-cluster"), on.getByRole("button", { name: "Save and test" }).click()]);
      const domain = page.locator("[name=base_domain]");
      const other = await page.context().newPage();
      if (!people.scripted(page)) people.withoutScripts(other);
      await other.goto(page.url());
      await people.ready(other);
      await other.locator("[name=base_domain]").fill("first.example.com");
      await save(other);
      // The answer has arrived: a page that is closed on its way to it may take the other with it.
      await expect(other.locator(".toast")).toContainText("at the top of its page");
      await other.close();

      await domain.fill("second.example.com");
      await save(page);
      await expect(page.locator(".form-problems")).toContainText("changed it");
      await expect(page.locator(".form-problems")).toContainText("while you had this page open");
      await expect(domain).toHaveValue("second.example.com");
      await save(page);
      await expect(page.locator(".form-problems")).toHaveCount(0);
      await page.reload();
      await expect(domain).toHaveValue("second.example.com");
    });

    test("what is found wrong before it is kept is said first, and asked anew where it is another fault", async ({ page }) => {
      const name = `Kept anyway ${javaScriptEnabled}`;
      const away = kubeconfig({ server: `https://127.0.0.1:${await freePort()}` });
      await connect(page, name, away);
      await expect(page.locator(".form-problems")).toContainText("The cluster does not answer");
      await expect(page).toHaveURL(/\/settings\/clusters\/new$/);
      await expect(page.locator("[name=name]")).toHaveValue(name);
      if (!javaScriptEnabled) {
        await expect(main(page)).toContainText("Paste it again");
        await expect(page.locator(".form-problems")).toContainText("Paste the kubeconfig again");
      }
      // The reason is in sight, and what the box stands for is not shown.
      await expect(page.locator(".form-problems")).toBeFocused();
      await expect(page.locator(".form-problems")).toBeInViewport();
      await expect(page.locator("form.stack .field .error, form.stack .check .error")).toHaveCount(0);
      await expect(page.locator("form.stack")).not.toContainText(/[0-9a-f]{64}/);
      // Whoever ticks the box has read what is wrong with this address, and of no other.
      const other = kubeconfig({ server: `https://127.0.0.1:${await freePort()}` });
      await page.locator("[name=secret_kubeconfig]").fill(other);
      await page.getByRole("checkbox", { name: "Keep it anyway" }).check();
      await page.getByRole("button", { name: "Connect and test" }).click();
      await expect(page.locator(".form-problems")).toContainText(other.match(/127\.0\.0\.1:\d+/)[0]);
      await expect(page.getByRole("checkbox", { name: "Keep it anyway" })).not.toBeChecked();
      // It stays ticked where something else is wrong.
      await page.locator("[name=secret_kubeconfig]").fill("");
      await page.getByRole("checkbox", { name: "Keep it anyway" }).check();
      await page.getByRole("button", { name: "Connect and test" }).click();
      await expect(problem(page, "secret_kubeconfig")).toContainText("Paste a kubeconfig");
      await expect(page.getByRole("checkbox", { name: "Keep it anyway" })).toBeChecked();
      await page.locator("[name=secret_kubeconfig]").fill(other);
      await page.getByRole("button", { name: "Connect and test" }).click();
      await expect(page).toHaveURL(/\/settings\/clusters\/[0-9a-f-]{36}$/);
      await expect(page.locator(".page-title .status")).toHaveText("Does not work");
      await expect(wrong(page)).toContainText("The cluster does not answer");
      await people.ready(page);
      await people.removeCluster(page, name);
    });

    test("credentials of registries that do not come back are asked for once", async ({ page }) => {
      const away = kubeconfig({ server: `https://127.0.0.1:${await freePort()}` });
      const registry = page.locator("[name=secret_registry]");
      const typed = '{"auths": {"registry.example.com": {"auth": "dTpw"}}}';
      await page.goto("/settings/clusters/new");
      await people.ready(page);
      await page.locator("[name=name]").fill("Loses nothing");
      await page.locator("[name=secret_kubeconfig]").fill(away);
      await registry.fill(typed);
      const send = () => page.getByRole("button", { name: "Connect and test" }).click();
      await send();
      await expect(page.locator(".form-problems")).toContainText("Nothing is saved yet");
      if (javaScriptEnabled) return expect(registry).toHaveValue(typed);
      await expect(page.locator(".form-problems")).toContainText("Paste the kubeconfig and the registry credentials again");
      await page.locator("[name=secret_kubeconfig]").fill(away);
      await send();
      await expect(problem(page, "secret_registry")).toContainText("did not come back");
      // Whoever leaves it empty now means it.
      await page.locator("[name=secret_kubeconfig]").fill(away);
      await send();
      await expect(page.locator(".form-problems")).toContainText("Nothing is saved yet");
    });

    test("a cluster is connected once, and the other connection is a link", async ({ page, installation }) => {
      await connect(page, "Staging again", await installation.cluster.slipwayKubeconfig());
      await expect(problem(page, "secret_kubeconfig")).toHaveText("This cluster is connected already, as “Staging”.");
      await expect(page.getByRole("checkbox", { name: "Keep it anyway" })).toHaveCount(0);
      await page.getByRole("link", { name: "See the other connection" }).click();
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("Staging");
    });

    test("a form with several mistakes says each at its field and keeps the rest", async ({ page }) => {
      await page.goto("/settings/clusters/new");
      await people.ready(page);
      await page.locator("[name=base_domain]").fill("not a domain");
      await page.locator("[name=dns_labels]").fill("kube-dns");
      await page.locator("[name=ingress_class]").fill("nginx");
      await page.locator("[name=secret_kubeconfig]").fill(kubeconfig());
      await page.getByRole("button", { name: "Connect and test" }).click();
      await expect(problem(page, "name")).toContainText("Give the cluster a name");
      await expect(problem(page, "base_domain")).toContainText("A domain");
      await expect(problem(page, "dns_labels")).toContainText("Labels");
      await expect(page.locator("[name=ingress_class]")).toHaveValue("nginx");
      await expect(page.locator("[name=base_domain]")).toHaveValue("not a domain");
      await expect(page.locator("[name=name]")).toBeFocused();
      await expect(page.locator(".form-problems li")).toHaveCount(3);
    });
  });
}

test("a cluster that does not answer is said so on its page and in the list, and a test asks again", async ({ page }) => {
  const port = await freePort();
  await connectAnyway(page, "Unreachable", kubeconfig({ server: `https://127.0.0.1:${port}` }), "The cluster does not answer");
  await expect(page.locator(".page-title .status")).toHaveText("Does not work");
  await expect(wrong(page)).toContainText("The cluster does not answer");
  await expect(wrong(page)).toContainText(/It has never answered\. First tried \d/);
  await expect(wrong(page)).not.toContainText("It has not worked since");
  await expect(wrong(page)).toContainText("No environments live there, so Slipway does not call it by itself");
  console.log(`unreachable: ${await wrong(page).innerText()}`);
  await expect(main(page)).toContainText(`127.0.0.1:${port}`);
  await expect(main(page)).toContainText("Last error");
  await expect(main(page)).toContainText(/Registry credentials\s*None/);
  // What was said in passing when it was kept is the same as what a test says.
  await page.reload();
  await people.ready(page);
  await page.getByRole("button", { name: "Test", exact: true }).click();
  await expect(page.locator(".toast").filter({ hasText: "at the top of its page" })).toBeVisible();
  await expect(wrong(page)).toContainText("The cluster does not answer");
  await page.goto("/settings/clusters");
  await expect(page.getByRole("row", { name: /Unreachable/ })).toContainText("Does not work");
  await page.goto("/settings");
  await expect(page.getByRole("link", { name: /Clusters/ }).filter({ hasText: /do(es)? not work/ })).toBeVisible();
  await page.goto("/");
  const banner = main(page).locator(".banner").filter({ hasText: /\d+ clusters? do(es)? not work: / });
  await banner.getByRole("link", { name: "See clusters" }).click();
  await expect(page).toHaveURL(/\/settings\/clusters$/);
});

test("a token that ends soon is told where clusters are, on Settings and on Home", async ({ page }) => {
  // The cluster of the installation is signed in to with a token of four hours.
  const staging = page.getByRole("link", { name: "Staging", exact: true });
  await page.goto("/settings/clusters");
  const row = page.getByRole("row").filter({ has: staging });
  await expect(row).toContainText("Needs a new token");
  await expect(row).toContainText("The token that Slipway signs in with is valid until");
  await staging.click();
  await expect(wrong(page)).toContainText("The token that Slipway signs in with is valid until");
  // How an account is made is not told at length where there is one that works.
  await expect(page.locator(".page-title .status")).toHaveText("Works");
  await expect(main(page).getByRole("link", { name: "slipway-manifest.yaml" })).toBeVisible();
  await expect(main(page)).not.toContainText("kubectl apply");
  await page.goto("/settings");
  await expect(page.getByRole("link", { name: /Clusters/ }).filter({ hasText: /\d+ needs? a new token/ })).toBeVisible();
  await page.goto("/");
  const banner = main(page).locator(".banner").filter({ hasText: /\d+ clusters? needs? a new token: / });
  await expect(banner).toContainText(/Staging \(valid until \d+ \w+ \d{4}, \d\d:\d\d UTC\)/);
  await banner.getByRole("link", { name: "See clusters" }).click();
  await expect(page).toHaveURL(/\/settings\/clusters$/);
});

test("what is no Kubernetes API is not taken for one", async ({ page }) => {
  const other = createServer((_, answer) => answer.end("<!doctype html><title>A wiki</title>"));
  await new Promise((listening) => other.listen(0, "127.0.0.1", listening));
  await connect(page, "Not a cluster", kubeconfig({ server: `http://127.0.0.1:${other.address().port}` }));
  await expect(page.locator(".form-problems, .field .error").first()).toContainText(/not a Kubernetes API|https/i);
  console.log(`no API: ${(await page.locator(".form-problems, .field .error").first().innerText()).trim()}`);
  other.close();
});

test("an address that no one may ask for is refused", async ({ page }) => {
  await connect(page, "Metadata", kubeconfig({ server: "https://169.254.169.254" }));
  await expect(problem(page, "secret_kubeconfig")).toContainText("169.254.169.254 is where a cloud keeps the machine's own credentials: Slipway never connects to it");
  // It is not called either.
  await expect(main(page)).not.toContainText("Slipway called");
  await expect(page.getByRole("checkbox", { name: "Keep it anyway" })).toHaveCount(0);
});

test("a token that the cluster does not know is said so", async ({ page, installation }) => {
  const good = await installation.cluster.slipwayKubeconfig();
  // Which cluster it is cannot be asked, but where it is says enough.
  await connectAnyway(page, "Wrong token", good.replace(/token: [^}\s]+/, "token: wrong"), "the same address as “Staging”");
  await expect(page.locator(".page-title .status")).toHaveText("Does not work");
  const said = await wrong(page).innerText();
  console.log(`wrong token: ${said}`);
  expect(said).toMatch(/token|sign|credentials/i);
});

test("a test lists each right that is missing, and finds none once it is given", async ({ page, spare: cluster }) => {
  await cluster.kubectl("create", "serviceaccount", "weak", "-n", "default");
  await apply(cluster.kubectl, "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: weak}\nrules: [{apiGroups: [''], resources: [namespaces], verbs: [get, list, create]}]\n");
  await cluster.kubectl("create", "clusterrolebinding", "weak", "--clusterrole=weak", "--serviceaccount=default:weak");
  const token = (await cluster.kubectl("create", "token", "weak", "-n", "default")).trim();
  const good = await cluster.slipwayKubeconfig();
  await connectAnyway(page, "Weak", good.replace(/token: [^}\s]+/, `token: ${token}`), /lacks permissions.*Slipway signs in there as system:serviceaccount:default:weak\./s);
  await expect(page.locator(".page-title .status")).toHaveText("Missing permissions");
  const missing = page.locator(".card", { has: page.getByRole("heading", { name: "State" }) }).locator("ul.checks li");
  const listed = (await missing.allInnerTexts()).map((text) => text.trim());
  console.log(`missing: ${listed.join("; ").slice(0, 600)}`);
  expect(listed.some((right) => /deployments \(apps\)/.test(right))).toBe(true);
  // It may get, list and create namespaces, and no more.
  expect(listed.filter((right) => / namespaces,/.test(right)).map((right) => right.split(" namespaces")[0])).toEqual(["delete and patch"]);
  await expect(main(page)).toContainText("slipway cluster manifest");
  // The token is nowhere on the page.
  expect(await page.content()).not.toContain(token);

  await cluster.kubectl("create", "clusterrolebinding", "weak-no-more", "--clusterrole=cluster-admin", "--serviceaccount=default:weak");
  await people.ready(page);
  await page.getByRole("button", { name: "Test", exact: true }).click();
  await expect(page.locator(".page-title .status")).toHaveText("Works");
  await expect(missing).toHaveCount(0);
  await people.removeCluster(page, "Weak");
});

test("a cluster in which environments live says how many and cannot be removed, and one without asks for its name", async ({ browser, page, installation }) => {
  const { url } = installation;
  const context = await browser.newContext({ storageState: installation.administrator });
  const blueprint = await people.blueprintCalled(context, url);
  await page.goto("/settings/clusters");
  const staging = await page.getByRole("link", { name: "Staging", exact: true }).getAttribute("href");
  const { clusters } = await people.call(context, url, "request-form", { blueprint });
  const cluster = clusters.find((one) => one.label.startsWith("Staging")).value;
  await people.call(context, url, "request-environment", { blueprint, name: "lives-there", team: "group:default/payments", entity: "", cluster, lifetime: "", "parameters[image]": image("web") });
  await page.goto(`${staging}/remove`);
  await people.ready(page);
  await expect(main(page)).toContainText(/One environment still lives there|\d+ environments still live there/);
  // Nothing can be done here but to ask whether it still answers.
  await expect(main(page).getByRole("button")).toHaveText(["Test"]);
  await expect(page.locator("[name=name]")).toHaveCount(0);
  await expect(main(page).getByRole("link", { name: "All environments" })).toHaveAttribute("href", "/environments");
  await expect(main(page).locator(".card li").getByRole("link").first()).toHaveAttribute("href", /^\/environments\/[0-9a-f-]{36}$/);
  // Whoever sends the form all the same is refused.
  const refused = await people.call(context, url, "remove-cluster", { id: cluster, name: "Staging" });
  expect(JSON.stringify(refused)).toMatch(/One environment still lives there|environments still live there/);

  await connectAnyway(page, "Short lived", kubeconfig());
  await page.getByRole("link", { name: "Remove" }).click();
  await people.ready(page);
  await page.locator("[name=name]").fill("Short");
  await page.getByRole("button", { name: "Remove Short lived", exact: true }).click();
  await expect(problem(page, "name")).toBeVisible();
  await page.locator("[name=name]").fill("Short lived");
  await page.getByRole("button", { name: "Remove Short lived", exact: true }).click();
  await expect(page).toHaveURL(/\/settings\/clusters$/);
  await expect(page.getByRole("row", { name: /Short lived/ })).toHaveCount(0);
  await context.close();
});
