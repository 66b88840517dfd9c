import { answerTo, withQuery } from './api.ts';

/**
 * A list as a spreadsheet reads it, page after page: the byte order mark and the line of heads stand once.
 *
 * @param progress is called with the number of pages
 */
export async function wholeCsv(
  path: string,
  query: Readonly<Record<string, string | undefined>>,
  progress: (pages: number) => void,
): Promise<Blob> {
  const parts: string[] = [];
  let next: string | undefined = withQuery(path, { ...query, 'page[size]': '250' });
  while (next !== undefined) {
    const answer: Response = await answerTo(next, { headers: { accept: 'text/csv' } });
    const text = await answer.text();
    parts.push(parts.length === 0 ? `\ufeff${text.replace(/^\ufeff/, '')}` : withoutHeads(text));
    progress(parts.length);
    next = /<([^>]+)>\s*;\s*rel="next"/.exec(answer.headers.get('link') ?? '')?.[1];
  }
  return new Blob(parts, { type: 'text/csv;charset=utf-8' });
}

/** The heads contain no line break. */
function withoutHeads(text: string): string {
  const end = text.indexOf('\r\n');
  return end === -1 ? '' : text.slice(end + 2);
}
