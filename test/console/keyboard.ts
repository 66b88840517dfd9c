import type { Page } from 'playwright-core';

/** Where the tabulator led. */
export interface Walk {
  /** What each place is called, in order. */
  readonly names: readonly string[];
  /** What a mouse can use and the tabulator does not reach, and places that do not show that they have the focus. */
  readonly faults: readonly string[];
}

/** More places than any page has. */
const MOST = 500;

/** Walks through the whole page by the tabulator alone. */
export async function tabThrough(page: Page): Promise<Walk> {
  await page.evaluate(() => {
    // The tabulator goes on from where the focus was last, even after it has left: here, from before everything.
    const beginning = document.createElement('span');
    beginning.tabIndex = -1;
    document.body.prepend(beginning);
    beginning.focus();
    beginning.remove();
    for (const element of document.querySelectorAll('[data-walked]')) element.removeAttribute('data-walked');
  });
  const names: string[] = [];
  const faults: string[] = [];
  for (let step = 0; ; step += 1) {
    if (step === MOST) throw new Error(`The tabulator has not come to the end of the page in ${MOST} steps`);
    await page.keyboard.press('Tab');
    const place = await page.evaluate(() => {
      const focused = document.activeElement;
      if (!(focused instanceof HTMLElement) || focused === document.body || focused.dataset.walked === 'yes')
        return null;
      focused.dataset.walked = 'yes';
      const look = () => {
        const { outlineStyle, outlineWidth, boxShadow, borderColor, backgroundColor, textDecorationLine } =
          getComputedStyle(focused);
        const outline = outlineStyle === 'none' ? 'none' : outlineWidth;
        return JSON.stringify([outline, boxShadow, borderColor, backgroundColor, textDecorationLine]);
      };
      const box = focused.getBoundingClientRect();
      const isInView = box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight;
      const withFocus = look();
      focused.blur();
      const without = look();
      focused.focus({ preventScroll: true });
      const label = 'labels' in focused ? (focused.labels as NodeList | null)?.[0]?.textContent : undefined;
      const name =
        focused.getAttribute('aria-label') || label || focused.innerText || focused.getAttribute('name') || '';
      return { name: name.replaceAll(/\s+/g, ' ').trim(), isInView, isShown: withFocus !== without };
    });
    if (!place) break;
    names.push(place.name);
    if (!place.isInView) faults.push(`"${place.name}" has the focus and is not in view`);
    else if (!place.isShown) faults.push(`"${place.name}" does not show that it has the focus`);
  }
  const missed = await page.evaluate(() => {
    const usable = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button], [role=tab]';
    return (
      [...document.querySelectorAll<HTMLElement>(usable)]
        .filter((element) => element.checkVisibility({ visibilityProperty: true }) && !element.matches(':disabled'))
        .filter((element) => element.dataset.walked !== 'yes')
        // The arrow keys lead to the others of a group.
        .filter((element) => !element.matches('input[type=radio], [role=tab][tabindex="-1"]'))
        .map((element) => element.outerHTML.slice(0, 120))
    );
  });
  return { names, faults: [...faults, ...missed.map((element) => `the tabulator does not reach ${element}`)] };
}
