import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Shell } from './shell.tsx';
import { SignIn } from './sign-in.tsx';
import { heldToken, onToken, takeTokenFromAddress } from './token.ts';

function Page() {
  const [token, setToken] = useState(heldToken);
  useEffect(() => onToken(() => setToken(heldToken())), []);
  // Another token may see other things: nothing that the last one brought stays.
  return token === undefined ? <SignIn /> : <Shell key={token} />;
}

takeTokenFromAddress();
addEventListener('hashchange', takeTokenFromAddress);
const place = document.getElementById('page');
if (place) render(<Page />, place);
