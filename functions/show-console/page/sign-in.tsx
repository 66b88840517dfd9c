import { useState } from 'preact/hooks';
import { ask, NotAnswered } from './api.ts';
import { keepToken } from './token.ts';

/** The one screen without a token: where to type it, and where tokens come from. */
export function SignIn() {
  const [problem, setProblem] = useState('');
  const [isBusy, setBusy] = useState(false);

  async function enter(event: SubmitEvent) {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const token = String(form.get('token') ?? '').trim();
    if (!/^[\x21-\x7e]+$/.test(token)) return setProblem('A token is one word, without blanks.');
    setBusy(true);
    try {
      await ask('/v2/orders?page[size]=1', { headers: { authorization: `Bearer ${token}` } });
      keepToken(token, form.get('remember') === 'on');
    } catch (error) {
      const isUnknown = error instanceof NotAnswered && error.status === 401;
      setProblem(isUnknown ? 'The ledger does not know this token.' : (error as Error).message);
      setBusy(false);
    }
  }

  return (
    <main class="sign-in">
      <h1>Port-in ledger</h1>
      <form onSubmit={enter}>
        <label for="token">Your token</label>
        <input id="token" name="token" type="password" autocomplete="off" spellcheck={false} required autofocus />
        <label class="choice">
          <input type="checkbox" name="remember" /> Remember me on this device
        </label>
        <p role="alert" class="problem">
          {problem}
        </p>
        <button type="submit" disabled={isBusy}>
          {isBusy ? 'Signing in…' : 'Sign in'}
        </button>
      </form>
      <p class="quiet">
        Whoever runs this ledger has your token: it stands in the secret of API tokens, and <code>npm start</code>{' '}
        prints it. A read token is enough for all but sending again.
      </p>
    </main>
  );
}
