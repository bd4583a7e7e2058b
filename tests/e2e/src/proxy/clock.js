// Stands in for the clocks and the timers of a page. They go as the machine's do, and are moved on over a connection to
// the harness. It runs before everything else, and what a scenario puts on top of it finds an ordinary page.
{
  const { set, clear, load } = { set: setTimeout.bind(window), clear: clearTimeout.bind(window), load: fetch.bind(window) };
  const [realWall, realElapsed] = [Date.now.bind(Date), performance.now.bind(performance)];
  const origin = realWall() - realElapsed();
  let ahead = AHEAD_MS;

  const elapsed = () => realElapsed() + ahead;
  const wall = () => Math.floor(realWall() + ahead);
  performance.now = elapsed;
  Date.now = wall;
  window.Date = new Proxy(Date, {
    construct: (date, given, made) => Reflect.construct(date, given.length > 0 ? given : [wall()], made),
    apply: (date) => new date(wall()).toString(),
  });
  const stamp = Object.getOwnPropertyDescriptor(Event.prototype, "timeStamp").get;
  Object.defineProperty(Event.prototype, "timeStamp", {
    configurable: true,
    get() {
      return stamp.call(this) + ahead;
    },
  });

  const timers = new Map();
  let last = 0;
  let armed;

  // Browsers let the timers of a page that nobody sees come due once a second.
  const moment = ({ due }) => (document.hidden ? Math.ceil((due + origin) / 1000) * 1000 - origin : due);

  const before = (one, other) => (moment(one) - moment(other) || one.due - other.due) < 0;

  const earliest = () => {
    let found = null;
    for (const timer of timers.values()) if (!found || before(timer, found)) found = timer;
    return found;
  };

  const arm = () => {
    clear(armed);
    const next = earliest();
    if (next) armed = set(run, Math.min(Math.max(moment(next) - elapsed(), 0), 2 ** 31 - 1));
  };

  const put = (act, delay, given, every) => {
    // Small, since there are applications that keep the number in 32 bits.
    last += 1;
    timers.set(last, { id: last, act: () => act(...given), due: elapsed() + Math.max(Number(delay) || 0, 0), every });
    arm();
    return last;
  };

  const drop = (id) => {
    if (timers.delete(id)) arm();
  };

  window.setTimeout = (act, delay, ...given) => put(act, delay, given, null);
  window.setInterval = (act, delay, ...given) => put(act, delay, given, Math.max(Number(delay) || 0, 4));
  window.clearTimeout = window.clearInterval = drop;

  // Timers would make a hidden page wait for a second.
  const channel = new MessageChannel();
  const waiting = [];
  channel.port1.onmessage = () => waiting.shift()();
  const turn = () =>
    new Promise((go) => {
      waiting.push(go);
      channel.port2.postMessage(null);
    });

  // Runs what is due in the order of its moments, each in a turn of its own. Says how much that was.
  const run = async () => {
    const end = elapsed();
    let acted = 0;
    for (let next = earliest(); next && moment(next) <= end; next = earliest()) {
      acted += 1;
      if (next.every === null) timers.delete(next.id);
      else next.due += next.every;
      try {
        next.act();
      } catch (error) {
        reportError(error);
      }
      await turn();
    }
    arm();
    return acted;
  };

  // What is under way is waited for before more time passes.
  let underWay = 0;
  window.fetch = (...given) => {
    underWay += 1;
    return load(...given).finally(() => {
      underWay -= 1;
    });
  };

  // So is a lock that nobody holds, on its way to a tab that asked for it.
  let asking = 0;
  let holding = 0;
  if (navigator.locks) {
    const request = navigator.locks.request.bind(navigator.locks);
    navigator.locks.request = (name, ...given) => {
      const act = given.pop();
      let isGranted = false;
      const hold = async (lock) => {
        isGranted = true;
        asking -= 1;
        holding += 1;
        try {
          return await act(lock);
        } finally {
          holding -= 1;
        }
      };
      asking += 1;
      return request(name, ...given, hold).finally(() => {
        if (!isGranted) asking -= 1;
      });
    };
  }

  // A worker that tabs share has a network of its own: a tab from which it is taken still learns what time it is.
  const names = window.trustedTypes?.createPolicy("harness", { createScriptURL: (url) => url });
  const worker = "/__clock-worker.js";
  const harness = new SharedWorker(names ? names.createScriptURL(worker) : worker).port;
  harness.onmessage = async ({ data }) => {
    const order = JSON.parse(data);
    ahead = order.ahead_ms;
    const acted = order.act ? await run() : 0;
    await turn();
    const next = earliest();
    const due_ms = next ? Math.max(moment(next) - elapsed(), 0) : null;
    const answer = { number: order.number, acted, under_way: underWay, asking, holding, due_ms };
    harness.postMessage({ answer: JSON.stringify(answer) });
  };
  harness.postMessage({ connect: PAGE_NUMBER });
  // The worker may outlive the page, and the page may come back.
  addEventListener("pagehide", () => harness.postMessage({ leave: true }));
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) harness.postMessage({ connect: PAGE_NUMBER });
  });
}
