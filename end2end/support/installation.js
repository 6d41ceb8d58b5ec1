// What every browser test starts from: a control plane, a server, an administrator, a catalog with two teams, a connected cluster.
import { test as base, expect } from "@playwright/test";
import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { wasRead } from "./catalog.js";
import { CLUSTER, startCluster } from "./cluster.js";
import { freePort, startSlipway } from "./slipway.js";
import * as people from "./people.js";

export { expect };

const ORGANISATION = `
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: payments, title: Payments}
spec: {type: team, children: []}
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: search, title: Search}
spec: {type: team, children: []}
---
apiVersion: backstage.io/v1alpha1
kind: System
metadata: {name: checkout, description: From basket to receipt}
spec: {owner: payments}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: payments-api, description: "Takes payments, refunds them, and tells the ledger", tags: [rust, http]}
spec: {type: service, lifecycle: production, owner: payments, system: checkout, providesApis: [payments-v2]}
---
apiVersion: backstage.io/v1alpha1
kind: API
metadata: {name: payments-v2}
spec: {type: openapi, lifecycle: production, owner: payments, system: checkout, definition: "openapi: 3.1.0"}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: indexer}
spec: {type: service, lifecycle: experimental, owner: search}
`;

/** Writes the catalog of the tests. */
export const organisation = (folder) => writeFile(join(folder, "catalog-info.yaml"), ORGANISATION);

/** Images of the played nodes: what a part of the name says happens to their pods. */
export const image = (name) => `registry.example.com/team/${name}:1`;

export const test = base.extend({
  /** Before everything else, in every test: a fixture of a worker would skip the first alone, and the others would count as passed. */
  peers: [
    async ({}, use) => {
      base.skip(!CLUSTER, "SKIPPED: there is no control plane (SLIPWAY_TEST_CLUSTER_BIN)");
      await use();
    },
    { auto: true },
  ],

  // One for each worker: it is not cheap, and its tests use names of their own.
  installation: [
    async ({ browser }, use) => {
      const folder = await mkdtemp(join(tmpdir(), "slipway-e2e-"));
      await mkdir(join(folder, "organisation"));
      await organisation(join(folder, "organisation"));
      const port = await freePort();
      const [cluster, server] = await Promise.all([startCluster(), startSlipway({ data: join(folder, "data"), port })]);
      // The first test may be one without scripts; who sets this up has them.
      const context = await browser.newContext({ baseURL: server.url, javaScriptEnabled: true });
      const page = await context.newPage();
      await people.accept(page, await server.link(), "ada", "Ada Lovelace");
      await people.addSource(page, "Organisation", join(folder, "organisation"));
      await wasRead(page);
      await people.connectCluster(page, "Staging", await cluster.slipwayKubeconfig());
      await people.joinTeam(page, "Ada Lovelace", "Payments");
      const administrator = await context.storageState();
      await context.close();
      await use({ folder, cluster, server, url: server.url, administrator });
      await server.stop();
      await cluster.stop();
      await rm(folder, { recursive: true, force: true });
    },
    { scope: "worker", timeout: 120_000 },
  ],

  /** Another control plane, for tests that connect one: a cluster is connected once. Whoever uses it removes the connection again. */
  spare: [async ({ another }, use) => use(await another()), { scope: "worker", timeout: 120_000 }],

  /** Starts one more, for a test that leaves something there. */
  another: [
    async ({}, use) => {
      const clusters = [];
      await use(async () => {
        clusters.push(await startCluster());
        return clusters.at(-1);
      });
      await Promise.all(clusters.map((cluster) => cluster.stop()));
    },
    { scope: "worker", timeout: 120_000 },
  ],

  /** A page of the signed-in administrator, who is a member of payments; it fails the test for what the browser complains of. */
  page: async ({ browser, installation, javaScriptEnabled, viewport, colorScheme }, use) => {
    const context = await browser.newContext({
      baseURL: installation.url,
      storageState: installation.administrator,
      javaScriptEnabled,
      viewport,
      colorScheme,
    });
    const page = await context.newPage();
    if (!javaScriptEnabled) people.withoutScripts(page);
    const complaints = [];
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    await use(page);
    const said = installation.server.program.said.filter((line) => line.includes("panicked"));
    await context.close();
    // A page that is not there, or not for this person, is a status that some tests ask for.
    expect(complaints.filter((text) => !/status of 4\d\d/.test(text))).toEqual([]);
    expect(said).toEqual([]);
  },
});
