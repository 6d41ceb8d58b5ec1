// What failed in the background for good, and how whoever looks after Slipway has it run again; with scripts and without.
import { apply } from "../support/cluster.js";
import { expect, image, test } from "../support/installation.js";
import * as people from "../support/people.js";

const main = (page) => page.getByRole("main");

/** An account of the cluster that may do everything until that is taken away; then it may only look. */
async function account({ kubectl, slipwayKubeconfig }, name) {
  const who = `--serviceaccount=default:${name}`;
  const all = `${name}-all`;
  await kubectl("create", "serviceaccount", name, "-n", "default");
  await apply(kubectl, `apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: ${name}}\nrules: [{apiGroups: ['*'], resources: ['*'], verbs: [get, list, watch]}]\n`);
  await kubectl("create", "clusterrolebinding", name, `--clusterrole=${name}`, who);
  const token = (await kubectl("create", "token", name, "-n", "default")).trim();
  return {
    kubeconfig: (await slipwayKubeconfig()).replace(/token: [^}\s]+/, `token: ${token}`),
    allow: () => kubectl("create", "clusterrolebinding", all, "--clusterrole=cluster-admin", who),
    refuse: () => kubectl("delete", "clusterrolebinding", all),
  };
}

/** Tests a cluster by its page until it stands so: a change of rights takes a moment to hold. */
async function tested(page, cluster, word) {
  await page.goto(cluster);
  await people.ready(page);
  await expect(async () => {
    await page.getByRole("button", { name: "Test", exact: true }).click();
    await expect(page.locator(".page-title .status")).toHaveText(word, { timeout: 1_000 });
  }).toPass({ timeout: 30_000, intervals: [200] });
}

/** Waits for what the page shows: it follows by itself where there are scripts, and is reloaded where there are none. */
const shows = (page, check) => (people.scripted(page) ? check(30_000) : people.reloadUntil(page, () => check(200), 30));

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });

    test("a job that the cluster refuses fails for good, fails again while that lasts, and is done by a retry afterwards", async ({ page, another }) => {
      // A cluster is connected once.
      const cluster = await another();
      const name = javaScriptEnabled ? "refused-live" : "refused-plain";
      const rights = await account(cluster, name);
      await rights.allow();
      // After Staging in every list, so that nobody else is offered it first.
      const connection = `Takes rights back, ${name}`;
      await people.connectCluster(page, connection, rights.kubeconfig);
      const there = page.url();
      await tested(page, there, "Works");
      const fill = () => page.locator("select[name=cluster]").selectOption({ label: connection });
      const url = await people.requestEnvironment(page, { name, image: image("web"), lifetime: "2d", fill });
      await people.becomes(page, "Ready");
      const namespace = (await page.getByText(new RegExp(`^env-${name}-[0-9a-f]{8}$`)).first().textContent()).trim();
      const noted = async () => (await cluster.json("get", "namespace", namespace)).metadata.annotations["slipway.dev/expires-at"];
      const before = await noted();

      await rights.refuse();
      await tested(page, there, "Missing permissions");
      await page.goto(`${url}/extend`);
      await people.ready(page);
      await page.locator("[name=more][value='1d']").check();
      await page.getByRole("button", { name: "Extend" }).click();
      await expect(page).toHaveURL(url);

      const row = page.getByRole("table", { name: "Jobs", exact: true }).getByRole("row").filter({ has: page.getByRole("link", { name, exact: true }) });
      const runs = row.locator("[data-label=runs]");
      const failed = "/settings/queue?state=failed";
      const failedOnce = async (times) => {
        await shows(page, (timeout) => expect(runs).toHaveText(String(times), { timeout }));
        await expect(row.locator(".status")).toHaveText("Failed");
        await expect(row).toContainText("Record an expiry in the cluster");
        await expect(row.getByRole("link", { name, exact: true })).toHaveAttribute("href", new URL(url).pathname);
        await expect(row).toContainText("Slipway's account in the cluster is not allowed to do this");
      };
      await page.goto(failed);
      await people.ready(page);
      await failedOnce(1);
      await row.getByRole("button", { name: "Retry" }).click();
      await expect(page.locator(".toast").filter({ hasText: "The job is queued again" })).toBeVisible();
      await expect(page).toHaveURL(failed);
      await failedOnce(2);
      expect(await noted()).toBe(before);
      await page.goto(`${url}?tab=history`);
      await expect(main(page)).toContainText("The new expiry could not be written on the namespace");

      await rights.allow();
      await tested(page, there, "Works");
      await page.goto(failed);
      await people.ready(page);
      await row.getByRole("button", { name: "Retry" }).click();
      await expect(row).toHaveCount(0);
      await page.goto("/settings/queue?state=done&kind=environment.annotate");
      await shows(page, (timeout) => expect(row.locator(".status")).toHaveText("Ended", { timeout }));
      // That it ended is neither good nor bad: what came of it stands on the environment's page.
      await expect(row.locator(".status")).toHaveClass(/\boff\b/);
      await expect(main(page)).toContainText("What became of an environment or of a source stands on its own page.");
      expect(Date.parse(await noted()) - Date.parse(before)).toBe(24 * 60 * 60 * 1000);
      // Nobody has it run again who looks at it now: it is done.
      await expect(row.getByRole("button", { name: "Retry" })).toHaveCount(0);
      await page.goto("/settings/audit?action=job");
      await expect(page.getByRole("table", { name: "Changes" })).toContainText("retried the job Record an expiry in the cluster");
    });
  });
}
