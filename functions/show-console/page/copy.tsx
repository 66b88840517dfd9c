import { useState } from 'preact/hooks';

/** A text with a button that copies it. */
export function Copyable({ text, what }: { readonly text: string; readonly what: string }) {
  const [said, setSaid] = useState('');
  async function copy() {
    // Browsers have no clipboard for a page that came over plain HTTP from another machine.
    const isCopied = await navigator.clipboard?.writeText(text).then(
      () => true,
      () => false,
    );
    setSaid(isCopied ? 'Copied' : 'Select it to copy');
    setTimeout(() => setSaid(''), 2_000);
  }
  return (
    <span class="copyable">
      <code>{text}</code>
      <button type="button" class="link" aria-label={`Copy ${what} ${text}`} onClick={copy}>
        {said || 'Copy'}
      </button>
      <span class="unseen" role="status">
        {said}
      </span>
    </span>
  );
}
