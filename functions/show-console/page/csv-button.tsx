import { useState } from 'preact/hooks';
import { wholeCsv } from './csv.ts';

/** A button that saves a whole list as CSV, under a name with the day. */
export function CsvButton(list: {
  readonly name: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string | undefined>>;
}) {
  const [said, setSaid] = useState('');
  async function save() {
    setSaid('Reading…');
    try {
      const blob = await wholeCsv(list.path, list.query, (pages) => setSaid(`Reading… page ${pages}`));
      const link = document.createElement('a');
      link.href = URL.createObjectURL(blob);
      link.download = `${list.name}-${new Date().toISOString().slice(0, 10)}.csv`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
      setSaid('');
    } catch (error) {
      setSaid((error as Error).message);
    }
  }
  return (
    <>
      <button type="button" class="plain" onClick={save} disabled={said.startsWith('Reading')}>
        Save as CSV
      </button>
      <span class="quiet" role="status">
        {said}
      </span>
    </>
  );
}
