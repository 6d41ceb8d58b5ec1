// Everything by keyboard alone: where the focus is can always be seen, and it is always somewhere sensible.
import { expect, image, test } from "../support/installation.js";
import * as people from "../support/people.js";

const key = (page, ...keys) => keys.reduce((before, one) => before.then(() => page.keyboard.press(one)), Promise.resolve());

/** Presses Tab until what has the focus matches and begins with the words, and fails where it never comes. */
async function tabTo(page, selector, words = "") {
  const here = ([selector, words]) => {
    const one = document.activeElement;
    const text = (one.innerText ?? "").trim();
    return (one.matches(selector) && text.startsWith(words)) || `${one.tagName.toLowerCase()} ${one.getAttribute("name") ?? text.slice(0, 40)}`;
  };
  const passed = [];
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press("Tab");
    const there = await page.evaluate(here, [selector, words]);
    if (there === true) return;
    passed.push(there);
  }
  throw new Error(`Tab never came to ${selector} “${words}”; it passed ${passed.join(" → ")}`);
}

/**
 * Of what has the focus: its number among the stops; whether it looks different from what has not, by an outline or a ring on it or on what
 * stands for it; whether it is in the window. Nothing where nothing has the focus.
 */
const stop = (page) =>
  page.evaluate(() => {
    const one = document.activeElement;
    if (one === document.body) return undefined;
    one.dataset.stop ??= String(document.querySelectorAll("[data-stop]").length + 1);
    const ringed = (element, pseudo) => {
      const style = getComputedStyle(element, pseudo);
      return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 && !/rgba\(.*, 0\)/.test(style.outlineColor)) || /rgb.*\d+px/.test(style.boxShadow);
    };
    const standing = [one, one.nextElementSibling, one.parentElement, one.closest("label"), one.closest(".field-line, .radio-card, .switch, .choice")].filter(Boolean);
    const box = one.getBoundingClientRect();
    return {
      number: one.dataset.stop,
      isVisible: standing.some((element) => ringed(element) || ringed(element, "::before") || ringed(element, "::after")),
      isInWindow: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    };
  });

test("the whole main job without a mouse", async ({ page }) => {
  test.setTimeout(150_000);
  await page.goto("/");
  await people.ready(page);
  // To the service by the search of the top bar.
  await key(page, "/");
  await expect(page.locator("#search")).toBeFocused();
  await page.keyboard.type("payments-a");
  await expect(page.getByRole("option", { name: /payments-api/ })).toBeVisible();
  await key(page, "ArrowDown");
  await expect(page.getByRole("option", { name: /payments-api/ })).toHaveAttribute("aria-selected", "true");
  await key(page, "Enter");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("payments-api");
  await tabTo(page, "a", "Request environment");
  await key(page, "Enter");
  await expect(page).toHaveURL(/\/environments\/new\?entity=/);
  await tabTo(page, "main a[href^='/environments/new/']");
  await key(page, "Enter");
  await expect(page.locator("[name=name]")).toBeVisible();
  await tabTo(page, "[name=name]");
  await page.keyboard.type("by-keyboard");
  await tabTo(page, "[name='parameters[image]']");
  await page.keyboard.type(image("web"));
  await tabTo(page, "[name='parameters[size]']");
  await key(page, "ArrowRight");
  await expect(page.locator("[name='parameters[size]']:checked")).toHaveValue("medium");
  await tabTo(page, "[name=lifetime]");
  await page.keyboard.type("2d");
  await key(page, "Enter");
  await expect(page).toHaveURL(/\/environments\/[0-9a-f-]{36}$/);
  await people.becomes(page, "Ready");

  await tabTo(page, "a", "Objects");
  await key(page, "Enter");
  await expect(page).toHaveURL(/tab=objects/);
  await expect(page.getByRole("row", { name: /deployment\s+web/ })).toContainText("Ready");
  await tabTo(page, "a", "Extend");
  await key(page, "Enter");
  await expect(page).toHaveURL(/\/extend$/);
  await tabTo(page, "[name=more]");
  await key(page, "ArrowRight");
  await expect(page.locator("[name=more]:checked")).toHaveValue("3d");
  await tabTo(page, "button", "Extend");
  await key(page, "Enter");
  await expect(page.getByText("Expires in 5 d. Then")).toBeVisible();

  await tabTo(page, "a", "Destroy");
  await key(page, "Enter");
  // Its only field has the focus already.
  await expect(page.locator("[name=name]")).toBeFocused();
  await page.keyboard.type("something-else");
  await key(page, "Enter");
  await expect(page.locator(".field .error")).toBeVisible();
  // Back at the field that is wrong: what is typed next replaces it.
  await expect(page.locator("[name=name]")).toBeFocused();
  await key(page, "Control+a");
  await page.keyboard.type("by-keyboard");
  await key(page, "Enter");
  await people.becomes(page, "Destroyed");
  await expect(page.getByRole("heading", { name: "Receipt" })).toBeVisible();
});

test("the first press of Tab offers to skip to the content, and the next one after it is there", async ({ page }) => {
  for (const path of ["/", "/catalog", "/environments", "/settings/people"]) {
    await page.goto(path);
    await people.ready(page);
    await key(page, "Tab");
    await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
    await expect(page.getByRole("link", { name: "Skip to content" })).toBeInViewport();
    await key(page, "Enter");
    await key(page, "Tab");
    expect(await page.evaluate(() => document.activeElement.closest("main") !== null), `${path}: ${await people.focused(page)}`).toBe(true);
  }
});

test("where the focus is can be seen at every stop of every kind of page, and no stop is a trap", async ({ page }) => {
  const unseen = [];
  for (const path of ["/", "/catalog", "/catalog/component/default/payments-api", "/environments", "/environments/new", "/account", "/settings", "/settings/people", "/settings/clusters/new", "/settings/sources/new", "/settings/queue"]) {
    await page.goto(path);
    await people.ready(page);
    const stops = [];
    let round = 0;
    for (let presses = 0; presses < 160; presses++) {
      await key(page, "Tab");
      const at = await stop(page);
      if (at === undefined) {
        if (++round > 1) break;
        continue;
      }
      // Round once: after the browser's own bar it begins anew.
      if (at.number === stops[0] && stops.length > 1) break;
      if (at.number === stops.at(-1)) {
        unseen.push(`${path}: Tab does not leave ${await people.focused(page)}`);
        break;
      }
      stops.push(at.number);
      if (!at.isVisible) unseen.push(`${path}: the focus on ${await people.focused(page)} cannot be seen`);
      if (!at.isInWindow) unseen.push(`${path}: ${await people.focused(page)} has the focus outside the window`);
    }
    if (stops.length < 10) unseen.push(`${path}: only ${stops.length} stops, the last ${await people.focused(page)}`);
  }
  expect(unseen).toEqual([]);
});

test("after a link was followed the focus is in the new page, and the title says where one is", async ({ page }) => {
  await page.goto("/");
  await people.ready(page);
  const lost = [];
  for (const [from, tag, words, title] of [
    ["/catalog", "a", "payments-api", "payments-api"],
    ["/settings", "a", "Clusters", "Clusters"],
    ["/settings/clusters", "a", "Staging", "Staging"],
  ]) {
    await page.goto(from);
    await people.ready(page);
    await tabTo(page, tag, words);
    await key(page, "Enter");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(title);
    await expect(page).toHaveTitle(`${title} · Slipway`);
    const where = await page.evaluate(() => document.activeElement.id || document.activeElement.tagName);
    if (!["main"].includes(where)) lost.push(`${from} → ${words}: the focus is on ${where}`);
  }
  expect(lost).toEqual([]);
});

test("a refused form puts the focus into its first wrong field", async ({ page, installation }) => {
  const blueprint = await people.blueprintCalled(page.context(), installation.url);
  await page.goto(`/environments/new/${blueprint}`);
  await people.ready(page);
  await tabTo(page, "[name='parameters[image]']");
  await page.keyboard.type("not an image");
  await key(page, "Enter");
  await expect(page.locator("[name=name]")).toBeFocused();
  await expect(page.locator("[name=name]")).toHaveAttribute("aria-invalid", "true");
  const described = await page.locator("[name='parameters[image]']").getAttribute("aria-describedby");
  expect(described).toBeTruthy();
  const said = await Promise.all(described.split(" ").map((id) => page.locator(`[id="${id}"]`).innerText()));
  expect(said.join(" ")).toMatch(/image/i);
  await expect(page.locator("[name='parameters[image]']")).toHaveValue("not an image");
  // The list above leads to each.
  await page.locator(".form-problems a", { hasText: /image/i }).first().press("Enter");
  await expect(page.locator("[name='parameters[image]']")).toBeFocused();
});

test("the palette opens by Control-K, finds pages, entities and what can be done, and gives the focus back", async ({ page }) => {
  await page.goto("/catalog");
  await people.ready(page);
  await tabTo(page, "main [name=q]");
  await key(page, "Control+k");
  const palette = page.getByRole("dialog", { name: "Commands" });
  const field = palette.getByRole("combobox");
  await expect(field).toBeFocused();
  await page.keyboard.type("zzzz");
  await expect(palette).toContainText("Nothing found for “zzzz”.");
  await key(page, "Escape");
  await expect(palette).toBeHidden();
  await expect(page.locator("main [name=q]")).toBeFocused();

  await key(page, "Control+k");
  await expect(field).toHaveValue("");
  await page.keyboard.type("request");
  await expect(palette.getByRole("option").first()).toContainText("Request environment");
  await key(page, "Enter");
  await expect(page).toHaveURL(/\/environments\/new$/);
  await expect(palette).toBeHidden();

  await key(page, "Control+k");
  await page.keyboard.type("indexer");
  await expect(palette.getByRole("option", { name: /indexer/ })).toBeVisible();
  await key(page, "ArrowDown");
  const active = await field.getAttribute("aria-activedescendant");
  expect(active).toBeTruthy();
  await expect(page.locator(`#${active}`)).toHaveAttribute("aria-selected", "true");
  await key(page, "Enter");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("indexer");
});

test("an entity that is found in the palette opens by Enter, without an arrow", async ({ page }) => {
  await page.goto("/");
  await people.ready(page);
  await key(page, "Control+k");
  const palette = page.getByRole("dialog", { name: "Commands" });
  await page.keyboard.type("indexer");
  await expect(palette.getByRole("option", { name: /indexer/ })).toBeVisible();
  await key(page, "Enter");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("indexer");
});

test("letters lead to rooms, walk through lists and list themselves; they are letters where somebody types", async ({ page }) => {
  await page.goto("/");
  await people.ready(page);
  await key(page, "g", "c");
  await expect(page).toHaveURL(/\/catalog$/);
  // The address is there before the page: until then Home is seen, whose rows may be walked as well.
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Catalog");
  await expect(page.locator("[data-row]").first()).toBeVisible();
  await key(page, "j", "j", "k");
  await expect(page.locator("[data-row]").first()).toBeFocused();
  await key(page, "j");
  const second = await page.locator("[data-row]").nth(1).innerText();
  await key(page, "Enter");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(second);
  await key(page, "g", "e");
  await expect(page).toHaveURL(/\/environments$/);
  await key(page, "g", "s");
  await expect(page).toHaveURL(/\/settings$/);
  await key(page, "g", "a");
  await expect(page).toHaveURL(/\/settings\/audit$/);
  await key(page, "g", "h");
  await expect(page).toHaveURL(/\/$/);

  await key(page, "?");
  const help = page.getByRole("dialog", { name: /keys/i });
  await expect(help).toBeVisible();
  await key(page, "Escape");
  await expect(help).toBeHidden();

  await key(page, "/");
  await page.keyboard.type("g c?");
  await expect(page.locator("#search")).toHaveValue("g c?");
  await expect(page).toHaveURL(/\/$/);
  await key(page, "Escape");
  await expect(page.locator("#search")).not.toBeFocused();
});

test("letter keys can be switched off, with scripts and without, and stay so until they are switched on", async ({ browser, page, installation }) => {
  const choose = async (page, word) => {
    await page.locator("[popovertarget=profile]").click();
    await page.getByRole("group", { name: "Letter keys" }).getByRole("button", { name: word, exact: true }).click();
  };
  const help = page.getByRole("dialog", { name: "Keys" });
  await page.goto("/catalog");
  await people.ready(page);
  await choose(page, "Off");
  await expect(page.locator("html")).toHaveAttribute("data-keys", "off");
  await page.reload();
  await people.ready(page);
  await key(page, "g", "h", "j", "/", "?");
  await expect(page).toHaveURL(/\/catalog$/);
  await expect(help).toBeHidden();
  expect(await page.evaluate(() => document.activeElement.tagName)).toBe("BODY");
  // What is no letter on its own stays.
  await key(page, "Control+k");
  await expect(page.getByRole("dialog", { name: "Commands" })).toBeVisible();
  await key(page, "Escape");
  await page.locator("[popovertarget=profile]").click();
  await page.locator("#profile").getByRole("button", { name: /^Keys/ }).click();
  await expect(help).toContainText("Letter keys are off");
  await key(page, "Escape");
  await choose(page, "On");
  await expect(page.locator("html")).not.toHaveAttribute("data-keys");
  await key(page, "Escape");
  await key(page, "?");
  await expect(help).toContainText("can be switched off in the menu under your name");

  const plain = await people.scriptlessPage(browser, installation, installation.administrator);
  await plain.goto("/catalog?kind=component");
  await choose(plain, "Off");
  await expect(plain.locator("html")).toHaveAttribute("data-keys", "off");
  await expect(plain).toHaveURL(/\/catalog\?kind=component$/);
  await plain.context().close();
});

test("a page that is gone to by the rail is told to whoever listens; one that came with the document is not", async ({ page }) => {
  await page.goto("/");
  await people.ready(page);
  const told = page.locator("body > p[role=status]");
  await expect(told).toHaveText("");
  for (const room of ["Catalog", "Environments", "Settings", "Home"]) {
    await tabTo(page, "a", room);
    await key(page, "Enter");
    await expect(page).toHaveTitle(`${room} · Slipway`);
    await expect(told).toHaveText(room);
  }
});

/** A page of its own, since the browser complains of what these tests break, with the faults of the scripts on it. */
async function breakable(browser, installation) {
  const context = await browser.newContext({ baseURL: installation.url, storageState: installation.administrator });
  const page = await context.newPage();
  const faults = [];
  page.on("pageerror", (error) => faults.push(error.message));
  await page.goto("/account");
  await people.ready(page);
  return { context, page, faults };
}

test("a page whose code is gone, as after an upgrade, is loaded as a new document, tried once more, and says what is missing", async ({ browser, installation }) => {
  const { context, page, faults } = await breakable(browser, installation);
  await page.route("**/split_catalog.wasm", (route) => route.fulfill({ status: 404, body: "There is nothing here" }));
  const loaded = [];
  page.on("request", (request) => request.isNavigationRequest() && loaded.push(new URL(request.url()).pathname));
  await key(page, "g", "c");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Catalog");
  await expect(page.getByRole("main").getByRole("link", { name: "payments-api", exact: true }).first()).toBeVisible();
  await expect(page.locator("#unloaded").getByText("This page was not loaded completely.")).toBeVisible();
  expect(loaded).toEqual(["/catalog", "/catalog"]);
  expect(faults).toEqual([]);
  await context.close();
});

test("a page that cannot be fetched while Slipway is away says so, and opens when Slipway is back", async ({ browser, installation }) => {
  const { context, page, faults } = await breakable(browser, installation);
  await context.setOffline(true);
  await tabTo(page, "a", "Catalog");
  await key(page, "Enter");
  await expect(page.locator(".toast")).toContainText("could not be loaded: Slipway cannot be reached");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Your account");
  await context.setOffline(false);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Catalog");
  await expect(page).toHaveURL(/\/catalog$/);
  expect(faults).toEqual([]);
  await context.close();
});

test("the menu of the profile opens, closes by Escape and gives the focus back", async ({ page }) => {
  await page.goto("/environments");
  await people.ready(page);
  await tabTo(page, "[popovertarget=profile]");
  await key(page, "Enter");
  await expect(page.locator("#profile")).toBeVisible();
  await key(page, "Tab");
  expect(await page.evaluate(() => document.activeElement.closest("#profile") !== null), await people.focused(page)).toBe(true);
  await key(page, "Escape");
  await expect(page.locator("#profile")).toBeHidden();
  await expect(page.locator("[popovertarget=profile]")).toBeFocused();
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 360, height: 740 } });

  test("the rooms are a drawer that opens and closes by keyboard and closes when one was chosen", async ({ page }) => {
    await page.goto("/");
    await people.ready(page);
    await expect(page.locator("#rail")).toBeHidden();
    await tabTo(page, "button[popovertarget=rail]");
    await key(page, "Enter");
    await expect(page.locator("#rail")).toBeVisible();
    await key(page, "Escape");
    await expect(page.locator("#rail")).toBeHidden();
    await key(page, "Enter");
    await tabTo(page, "a", "Catalog");
    await key(page, "Enter");
    await expect(page).toHaveURL(/\/catalog$/);
    await expect(page.locator("#rail")).toBeHidden();
  });
});
