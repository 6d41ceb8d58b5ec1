// Every page of the product: at four widths it fits; loaded at two of them it is named and nothing on it jumps. There axe finds nothing, by
// all of its rules in the light and by those of colours in the dark.
// Where SLIPWAY_PAGES names pages (`all`: every one), a full picture of each is left in screenshots/, to be looked at.
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { wasRead } from "../support/catalog.js";
import { expect, image, test } from "../support/installation.js";
import * as people from "../support/people.js";

/** The pages that somebody wants to look at. */
const LOOKED_AT = process.env.SLIPWAY_PAGES?.split(",");
const PICTURES = fileURLToPath(new URL("../screenshots", import.meta.url));
const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const WIDTHS = [1280, 1920, 768, 360];
/** Where a page is loaded anew, and so the shifts of loading are counted; elsewhere the window changes its size. What is on it is looked at
    there as well, in both themes. */
const LOADED_AT = [1280, 360];
/** Themes differ in colours alone. */
const OF_COLOURS = ["color-contrast", "link-in-text-block"];
const HEIGHT = { 360: 740, 768: 1024, 1280: 800, 1920: 1080 };
const MOST_SHIFT = 0.02;
/** Pages whose tables fit at every width: what is done to a row stands at its end, and is not looked for by scrolling. */
const FITTING = ["people", "person", "account", "sources", "audit"];

const BROKEN = `
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: ledger, description: Books what was paid}
spec: {type: service, lifecycle: production, owner: nobody}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: "no such name!"}
spec: {type: service, lifecycle: production, owner: payments}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: wallet, tags: [rust, very-long-tag-of-a-team-that-says-everything]}
spec: {type: service, lifecycle: production, owner: payments, dependsOn: [component:default/not-there]}
`;

let pages;

test.beforeAll(async ({ browser, installation }) => {
  test.setTimeout(120_000);
  const { url, folder } = installation;
  // Pictures of pages that are no more would be looked at in vain.
  if (LOOKED_AT?.includes("all")) await rm(PICTURES, { recursive: true, force: true });
  const context = await browser.newContext({ baseURL: url, storageState: installation.administrator });
  const page = await context.newPage();
  const call = (name, form) => people.call(context, url, name, form);
  const blueprint = await people.blueprintCalled(context, url);
  const hasty = await people.publishChanged(context, url, "hasty");
  const ids = {
    ...(await people.environmentsThere(context, url, blueprint, { "shown-ready": image("web"), "shown-busy": image("slow-600s"), "shown-gone": image("web") })),
    ...(await people.environmentsThere(context, url, hasty, { "shown-failed": image("missing") })),
  };

  const second = join(folder, "second");
  await mkdir(second, { recursive: true });
  await writeFile(join(second, "catalog-info.yaml"), BROKEN);
  await people.addSource(page, "Second", second, { trusted: false });
  const source = new URL(page.url()).pathname;
  await wasRead(page);
  // One document is wrong now and keeps its last good state; one has gone from its file.
  await writeFile(join(second, "catalog-info.yaml"), BROKEN.replace("owner: nobody}", "owner: 3}").replace(/---\n[^-]*name: wallet[\s\S]*/, ""));
  await people.ready(page);
  await page.getByRole("button", { name: "Read now" }).click();
  await expect(async () => {
    const answer = await context.request.get(`${url}/catalog/component/default/wallet`);
    expect(await answer.text()).toContain("No file defines it any more");
  }).toPass({ timeout: 30_000 });
  await page.goto(`${source}?tab=files`);
  const file = await page.locator("a[data-row]").first().getAttribute("href");

  await page.goto("/settings/clusters");
  const cluster = await page.locator("a[data-row]").first().getAttribute("href");
  const far = "apiVersion: v1\nkind: Config\ncurrent-context: a\nclusters: [{name: a, cluster: {server: 'https://127.0.0.1:1'}}]\ncontexts: [{name: a, context: {cluster: a, user: a}}]\nusers: [{name: a, user: {token: abc}}]\n";
  await people.connectCluster(page, "Far away", far, { anyway: true });
  const unreachable = new URL(page.url()).pathname;
  // It lives there, as far as anybody can know.
  const away = { blueprint, name: "shown-away", team: "group:default/payments", entity: "", cluster: unreachable.split("/").pop(), lifetime: "", "parameters[image]": image("web") };
  await call("request-environment", away);

  const fresh = new URL(await people.invite(page)).pathname;
  const used = new URL(await people.invite(page)).pathname;
  const viewer = await browser.newContext({ baseURL: url });
  await people.accept(await viewer.newPage(), used, "vera", "Vera Viewer");
  const seen = await viewer.storageState();
  await viewer.close();
  const reset = new URL(await people.resetLink(page, "Vera Viewer")).pathname;
  const person = new URL(page.url()).pathname;

  await people.environmentIs(context, url, ids["shown-ready"], "Ready");
  await people.environmentIs(context, url, ids["shown-gone"], "Ready");
  await call("destroy-environment", { id: ids["shown-gone"], name: "shown-gone" });
  await people.environmentIs(context, url, ids["shown-failed"], "Failed", 90);
  await people.environmentIs(context, url, ids["shown-gone"], "Destroyed");
  await context.close();

  const [ready, failed, busy, gone] = ["ready", "failed", "busy", "gone"].map((one) => `/environments/${ids[`shown-${one}`]}`);
  const nowhere = "00000000-0000-7000-8000-000000000000";
  const stranger = { as: "stranger" };
  const asViewer = { as: "viewer" };
  const missing = { status: 404 };
  const refused = { as: "viewer", status: 403 };
  pages = [
    ["sign-in", "/sign-in", stranger],
    ["welcome", fresh, stranger],
    ["welcome-used", used, { as: "stranger", status: [404, 410] }],
    ["reset", reset, stranger],
    ["reset-used", `/reset/${"0".repeat(64)}`, { as: "stranger", status: [404, 410] }],
    ["home", "/"],
    ["home-viewer", "/", asViewer],
    ["catalog", "/catalog"],
    ["catalog-filtered", "/catalog?q=pay&kind=component"],
    ["catalog-nothing", "/catalog?q=zzzzzz"],
    ["catalog-problems", "/catalog/problems"],
    ["catalog-file", file],
    ["entity", "/catalog/component/default/payments-api"],
    ["entity-relations", "/catalog/component/default/payments-api?tab=relations"],
    ["entity-environments", "/catalog/component/default/payments-api?tab=environments"],
    ["entity-yaml", "/catalog/component/default/payments-api?tab=yaml"],
    ["entity-history", "/catalog/component/default/payments-api?tab=history"],
    ["entity-definition", "/catalog/api/default/payments-v2?tab=definition"],
    ["entity-group", "/catalog/group/default/payments"],
    ["entity-stale", "/catalog/component/default/ledger"],
    ["entity-stale-yaml", "/catalog/component/default/ledger?tab=yaml"],
    ["entity-orphan", "/catalog/component/default/wallet"],
    ["entity-orphan-remove", "/catalog/component/default/wallet/remove"],
    ["catalog-orphans", "/catalog?attention=orphan"],
    ["catalog-orphans-remove", "/catalog/orphans/remove?attention=orphan"],
    ["environments", "/environments?ended=1"],
    ["environments-empty", "/environments?mine=1", asViewer],
    ["environments-attention", "/environments?phase=needs-attention"],
    ["environments-no-match", "/environments?q=nothing-is-called-so&phase=ready"],
    ["request-choose", "/environments/new"],
    ["request-form", `/environments/new/${blueprint}?entity=component:default/payments-api`],
    ["environment-ready", ready],
    ["environment-objects", `${ready}?tab=objects`],
    ["environment-history", `${ready}?tab=history`],
    ["environment-extend", `${ready}/extend`],
    ["environment-destroy", `${ready}/destroy`],
    ["environment-give-up", `${failed}/give-up`],
    ["environment-failed", failed],
    ["environment-busy", busy],
    ["environment-gone", gone],
    ["account", "/account"],
    ["settings", "/settings"],
    ["people", "/settings/people"],
    ["person", person],
    ["clusters", "/settings/clusters"],
    ["cluster-new", "/settings/clusters/new"],
    ["cluster", cluster],
    ["cluster-unreachable", unreachable],
    ["cluster-remove", `${cluster}/remove`],
    ["cluster-unreachable-remove", `${unreachable}/remove`],
    ["sources", "/settings/sources"],
    ["source-new", "/settings/sources/new"],
    ["source", source],
    ["source-files", `${source}?tab=files`],
    ["source-change", `${source}?tab=change`],
    ["source-remove", `${source}/remove`],
    ["blueprints", "/settings/blueprints"],
    ["blueprint-new", "/settings/blueprints/new"],
    ["blueprint", `/settings/blueprints/${blueprint}`],
    ["blueprint-withdraw", `/settings/blueprints/${blueprint}/withdraw`],
    ["queue", "/settings/queue"],
    ["audit", "/settings/audit"],
    ["style", "/style"],
    ["not-found", "/nowhere/at/all", missing],
    ["entity-not-found", "/catalog/component/default/payments-apo", missing],
    ["catalog-file-not-found", `/catalog/files/${nowhere}`, missing],
    ["environment-not-found", `/environments/${nowhere}`, missing],
    ["person-not-found", `/settings/people/${nowhere}`, missing],
    ["settings-not-allowed", "/settings", refused],
    ["people-not-allowed", "/settings/people", refused],
    ["blueprint-new-not-allowed", "/settings/blueprints/new", refused],
    ["blueprint-withdraw-not-allowed", `/settings/blueprints/${blueprint}/withdraw`, refused],
    ["queue-not-allowed", "/settings/queue", refused],
  ].map(([name, path, { as = "administrator", status = 200 } = {}]) => ({ name, path, as, statuses: [status].flat() }));
  pages.viewer = seen;
});

/** Notes what moves from the first paint on, and each title that the page has had. */
function watchLoading() {
  globalThis.shifts = [];
  globalThis.titles = [];
  new MutationObserver(() => {
    // Before the head is there, there is none.
    if (document.body && globalThis.titles.at(-1) !== document.title) globalThis.titles.push(document.title);
  }).observe(document, { subtree: true, childList: true, characterData: true });
  const place = (node) => (node?.nodeType === 1 ? `${node.tagName.toLowerCase()}.${[...node.classList].join(".")}` : (node?.parentElement?.tagName ?? "?"));
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) {
      if (!one.hadRecentInput) globalThis.shifts.push({ by: one.value, what: one.sources.map((source) => place(source.node)).slice(0, 3).join(" ") });
    }
  }).observe({ type: "layout-shift", buffered: true });
}

/** What reaches past the window, where that makes the document scroll. */
function sideways() {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return undefined;
  const right = (one) => Math.round(one.getBoundingClientRect().right + root.scrollLeft);
  // What is cut off by a box that scrolls by itself may reach further than the document does.
  const culprits = [...document.body.querySelectorAll("*")].filter((one) => Math.abs(right(one) - root.scrollWidth) <= 1).slice(-3);
  const named = culprits.map((one) => `${one.tagName.toLowerCase()}.${[...one.classList].join(".")} in ${one.parentElement.tagName.toLowerCase()}.${[...one.parentElement.classList].join(".")}`);
  return `scrolls sideways: ${root.scrollWidth} of ${root.clientWidth} px (${named.join(", ")})`;
}

/** Tables that are wider than the card that they stand in. */
function wideTables() {
  const wider = [...document.querySelectorAll(".table")].filter((one) => one.scrollWidth > one.clientWidth);
  return wider.map((one) => `the table “${one.getAttribute("aria-label")}” is ${one.scrollWidth} px wide in ${one.clientWidth} px`);
}

/** What is pressed and lower than a finger is wide. */
function low() {
  const pressed = "button, summary, .button, a.chip, .facet a, .tabs a, .pager a, .check > label, .segmented > label, .radio-cards > label, .input";
  const lower = [...document.querySelectorAll(pressed)].filter((one) => one.checkVisibility({ visibilityProperty: true }) && one.getBoundingClientRect().height < 39.5);
  return lower.map((one) => `${one.tagName.toLowerCase()}.${[...one.classList].join(".")} “${one.innerText.slice(0, 20)}” is ${one.getBoundingClientRect().height} px high`);
}

/** Edges of what is filled in or chosen that do not stand out from the ground around it: 3:1 (WCAG 2.2, 1.4.11). */
function faint() {
  const pen = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const parts = (colour) => {
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 1, 1);
    return [...pen.getImageData(0, 0, 1, 1).data];
  };
  const light = (colour) => {
    const [red, green, blue] = parts(colour).map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05;
  };
  const ground = (one) => {
    const colour = getComputedStyle(one).backgroundColor;
    return parts(colour)[3] === 255 || !one.parentElement ? colour : ground(one.parentElement);
  };
  const edged =
    ".input:not(:focus, :disabled, :read-only:not(select, [type=file])), .check > input:enabled, .segmented, .radio-cards > label:not(:has(:disabled)), .file-drop, .facet .choice > i";
  return [...document.querySelectorAll(edged)].flatMap((one) => {
    const style = getComputedStyle(one);
    if (!one.checkVisibility({ visibilityProperty: true }) || style.borderTopWidth === "0px") return [];
    const [low, high] = [style.borderTopColor, ground(one.parentElement)].map(light).sort((a, b) => a - b);
    return high / low >= 3 ? [] : [`the edge of ${one.tagName.toLowerCase()}.${[...one.classList].join(".")} has ${(high / low).toFixed(2)}:1`];
  });
}

/** What axe finds, by all of its rules or by some of them. */
const axe = async (page, rules) => {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(AXE);
  const violations = await page.evaluate(async (rules) => {
    const only = rules && { runOnly: { type: "rule", values: rules } };
    const { violations } = await globalThis.axe.run(document, { resultTypes: ["violations"], ...only });
    return violations.map(({ id, impact, nodes }) => ({ id, impact, nodes: nodes.map(({ target, any }) => `${target.join(" ")} ${any[0]?.message ?? ""}`) }));
  }, rules);
  return violations.map(({ id, impact, nodes }) => `axe ${id} (${impact}), ${nodes.length}: ${nodes.slice(0, 2).join(" | ").slice(0, 220)}`);
};

/** Waits until what changed is drawn. */
const drawn = (page) => page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));

async function settled(page) {
  await people.ready(page);
  await page.evaluate(async () => {
    await document.fonts.ready;
    // What is late comes within this.
    await new Promise((resolve) => setTimeout(resolve, 120));
  });
  await drawn(page);
}

/** Loads a page, and says what is wrong with how it comes. Whether it woke up. */
async function loads(page, { path, statuses }, width, say) {
  const answer = await page.goto(path);
  if (!statuses.includes(answer.status())) say(`answers ${answer.status()}, not ${statuses.join(" or ")}`);
  try {
    await settled(page);
  } catch {
    say(`at ${width} px it never wakes up`);
    return false;
  }
  const shifts = await page.evaluate(() => globalThis.shifts);
  const sum = shifts.reduce((sum, one) => sum + one.by, 0);
  if (sum >= MOST_SHIFT) say(`at ${width} px it jumps by ${sum.toFixed(3)} while loading (${shifts.map((one) => one.what).join("; ").slice(0, 200)})`);
  const headings = await page.locator("h1:visible").allTextContents();
  if (headings.length !== 1 || !headings[0].trim()) say(`it has ${headings.length} headings of the first level: ${headings.join(", ")}`);
  const titles = await page.evaluate(() => [...new Set([...globalThis.titles, document.title])]);
  if (titles.length !== 1 || !/^\S.* · Slipway$/.test(titles[0])) say(`its title is, one after the other: ${titles.map((title) => `“${title}”`).join(", ")}`);
  return true;
}

/** Says what is wrong with a page that is there, at a width and in both themes. */
async function looks(page, name, width, say) {
  const wide = await page.evaluate(sideways);
  if (wide) say(`at ${width} px it ${wide}`);
  if (FITTING.includes(name)) for (const one of await page.evaluate(wideTables)) say(`at ${width} px ${one}`);
  if (width === 360) for (const one of await page.evaluate(low)) say(`at 360 px ${one}`);
  for (const theme of LOADED_AT.includes(width) || LOOKED_AT ? ["light", "dark"] : []) {
    await page.emulateMedia({ colorScheme: theme });
    await drawn(page);
    if (LOADED_AT.includes(width)) for (const one of [...(await page.evaluate(faint)), ...(await axe(page, theme === "dark" ? OF_COLOURS : undefined))]) say(`${theme}, ${width} px: ${one}`);
    if (LOOKED_AT) await page.screenshot({ path: join(PICTURES, `${name}-${width}-${theme}.png`), fullPage: true });
  }
  await page.emulateMedia({ colorScheme: "light" });
}

/** Walks through some of the pages and gives what is wrong. */
async function walk(browser, installation, some) {
  const contexts = {};
  for (const [as, storageState] of Object.entries({ administrator: installation.administrator, viewer: pages.viewer, stranger: undefined })) {
    const context = await browser.newContext({ baseURL: installation.url, storageState, colorScheme: "light", reducedMotion: "reduce" });
    await context.addInitScript(watchLoading);
    const page = await context.newPage();
    const complaints = [];
    page.on("console", (message) => message.type() === "error" && complaints.push({ text: message.text(), at: message.location().url }));
    page.on("pageerror", (error) => complaints.push({ text: error.message, at: "" }));
    contexts[as] = { context, page, complaints };
  }

  const findings = new Set();
  for (const one of some) {
    const { page, complaints } = contexts[one.as];
    const say = (finding) => findings.add(`${one.name}: ${finding}`);
    complaints.length = 0;
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: HEIGHT[width] });
      if (!LOADED_AT.includes(width)) await drawn(page);
      else if (!(await loads(page, one, width, say))) continue;
      await looks(page, one.name, width, say);
    }
    const own = new URL(one.path, installation.url).href;
    for (const { text, at } of complaints) {
      // The browser itself notes the status of the page that was asked for.
      if (at === own && /status of 4\d\d/.test(text)) continue;
      say(`the console says: ${text.slice(0, 200)} (${at})`);
    }
  }
  for (const { context } of Object.values(contexts)) await context.close();
  return [...findings];
}

test("every page fits its window, has one heading and a title, does not jump, says nothing on the console, is pressed easily and passes axe: all of it in the light, its colours in the dark", async ({ browser, installation }) => {
  test.setTimeout(480_000);
  const wanted = pages.filter(({ name }) => !LOOKED_AT || LOOKED_AT.includes("all") || LOOKED_AT.includes(name));
  // Each half by itself: a page is loaded while another one is looked at.
  const halves = [0, 1].map((half) => wanted.filter((_, at) => at % 2 === half));
  const findings = await Promise.all(halves.map((half) => walk(browser, installation, half)));
  expect(findings.flat()).toEqual([]);
});
