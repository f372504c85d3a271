// A certified OpenID provider for tests, on a free port of the loopback. It believes whoever types who they are:
// the claims themselves, as JSON. It ends when its standard input does.
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { createServer } from "node:http";

import Provider from "oidc-provider";

// It warns of Node before 22 and of http, which the loopback is.
console.warn = console.info = () => {};

const server = createServer();
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const people = new Map();
const client = {
  grant_types: ["authorization_code"],
  redirect_uris: ["http://testserver/sign-in/with/google/back"],
  response_types: ["code"],
};

const provider = new Provider(issuer, {
  claims: {
    openid: ["sub", "hd", "tid", "district", "classLink_tenant_id"],
    email: ["email", "email_verified", "xms_edov"],
  },
  clients: [
    { ...client, client_id: "post", client_secret: "secret-post", token_endpoint_auth_method: "client_secret_post" },
    { ...client, client_id: "basic", client_secret: "secret-basic", token_endpoint_auth_method: "client_secret_basic" },
  ],
  conformIdTokenClaims: false,
  cookies: { keys: [randomUUID()] },
  features: { devInteractions: { enabled: false } },
  findAccount: (_context, id) => ({ accountId: id, claims: () => people.get(id) }),
  interactions: { url: (_context, interaction) => `/who/${interaction.uid}` },
  jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), kid: "one", alg: "RS256", use: "sig" }] },
  loadExistingGrant: async (context) => {
    const { accountId } = context.oidc.session;
    const grant = new provider.Grant({ accountId, clientId: context.oidc.client.clientId });
    grant.addOIDCScope("openid email profile");
    await grant.save();
    return grant;
  },
  pkce: { required: () => true },
  ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
});
// What may be redirected to is between the district and its provider, and live servers have any port.
provider.Client.prototype.redirectUriAllowed = () => true;
const answer = provider.callback();

async function who(request, response) {
  if (request.method === "GET") {
    response.setHeader("content-type", "text/html");
    response.end(
      '<!doctype html><html lang="en"><title>Provider</title><link rel="icon" href="data:,"><h1>The provider</h1>' +
        '<form method="post"><label>Claims <input name="claims"></label><button>Go on</button></form></html>',
    );
    return;
  }
  let body = "";
  for await (const part of request) body += part;
  const claims = JSON.parse(new URLSearchParams(body).get("claims"));
  people.set(claims.sub, claims);
  await provider.interactionFinished(request, response, { login: { accountId: claims.sub } });
}

server.on("request", (request, response) => {
  if (request.url.startsWith("/who/")) who(request, response).catch(() => response.writeHead(400).end());
  else answer(request, response);
});
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
process.stdout.write(`${issuer}\n`);
