// A site as many are: accounts and sessions of better-auth as it comes, pages on another origin.

import { createServer } from "node:http";

import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { fromNodeHeaders, toNodeHandler } from "better-auth/node";

import { open } from "./store.mjs";

const env = (name) => process.env[name] ?? fail(`${name} is not set`);
const page = env("PAGE_ORIGIN");

const auth = betterAuth({
  baseURL: env("OWN_ORIGIN"),
  secret: env("SECRET"),
  database: open(`${env("DATA_DIR")}/better-auth.sqlite`),
  trustedOrigins: [page],
  emailAndPassword: { enabled: true },
  // The suites sign in more often than people do.
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
});
const { internalAdapter } = await auth.$context;

await (await getMigrations(auth.options)).runMigrations();
const account = { name: env("USER_NAME"), email: env("USER_EMAIL"), password: env("USER_PASSWORD") };
if (!(await internalAdapter.findUserByEmail(account.email))) {
  const { user } = await auth.api.signUpEmail({ body: account });
  // Whoever signs up is signed in, and here nobody is at the browser.
  await internalAdapter.deleteUserSessions(user.id);
}

const better = toNodeHandler(auth);
createServer(async (request, response) => {
  const path = request.url.split("?")[0];
  allowPage(request, response);
  if (request.method === "OPTIONS") response.writeHead(204).end();
  else if (path === "/healthz") response.end("ok");
  else if (path === "/api/sessions") await sessions(request, response);
  else if (path === "/admin/sign-out-everywhere") await signOutEverywhere(request, response);
  else await better(request, response);
}).listen(Number(env("PORT")), "127.0.0.1");

// What a page on another origin needs: to be let in with its cookies, and to read what an answer says about time.
function allowPage(request, response) {
  response.setHeader("Vary", "Origin");
  if (request.headers.origin !== page) return;
  response.setHeader("Access-Control-Allow-Origin", page);
  response.setHeader("Access-Control-Allow-Credentials", "true");
  response.setHeader("Access-Control-Allow-Headers", "Content-Type");
  response.setHeader("Access-Control-Expose-Headers", "Date, Retry-After");
}

async function sessions(request, response) {
  const found = await auth.api.getSession({ headers: fromNodeHeaders(request.headers) });
  if (!found) return send(response, 401, { message: "Unauthorized" });
  const all = await internalAdapter.listSessions(found.user.id);
  send(response, 200, {
    sessions: all.map((session) => ({
      id: session.id,
      device: "A browser",
      address: request.socket.remoteAddress,
      created_at: session.createdAt,
      last_seen_at: session.updatedAt,
      current: session.id === found.session.id,
      kept: false,
    })),
  });
}

// What an administrator does when a device is lost.
async function signOutEverywhere(request, response) {
  if (request.headers.authorization !== `Bearer ${env("ADMIN_SECRET")}`) return send(response, 401, {});
  const { user } = await internalAdapter.findUserByEmail(account.email);
  await internalAdapter.deleteUserSessions(user.id);
  response.writeHead(204).end();
}

function send(response, status, body) {
  response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
}

function fail(why) {
  throw new Error(why);
}
