// The server under test: the program that `make run` starts, on a port and a data folder of its own.
import { createServer } from "node:net";
import { basename, dirname } from "node:path";
import { start } from "./process.js";

const BIN = process.env.SLIPWAY_BIN;
if (!BIN) throw new Error("SLIPWAY_BIN names no server: run `make test`, or `cargo xtask build` and set it");

/** A port of this machine that nobody listens on. */
export async function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Starts it, its data folder beside where it is started, as `make run` does. `link` is the one-time link of the first administrator, where there is none yet. */
export async function startSlipway({ data, port, env = {} }) {
  const program = await start(BIN, ["serve", "--listen", `127.0.0.1:${port}`, "--data", `./${basename(data)}`], {
    as: { cwd: dirname(data) },
    env: { SLIPWAY_LOG: "warn", ...env },
    ready: (line, said) => (/^Slipway is ready at /.test(line) ? said : undefined),
  });
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    program,
    /** Printed after the address where nobody can sign in yet. */
    link: async () => {
      for (let tries = 0; tries < 100; tries++) {
        const line = program.said.find((line) => line.includes("/welcome/"));
        if (line) return line.trim();
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      throw new Error(`no one-time link was printed:\n${program.said.join("\n")}`);
    },
    stop: () => program.stop(),
    kill: () => program.stop("SIGKILL"),
  };
}
