// An OpenID Connect provider with one account and one public client: the application.

import { generateKeyPairSync, randomBytes } from "node:crypto";
import { text } from "node:stream/consumers";

import Provider from "oidc-provider";

import * as pages from "./pages.mjs";
import { Store } from "./store.mjs";

const env = (name) => process.env[name] ?? fail(`${name} is not set`);
const account = { id: "1", name: env("USER_NAME"), email: env("USER_EMAIL"), password: env("USER_PASSWORD") };
const page = env("PAGE_ORIGIN");
const store = new Store(`${env("DATA_DIR")}/provider.json`);

const provider = new Provider(env("ISSUER"), {
  adapter: (kind) => store.adapter(kind),
  clients: [
    {
      client_id: env("CLIENT_ID"),
      token_endpoint_auth_method: "none",
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      redirect_uris: [env("REDIRECT_URI")],
      post_logout_redirect_uris: [env("POST_LOGOUT_URI")],
    },
  ],
  findAccount: (_, id) =>
    id === account.id
      ? { accountId: id, claims: () => ({ sub: id, name: account.name, email: account.email }) }
      : undefined,
  claims: { openid: ["sub"], profile: ["name"], email: ["email"] },
  scopes: ["openid", "profile", "email", "offline_access"],
  pkce: { required: () => true },
  rotateRefreshToken: true,
  clientBasedCORS: (_, origin) => origin === page,
  ttl: {
    AccessToken: Number(env("ACCESS_TOKEN_LIFETIME_S")),
    AuthorizationCode: 60,
    IdToken: 3600,
    Interaction: 3600,
    Grant: days(14),
    RefreshToken: days(14),
    Session: days(14),
  },
  features: {
    devInteractions: { enabled: false },
    revocation: { enabled: true, allowedPolicy: (_, client, token) => token.clientId === client.clientId },
    rpInitiatedLogout: { enabled: true, logoutSource: (ctx, form) => void (ctx.body = pages.signOut(form)) },
  },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  renderError: (ctx, error) => {
    ctx.type = "html";
    ctx.body = pages.failed(error);
  },
  cookies: { keys: [kept("cookie", () => randomBytes(32).toString("base64url"))] },
  jwks: { keys: [kept("jwk", newKey)] },
});

provider.use(async (ctx, next) => {
  if (ctx.path === "/healthz") ctx.body = "ok";
  else if (ctx.path.startsWith("/interaction/")) await interact(ctx);
  else if (ctx.path === "/api/sessions") await sessions(ctx);
  else if (ctx.path === "/admin/sign-out-everywhere") signOutEverywhere(ctx);
  else await next();
});
provider.listen(Number(env("PORT")), "127.0.0.1");

// Asks who it is, then whether they agree; the provider says which of the two is due.
async function interact(ctx) {
  const { prompt, params, grantId } = await provider.interactionDetails(ctx.req, ctx.res);
  if (ctx.method !== "POST") {
    ctx.body = prompt.name === "login" ? pages.signIn() : pages.consent();
    return;
  }
  const form = new URLSearchParams(await text(ctx.req));
  let result;
  if (prompt.name === "login") {
    if (form.get("email") !== account.email || form.get("password") !== account.password) {
      ctx.status = 401;
      ctx.body = pages.signIn("The email or the password is not right.");
      return;
    }
    result = { login: { accountId: account.id } };
  } else {
    const known = grantId && (await provider.Grant.find(grantId));
    const grant = known || new provider.Grant({ accountId: account.id, clientId: params.client_id });
    grant.addOIDCScope(params.scope);
    result = { consent: { grantId: await grant.save() } };
  }
  ctx.respond = false;
  await provider.interactionFinished(ctx.req, ctx.res, result);
}

// Every grant of the person counts as a device.
async function sessions(ctx) {
  ctx.vary("Origin");
  if (ctx.get("Origin") === page) ctx.set("Access-Control-Allow-Origin", page);
  if (ctx.method === "OPTIONS") {
    ctx.set("Access-Control-Allow-Headers", "Authorization");
    ctx.status = 204;
    return;
  }
  const token = await provider.AccessToken.find(ctx.get("Authorization").replace(/^Bearer /, ""));
  if (!token) {
    ctx.status = 401;
    ctx.set("WWW-Authenticate", 'Bearer error="invalid_token"');
    ctx.body = { error: "invalid_token" };
    return;
  }
  const devices = store.all("RefreshToken").filter(([, payload]) => !payload.consumed);
  const time = (seconds) => new Date(seconds * 1000).toISOString();
  ctx.body = {
    sessions: devices.map(([, { grantId, iiat, iat }]) => ({
      id: grantId,
      device: "A browser",
      address: ctx.ip,
      created_at: time(iiat),
      last_seen_at: time(iat),
      current: grantId === token.grantId,
      kept: false,
    })),
  };
}

// What an administrator does when a device is lost.
function signOutEverywhere(ctx) {
  if (ctx.get("Authorization") !== `Bearer ${env("ADMIN_SECRET")}`) {
    ctx.status = 401;
    return;
  }
  store.delete((key) => /^(Session|Grant|AccessToken|RefreshToken):/.test(key));
  ctx.status = 204;
}

// Keys must outlive a restart as well.
function kept(name, make) {
  const key = `Key:${name}`;
  if (!store.get(key)) store.set(key, { value: make() });
  return store.get(key).value;
}

function newKey() {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { ...privateKey.export({ format: "jwk" }), kid: "1", use: "sig", alg: "RS256" };
}

function days(count) {
  return count * 24 * 3600;
}

function fail(why) {
  throw new Error(why);
}
