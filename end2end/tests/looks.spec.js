// What people see and use of the parts themselves: what is chosen where colours are not seen, tabs in a narrow window, toasts.
import { expect, test } from "../support/installation.js";
import * as people from "../support/people.js";

/** The lines that are drawn of something: where colours are the browser's own, nothing else tells it from others of its kind. */
const lines = (locator) =>
  locator.first().evaluate((one) =>
    [undefined, "::before", "::after"]
      .map((part) => {
        const style = getComputedStyle(one, part);
        if (part && (["none", "normal"].includes(style.content) || style.visibility === "hidden")) return "";
        const edges = ["Top", "Right", "Bottom", "Left"].map((side) => style[`border${side}Width`]);
        const outline = style.outlineStyle === "none" ? "" : style.outlineWidth;
        return [...edges, outline, style.translate].join(" ");
      })
      .join(" | "),
  );

test("what is chosen is told from the rest by a line or its place, not by its colour alone", async ({ page }) => {
  await page.emulateMedia({ forcedColors: "active" });
  const unmarked = [];
  const differ = async (of, chosen, other) => {
    const parts = page.locator(of);
    const [one, rest] = [await lines(parts.locator(chosen)), await lines(parts.locator(other))];
    if (one === rest) unmarked.push(`${of} ${chosen}: ${one}`);
    return one;
  };
  await page.goto("/style");
  await people.ready(page);
  await differ(".segmented", "label:has(:checked)", "label:not(:has(:checked, :disabled))");
  await differ(".radio-cards", "input:checked", "input:not(:checked, :disabled)");
  await differ(".check:not(.toggle)", "input:checked", "input:not(:checked)");
  // Its knob is drawn, and stands elsewhere.
  expect(await differ(".check.toggle", "input:checked", "input:not(:checked)")).toContain("6px 6px 6px 6px");
  await differ(".tabs", "a[aria-current]", "a:not([aria-current])");
  await page.goto("/catalog?kind=component");
  await people.ready(page);
  await differ(".rail", ".item[aria-current]", "a.item:not([aria-current])");
  await differ(".facet", ".choice[aria-current] > i", ".choice:not([aria-current]) > i");
  await page.locator("#search").fill("payments");
  await expect(page.locator("#search-list [role=option]").nth(1)).toBeVisible();
  await page.locator("#search").press("ArrowDown");
  await differ("#search-list", "[aria-selected=true]", "[role=option]:not([aria-selected=true])");
  await page.goto("/environments?phase=ready");
  await people.ready(page);
  await differ(".page", ".chip.on", ".chip:not(.on)");
  expect(unmarked).toEqual([]);
});

test("what a page is about comes before what can be done there: by keyboard, and on a telephone", async ({ page }) => {
  const head = () =>
    page.evaluate(() => {
      const parts = [...document.querySelector(".page-head").children].map((part) => part.className);
      const top = (part) => Math.round(document.querySelector(`.page-head > .${part}`).getBoundingClientRect().top);
      return { parts, facts: top("page-facts"), actions: top("page-actions") };
    });
  await page.goto("/catalog/component/default/payments-api");
  await people.ready(page);
  const wide = await head();
  expect(wide.parts).toEqual(["page-title", "page-facts", "page-actions"]);
  expect(wide.actions).toBeLessThan(wide.facts);
  await page.setViewportSize({ width: 360, height: 740 });
  const narrow = await head();
  expect(narrow.facts).toBeLessThan(narrow.actions);
});

test("of the fields of a form those are marked that are the rarer kind", async ({ page }) => {
  const marked = (kind) => page.getByRole("main").locator(`label .${kind}:visible`);
  await page.goto("/settings/clusters/new");
  await people.ready(page);
  await expect(marked("must").first()).toHaveText("required");
  await expect(marked("opt")).toHaveCount(0);
  // The mark is for the eye: the control says itself that it is required.
  await expect(page.getByRole("textbox", { name: "Name", exact: true })).toHaveAttribute("required", "");
});

test("the open tab is in sight, also once the window has become narrow", async ({ page }) => {
  const open = page.locator(".tabs a[aria-current]");
  await page.goto("/catalog/component/default/payments-api?tab=history");
  await people.ready(page);
  await expect(open).toBeInViewport({ ratio: 0.9 });
  await page.setViewportSize({ width: 360, height: 740 });
  await expect(open).toBeInViewport({ ratio: 0.9 });
});

test("what is said in passing stays while somebody points at it, goes by itself, and is put away by Escape unless it holds a link", async ({ page }) => {
  // Longer than the words stay by themselves. The clock is the real one: the numbers that a made one gives its timers are too
  // large for WebAssembly to clear them.
  const aWhile = 6_500;
  await page.goto("/style");
  await people.ready(page);
  const say = page.getByRole("button", { name: "Say something in passing" }).first();
  const toast = page.locator(".toast");
  await say.click();
  await toast.hover();
  await page.waitForTimeout(aWhile);
  await expect(toast).toBeVisible();
  await page.mouse.move(0, 0);
  await expect(toast).toHaveCount(0);

  // And while the focus is in it.
  await say.click();
  await toast.getByRole("button", { name: "Close" }).focus();
  await page.waitForTimeout(aWhile);
  await expect(toast).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(toast).toHaveCount(0);

  await people.invite(page);
  await page.keyboard.press("Escape");
  await page.waitForTimeout(aWhile);
  await expect(toast).toBeVisible();
  await toast.getByRole("button", { name: "Close" }).press("Enter");
  await expect(toast).toHaveCount(0);
});
