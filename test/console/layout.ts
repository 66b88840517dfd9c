import type { Page } from 'playwright-core';

/** What is wider than the window, and in nothing that scrolls of its own. */
export function tooWide(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { clientWidth, scrollWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const reaching = [...document.body.querySelectorAll('*')].filter(
      (element) => element.getBoundingClientRect().right > clientWidth + 1,
    );
    const innermost = reaching.filter(
      (element) => !reaching.some((other) => other !== element && element.contains(other)),
    );
    return [`the page is ${scrollWidth} wide`, ...innermost.map((element) => element.outerHTML.slice(0, 120))];
  });
}

/** How light the page's ground and its text are, from 0 for black to 1 for white. */
export function lightness(page: Page): Promise<{ readonly ground: number; readonly text: number }> {
  return page.evaluate(() => {
    const paper = new OffscreenCanvas(1, 1).getContext('2d');
    if (!paper) throw new Error('there is no canvas');
    const of = (colour: string, over: string): number => {
      for (const paint of [over, colour]) {
        paper.fillStyle = paint;
        paper.fillRect(0, 0, 1, 1);
      }
      const [red = 0, green = 0, blue = 0] = paper.getImageData(0, 0, 1, 1).data;
      return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
    };
    const { backgroundColor: outer, colorScheme } = getComputedStyle(document.documentElement);
    const { backgroundColor: inner, color } = getComputedStyle(document.body);
    const isDark = colorScheme.includes('dark') && matchMedia('(prefers-color-scheme: dark)').matches;
    const isClear = (colour: string): boolean => colour === 'rgba(0, 0, 0, 0)';
    const ground = isClear(inner) ? (isClear(outer) ? (isDark ? 'black' : 'white') : outer) : inner;
    return { ground: of(ground, 'white'), text: of(color, 'white') };
  });
}

/** What is printed and has no use on paper. */
export async function uselessInPrint(page: Page): Promise<string[]> {
  await page.emulateMedia({ media: 'print' });
  try {
    return await page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('button, input, select, textarea, nav, [role=search]')]
        .filter((element) => element.checkVisibility({ visibilityProperty: true }))
        .map((element) => element.outerHTML.slice(0, 120)),
    );
  } finally {
    await page.emulateMedia({ media: null });
  }
}
