// The server is killed again and again while people ask for environments and let them go; in the end each is in its right state,
// none was made twice, and nothing is left behind. `SLIPWAY_KILLS` and `SLIPWAY_KILL_SEED` choose how often and which instants.
import { test } from "@playwright/test";
import { spawn } from "node:child_process";
import { mkdtemp, mkdir, rm } from "node:fs/promises";
import { createInterface } from "node:readline";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, image, organisation } from "../support/installation.js";
import { CLUSTER, startCluster } from "../support/cluster.js";
import { startPostgres } from "../support/postgres.js";
import { freePort, startSlipway } from "../support/slipway.js";
import * as people from "../support/people.js";

const KILLS = Number(process.env.SLIPWAY_KILLS ?? 20);
const SEED = Number(process.env.SLIPWAY_KILL_SEED ?? 7);
const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Mulberry32: the same instants for the same seed. */
function seeded(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The way to the server was cut before it answered: whether it did what it was asked for is not known. */
class Cut extends Error {}
const CUT = /aborted|ECONNRESET|ECONNREFUSED|EPIPE|socket hang up|other side closed/;

/** Counts how often the cluster announced each namespace as new. */
function watchNamespaces(kubeconfig) {
  const made = new Map();
  const columns = "custom-columns=TYPE:.type,NAME:.object.metadata.name";
  const args = ["kubectl", "--kubeconfig", kubeconfig, "get", "namespaces", "--watch", "--output-watch-events", "-o", columns, "--no-headers"];
  const child = spawn(CLUSTER, args, { stdio: ["ignore", "pipe", "ignore"] });
  createInterface({ input: child.stdout }).on("line", (line) => {
    const [type, name] = line.trim().split(/\s+/);
    if (type === "ADDED") made.set(name, (made.get(name) ?? 0) + 1);
  });
  return { made, stop: () => child.kill() };
}

// What ends each thing that the test has started. A test that runs over its time comes to no `finally` of its own, but to this.
const ends = [];
test.afterEach(async () => {
  const failed = [];
  for (const end of ends.splice(0).reverse()) await end().catch((error) => failed.push(error));
  expect(failed).toEqual([]);
});

// Side by side: most of the time each waits.
test(`${KILLS} kills of the server on SQLite, and as many on PostgreSQL`, async ({ browser }) => {
  test.skip(!CLUSTER, "SKIPPED: there is no control plane (SLIPWAY_TEST_CLUSTER_BIN)");
  test.setTimeout(300_000 + KILLS * 15_000);
  const campaigns = await Promise.allSettled(["SQLite", "PostgreSQL"].map((database) => campaign(browser, database)));
  // Only now, so that the end of one takes nothing from under the other.
  const failed = campaigns.filter(({ status }) => status === "rejected").map(({ reason }) => reason);
  for (const error of failed.slice(1)) console.log(`The other campaign failed too: ${error.stack}`);
  if (failed.length > 0) throw failed[0];
});

/** A server of its own on the database, with a control plane of its own, killed again and again. */
async function campaign(browser, database) {
  const folder = await mkdtemp(join(tmpdir(), "slipway-e2e-kills-"));
  ends.push(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, "organisation"));
  await organisation(join(folder, "organisation"));
  const cluster = await startCluster();
  ends.push(() => cluster.stop());
  const postgres = database === "PostgreSQL" ? await startPostgres() : undefined;
  if (postgres) ends.push(() => postgres.stop());
  const port = await freePort();
  const env = { SLIPWAY_JOBS_LEASE: "2s", ...(postgres && { SLIPWAY_DATABASE_URL: postgres.url }) };
  const start = () => startSlipway({ data: join(folder, "data"), port, env });
  let server = await start();
  ends.push(() => server.stop());
  const context = await browser.newContext({ baseURL: server.url });
  ends.push(() => context.close());
  const page = await context.newPage();
  await people.accept(page, await server.link(), "ada", "Ada Lovelace");
  await people.addSource(page, "Organisation", join(folder, "organisation"));
  await people.connectCluster(page, "Staging", await cluster.slipwayKubeconfig());
  await people.joinTeam(page, "Ada Lovelace", "Payments");
  const call = async (name, form) => {
    const sent = context.request.post(`/do/${name}`, { form, headers: { Origin: server.url }, timeout: 5_000 });
    const answer = await sent.catch((error) => {
      throw CUT.test(String(error)) ? new Cut(name) : error;
    });
    expect(answer.status(), await answer.text()).toBe(200);
    return answer.json();
  };
  /** Asks for a change; an answer that it was made. */
  const change = async (name, form) => {
    const answer = await call(name, form);
    expect(answer.Done, `${name}: ${JSON.stringify(answer)}`).toBeTruthy();
  };
  const facts = await call("blueprint-cards", {});
  const blueprint = facts[0].id;
  const { clusters } = await call("request-form", { blueprint });
  const witness = watchNamespaces(cluster.kubeconfig);
  ends.push(async () => witness.stop());

  const random = seeded(SEED);
  const between = (from, to) => from + random() * (to - from);
  const began = Date.now();
  // What a person knows: the name that they asked for, whether they were told that it was taken, and which they wanted gone. A
  // request that was cut off may or may not count.
  const asked = new Map();
  const find = async (name) => {
    let after;
    do {
      const { rows, next } = await call("environments", { mine: "true", ended: "true", ...(after && { after }) });
      const found = rows.find((row) => row.name === name);
      if (found) return found;
      after = next;
    } while (after);
    expect(asked.get(name).taken, `${name} was answered to be taken, and is not there`).toBe(false);
    return undefined;
  };
  let cut = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const name = `kill-${kill}`;
    // Some while a request is on its way, most while the work is.
    const delay = random() < 0.4 ? between(0, 30) : between(30, 2_500);
    const life = (async () => {
      const fields = { blueprint, name, team: "group:default/payments", entity: "", cluster: clusters[0].value, lifetime: "", "parameters[image]": image("web") };
      asked.set(name, { wanted: true, taken: false });
      await change("request-environment", fields);
      asked.get(name).taken = true;
      if (random() < 0.7) {
        const living = [...asked].filter(([, one]) => one.wanted).map(([name]) => name);
        const chosen = living[Math.floor(random() * living.length)];
        const row = await find(chosen);
        if (!row) return;
        asked.get(chosen).maybe = true;
        await change("destroy-environment", { id: row.id, name: chosen });
        Object.assign(asked.get(chosen), { wanted: false, maybe: false });
      }
    })().then(
      () => undefined,
      (error) => error,
    );
    await sleep(delay);
    await server.kill();
    const error = await life;
    if (error instanceof Cut) cut++;
    else if (error) throw error;
    server = await start();
  }
  const killedIn = Date.now() - began;

  const counts = { ready: 0, destroyed: 0, never: 0 };
  const expected = new Set();
  for (const [name, one] of asked) {
    const row = await find(name);
    if (!row) {
      counts.never++;
      continue;
    }
    let view;
    await expect(async () => {
      ({ Found: view } = await call("environment", { id: row.id }));
      const ends = one.maybe ? ["ready", "destroyed"] : [one.wanted ? "ready" : "destroyed"];
      expect(ends, `${name}: ${view.reason}`).toContain(view.row.state);
      // One whose wish to destroy was cut off is ready only if no destroy is under way.
      expect(view.operation?.finished_at).not.toBeNull();
    }).toPass({ timeout: 240_000, intervals: [200] });
    const made = witness.made.get(view.namespace) ?? 0;
    if (view.row.state === "ready") {
      counts.ready++;
      expected.add(view.namespace);
      expect(made, `${name} was made once`).toBe(1);
    } else {
      counts.destroyed++;
      expect(made, `${name} was made at most once`).toBeLessThanOrEqual(1);
      expect(view.receipt?.sentence).toBeTruthy();
    }
  }
  if (KILLS >= 10) {
    expect(counts.ready, "some were to stay").toBeGreaterThan(0);
    expect(counts.destroyed, "some were to go").toBeGreaterThan(0);
  }
  const atRest = Date.now() - began - killedIn;
  const { items } = await cluster.json("get", "namespaces", "-l", "app.kubernetes.io/managed-by=slipway");
  // The namespace of Slipway's own account is the administrator's.
  const there = items.map((item) => item.metadata.name).filter((name) => name !== "slipway");
  expect(new Set(there), "nothing but the ready ones is in the cluster").toEqual(expected);
  console.log(
    `${database}: ${KILLS} kills of the server (seed ${SEED}) in ${Math.round(killedIn / 1000)} s, at rest after ${Math.round(atRest / 1000)} s; ` +
      `${asked.size} requests, ${cut} cut off by a kill: ${counts.ready} ready, ${counts.destroyed} destroyed with a receipt, ` +
      `${counts.never} never taken; none made twice, none left behind`,
  );
}
