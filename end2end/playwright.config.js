// The browser tests: one installation on a real control plane for each worker; the system's own Chromium.
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { defineConfig } from "@playwright/test";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const folders = (process.env.PATH ?? "").split(delimiter);
const executablePath =
  process.env.SLIPWAY_TEST_CHROMIUM ??
  folders.flatMap((folder) => names.map((name) => join(folder, name))).find((path) => existsSync(path));

export default defineConfig({
  testDir: "tests",
  outputDir: "results",
  // Each with an installation of its own.
  workers: Number(process.env.SLIPWAY_TEST_WORKERS ?? 1),
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  use: {
    actionTimeout: 10_000,
    navigationTimeout: 20_000,
    viewport: { width: 1280, height: 900 },
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath,
      // The sandbox needs rights that containers and root do not have; the pages are our own.
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
    },
  },
});
