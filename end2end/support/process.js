// Programs that a test starts: each ends with the test, and what it said is kept for when it fails.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

const children = new Set();
// Whatever still runs when this process ends, ends with it: also what a test has started after its time was over.
process.on("exit", () => children.forEach((child) => child.kill("SIGKILL")));

/** Starts a program, and gives it once a line of its output is what `ready` waits for (the value that `ready` makes of it). */
export async function start(command, args, { env = {}, as = {}, ready, seconds = 60 }) {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ["pipe", "pipe", "pipe"], ...as });
  children.add(child);
  child.on("exit", () => children.delete(child));
  const said = [];
  let found;
  const value = new Promise((resolve, reject) => {
    const look = (line) => {
      said.push(line);
      if (said.length > 5000) said.shift();
      found ||= ready(line, said);
      if (found) resolve(found);
    };
    createInterface({ input: child.stdout }).on("line", look);
    createInterface({ input: child.stderr }).on("line", look);
    child.on("error", reject);
    child.on("exit", (code, signal) => reject(new Error(`${command} ended (${code ?? signal}):\n${said.join("\n")}`)));
    setTimeout(() => reject(new Error(`${command} was not ready in ${seconds} s:\n${said.join("\n")}`)), seconds * 1000).unref();
  });
  const ended = new Promise((resolve) => child.on("exit", resolve));
  try {
    return { child, said, value: await value, ended, stop: (signal = "SIGTERM") => stop(child, ended, signal) };
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
}

async function stop(child, ended, signal) {
  if (child.exitCode === null && child.signalCode === null) child.kill(signal);
  await ended;
}
