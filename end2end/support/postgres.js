// A PostgreSQL of the test's own, from the machine's programs; it refuses root, so as root it runs as the user postgres.
import { execFile } from "node:child_process";
import { chown, mkdtemp, readdir, rm } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { start } from "./process.js";
import { freePort } from "./slipway.js";

const run = promisify(execFile);
const DEBIAN = "/usr/lib/postgresql";

async function programs() {
  const versions = existsSync(DEBIAN) ? (await readdir(DEBIAN)).sort((a, b) => Number(b) - Number(a)) : [];
  const found = versions.map((version) => join(DEBIAN, version, "bin")).find((folder) => existsSync(join(folder, "initdb")));
  if (found) return found;
  const { stdout } = await run("sh", ["-c", "dirname $(command -v initdb)"]);
  return stdout.trim();
}

/** `durable`: it waits for the disk as in production; tests need not. */
export async function startPostgres({ durable = false } = {}) {
  const bin = await programs();
  const folder = await mkdtemp(join(tmpdir(), "slipway-e2e-postgres-"));
  const as = {};
  if (process.getuid() === 0) {
    const id = async (flag) => Number((await run("id", [flag, "postgres"])).stdout);
    [as.uid, as.gid] = [await id("-u"), await id("-g")];
    await chown(folder, as.uid, as.gid);
  }
  const data = join(folder, "data");
  await run(join(bin, "initdb"), ["-D", data, "-U", "slipway", "-A", "trust", "--no-sync"], as);
  const port = await freePort();
  const settings = ["listen_addresses=127.0.0.1", `port=${port}`, `unix_socket_directories=${folder}`, ...(durable ? [] : ["fsync=off"])];
  const server = await start(join(bin, "postgres"), ["-D", data, ...settings.flatMap((one) => ["-c", one])], {
    as,
    ready: (line) => line.includes("ready to accept connections"),
  });
  return {
    /** A database of this name, made now. */
    database: async (name) => {
      await run(join(bin, "createdb"), ["-h", "127.0.0.1", "-p", String(port), "-U", "slipway", name]);
      return `postgresql://slipway@127.0.0.1:${port}/${name}`;
    },
    url: `postgresql://slipway@127.0.0.1:${port}/postgres`,
    stop: async () => {
      await server.stop("SIGINT");
      await rm(folder, { recursive: true, force: true });
    },
  };
}
