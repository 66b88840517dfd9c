import { globSync, readFileSync } from 'node:fs';

/** A command that a page tells its reader to run, or a block of them. */
export interface DocumentedCommand {
  readonly page: string;
  readonly text: string;
}

const BLOCK = /```(sh|console)\n([\s\S]*?)```/g;
const INLINE = /`((?:npm|npx|node|aws|cdk|curl|git) [^`]+)`/g;

/** Every command in README and docs: each block as a whole, and each one within a sentence. */
export const documentedCommands: readonly DocumentedCommand[] = globSync(['*.md', 'docs/*.md', 'functions/*.md'])
  .toSorted()
  .flatMap((page) => {
    const source = readFileSync(page, 'utf8');
    const blocks = [...source.matchAll(BLOCK)].map(([, kind, text = '']) =>
      kind === 'sh' ? text.trim() : typedIn(text),
    );
    const inline = [...source.replaceAll(/```[\s\S]*?```/g, '').matchAll(INLINE)].map(([, text = '']) =>
      text.replaceAll('\n', ' '),
    );
    return [...blocks, ...inline].map((text) => ({ page, text }));
  });

/** What is typed in a session, without what is answered. */
function typedIn(session: string): string {
  return [...session.matchAll(/^\$ (.*)$/gm)].map(([, line = '']) => line).join('\n');
}

/** The one block of a page that begins so. */
export function blockOf(page: string, beginning: string): string {
  const found = documentedCommands.filter((one) => one.page === page && one.text.startsWith(beginning));
  if (found.length !== 1 || !found[0])
    throw new Error(`${page} has ${found.length} blocks that begin with ${beginning}`);
  return found[0].text;
}
