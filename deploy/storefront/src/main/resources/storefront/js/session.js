// Sign-in by OpenID Connect: code flow with PKCE, state and nonce. The tokens live in sessionStorage, so they end with the
// tab and no other tab or later visit has them.

import { config } from './config.js';

const SESSION = 'tillstream.session';
const STARTED = 'tillstream.sign-in';
const USER = 'tillstream.user'; // who signed in last in this tab, also when the session has ended

const library = () => import('/shop/lib/oauth4webapi.js');

const read = (name) => JSON.parse(sessionStorage.getItem(name) || 'null');

/** {sub, name, email}, or null when nobody is signed in. */
export function user() {
  const session = read(SESSION);
  return session && session.expiresAt > Date.now() ? session.user : null;
}

export function accessToken() {
  const session = read(SESSION);
  return session && session.expiresAt > Date.now() ? session.accessToken : null;
}

/** Whether the token has the scope; the API decides, this only says what is worth asking for. */
export function hasScope(scope) {
  const session = read(SESSION);
  return Boolean(accessToken() && session.scopes?.includes(scope));
}

/** The API no longer takes the token. What was typed stays, for the same one to go on after another sign-in. */
export function forget() {
  sessionStorage.removeItem(SESSION);
  window.dispatchEvent(new Event('session'));
}

/** The next one at this machine is not shown where this one lives, nor sends what this one wished. */
function forgetAll() {
  Object.keys(sessionStorage).filter((name) => name.startsWith('tillstream.')).forEach((name) => sessionStorage.removeItem(name));
}

async function provider() {
  const oauth = await library();
  const { issuer: name, clientId } = await config();
  const issuer = new URL(name);
  // Only a provider on this machine may do without TLS.
  const local = ['127.0.0.1', 'localhost', '[::1]'].includes(issuer.hostname);
  const options = { [oauth.allowInsecureRequests]: local && issuer.protocol === 'http:' };
  const found = await oauth.discoveryRequest(issuer, options);
  const server = await oauth.processDiscoveryResponse(issuer, found);
  return { oauth, options, server, client: { client_id: clientId } };
}

const callback = () => `${location.origin}/callback`;

/** Leaves for the sign-in page; the user comes back to `returnTo`. `more`: a scope beyond those of buyers. */
export async function signIn(returnTo = location.pathname + location.search, more = '') {
  const { oauth, server, client } = await provider();
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const nonce = oauth.generateRandomNonce();
  const scope = `openid profile email ${more}`.trim();
  sessionStorage.setItem(STARTED, JSON.stringify({ verifier, state, nonce, returnTo, scope }));
  const target = new URL(server.authorization_endpoint);
  target.search = new URLSearchParams({
    client_id: client.client_id,
    redirect_uri: callback(),
    response_type: 'code',
    scope,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
  });
  location.assign(target);
  return new Promise(() => {}); // the page ends here
}

/** On /callback: checks the answer against what was started here, and gives the address to go on to. */
export async function finishSignIn() {
  const started = read(STARTED);
  sessionStorage.removeItem(STARTED);
  if (!started) throw new Error('This sign-in was not started in this tab, or is finished already.');
  const { oauth, options, server, client } = await provider();
  const parameters = oauth.validateAuthResponse(server, client, new URL(location.href), started.state);
  const answer = await oauth.authorizationCodeGrantRequest(
    server, client, oauth.None(), parameters, callback(), started.verifier, options);
  const tokens = await oauth.processAuthorizationCodeResponse(
    server, client, answer, { expectedNonce: started.nonce, requireIdToken: true });
  const claims = oauth.getValidatedIdTokenClaims(tokens);
  const before = sessionStorage.getItem(USER);
  if (before && before !== claims.sub) forgetAll();
  sessionStorage.setItem(USER, claims.sub);
  sessionStorage.setItem(SESSION, JSON.stringify({
    accessToken: tokens.access_token,
    idToken: tokens.id_token,
    scopes: (tokens.scope ?? started.scope ?? '').split(' '), // a provider may leave out what it gave as asked
    expiresAt: Date.now() + (tokens.expires_in ?? 300) * 1000,
    user: { sub: claims.sub, name: claims.name || claims.sub, email: claims.email || '' },
  }));
  window.dispatchEvent(new Event('session'));
  return started.returnTo;
}

/** Ends the session here, with what its pages showed, and, where the provider is there and offers it, there. */
export async function signOut() {
  const session = read(SESSION);
  forgetAll();
  window.dispatchEvent(new Event('session'));
  window.dispatchEvent(new Event('signed-out'));
  const { server, client } = await provider().catch(() => ({}));
  if (!server?.end_session_endpoint || !session?.idToken) return;
  const target = new URL(server.end_session_endpoint);
  target.search = new URLSearchParams({
    id_token_hint: session.idToken,
    client_id: client.client_id,
    post_logout_redirect_uri: `${location.origin}/`,
  });
  location.assign(target);
  await new Promise(() => {});
}
