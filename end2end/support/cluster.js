// The Kubernetes control plane of `end2end/cluster`, and what an administrator of it does with kubectl.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { start } from "./process.js";

const run = promisify(execFile);

/** The program, or nothing where it was not built. CI skips nothing. */
export const CLUSTER = process.env.SLIPWAY_TEST_CLUSTER_BIN;
if (!CLUSTER && process.env.CI) throw new Error("SLIPWAY_TEST_CLUSTER_BIN names no control plane, and CI skips nothing");

export async function startCluster() {
  const folder = await mkdtemp(join(tmpdir(), "slipway-e2e-cluster-"));
  const program = await start(CLUSTER, ["up", "--dir", folder, "--stdin-lifeline"], {
    ready: (line) => line.startsWith("{") && JSON.parse(line),
  });
  const kubeconfig = program.value.kubeconfig;
  const kubectl = async (...args) => {
    const { stdout } = await run(CLUSTER, ["kubectl", "--kubeconfig", kubeconfig, ...args], { maxBuffer: 1 << 26 });
    return stdout;
  };
  return {
    kubeconfig,
    kubectl,
    json: async (...args) => JSON.parse(await kubectl(...args, "-o", "json")),
    /** What one pastes who follows `slipway cluster manifest`: the account with the least rights. */
    slipwayKubeconfig: () => slipwayKubeconfig(program.value, kubectl),
    adminKubeconfig: () => readFile(kubeconfig, "utf8"),
    stop: async () => {
      await program.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function slipwayKubeconfig({ server, ca_data }, kubectl) {
  const { stdout: manifest } = await run(process.env.SLIPWAY_BIN, ["cluster", "manifest"]);
  await apply(kubectl, manifest);
  const token = (await kubectl("create", "token", "slipway", "--namespace", "slipway", "--duration", "4h")).trim();
  return [
    "apiVersion: v1",
    "kind: Config",
    "current-context: slipway",
    `clusters: [{name: staging, cluster: {server: "${server}", certificate-authority-data: ${ca_data}}}]`,
    "contexts: [{name: slipway, context: {cluster: staging, user: slipway}}]",
    `users: [{name: slipway, user: {token: ${token}}}]`,
    "",
  ].join("\n");
}

/** Applies a manifest as an administrator of the cluster. */
export async function apply(kubectl, manifest) {
  const folder = await mkdtemp(join(tmpdir(), "slipway-e2e-manifest-"));
  const file = join(folder, "manifest.yaml");
  const { writeFile } = await import("node:fs/promises");
  await writeFile(file, manifest);
  try {
    return await kubectl("apply", "-f", file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
