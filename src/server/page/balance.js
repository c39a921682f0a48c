// How a running `start-claude balance` does: a panel that is there only while it runs.

import { h, icon, clock, count } from "./dom.js";

const strategies = { fallback: "Fallback: in order", polling: "Polling: in turn", "speed-first": "Speed first: the fastest" };

/** "184 ms", "1.2 s". */
function speed(ms) {
  if (ms === undefined) return "—";
  return ms >= 1000 ? (ms / 1000).toFixed(1) + " s" : (ms >= 10 ? Math.round(ms) : ms) + " ms";
}

function health(endpoint) {
  const banned = endpoint.state === "banned";
  return h("div", { class: "health" }, h("span", { class: "dot " + (banned ? "bad" : "good"), "aria-hidden": "true" }),
    h("div", {}, banned ? "Left alone until " + clock(endpoint.bannedUntil) : "Healthy", banned && h("div", { class: "soft small" }, endpoint.reason)));
}

function row(endpoint) {
  const failed = endpoint.failures > 0 && h("div", { class: "soft small" }, endpoint.failures + " failed");
  return h("tr", {},
    h("th", { scope: "row" }, h("span", { class: "strong" }, endpoint.name), h("div", { class: "soft small" }, endpoint.host)),
    h("td", { "data-label": "Health" }, health(endpoint)),
    h("td", { class: "number", "data-label": "First byte" }, speed(endpoint.meanFirstByteMs), h("div", { class: "soft small" }, count(endpoint.samples, "sample"))),
    h("td", { class: "number", "data-label": "Requests" }, String(endpoint.requests), failed));
}

/** {element, draw(view)}; `view` is the answer to GET /api/balance. */
export function balancePanel() {
  const body = h("div", {});
  const said = h("p", { class: "unseen", role: "status" });
  const element = h("section", { class: "card balance", "aria-labelledby": "balance-title", hidden: true }, body, said);
  let banned = null;

  /** Told to those who do not see the table: only that somebody is out, or back. */
  function tell(view) {
    const now = view.endpoints.filter((each) => each.state === "banned").map((each) => each.name);
    const gone = banned?.filter((name) => !now.includes(name)) ?? [];
    const come = banned ? now.filter((name) => !banned.includes(name)) : [];
    banned = now;
    const words = [...come.map((name) => name + " is left alone for a while."), ...gone.map((name) => name + " is in use again.")];
    if (words.length > 0) said.textContent = words.join(" ");
  }

  function draw(view) {
    element.hidden = !view?.running;
    if (!view?.running) { banned = null; return; }
    tell(view);
    const skipped = view.skipped.map(({ name, reason }) => `${name} ${reason}`).join("; ");
    body.replaceChildren(
      h("div", { class: "head" }, icon("balance"), h("h2", { id: "balance-title", class: "grow" }, "Balance mode"),
        h("span", { class: "tag good" }, "Running"), h("span", { class: "tag gray" }, strategies[view.strategy] ?? view.strategy)),
      h("table", { class: "rows stacked" },
        h("thead", {}, h("tr", {}, ["Profile", "Health", "First byte", "Requests"].map((name, at) => h("th", { scope: "col", class: at > 1 ? "number" : null }, name)))),
        h("tbody", {}, view.endpoints.map(row))),
      h("p", { class: "soft small" }, "At ", h("code", {}, view.url), view.activeRequests > 0 && ` · ${count(view.activeRequests, "request")} under way`, skipped && ` · Left out: ${skipped}`));
  }
  return { element, draw };
}
