/** Draco's status page: one HTML document without scripts. Counts for everyone; names only where `details` are given. */

export interface StatusFacts {
  readonly paused: boolean;
  readonly queue: readonly { readonly name: string; readonly waiting: number; readonly failed: number }[];
  readonly counts: { readonly repositories: number; readonly openFindings: number; readonly openChanges: number };
  readonly channels: readonly { readonly name: string; readonly state: string }[];
  /** Absent for those who did not sign in. */
  readonly details?: {
    readonly changes: readonly {
      readonly planId: string;
      readonly repository: string;
      readonly title: string;
      readonly state: string;
      readonly pullRequest?: string;
      readonly updated: string;
    }[];
    readonly history: readonly {
      readonly at: string;
      readonly planId: string;
      readonly from: string;
      readonly to: string;
      readonly by: string;
      readonly surface: string;
      readonly digest: string;
    }[];
  };
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const e = (text: string | number): string => String(text).replace(/[&<>"']/g, (c) => ENTITIES[c] ?? c);

const STYLE = `
:root{color-scheme:light dark;--ink:#1b2430;--soft:#5c6878;--line:#dfe3e9;--paper:#fff;--back:#f5f6f8;--good:#1a7f4b;--bad:#b3261e;--wait:#8a5a00}
@media(prefers-color-scheme:dark){:root{--ink:#e6eaf0;--soft:#9aa6b5;--line:#2c3542;--paper:#161c25;--back:#0e131a;--good:#4cc38a;--bad:#ff8a80;--wait:#f0b84b}}
*{box-sizing:border-box}body{margin:0;background:var(--back);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
main{max-width:1080px;margin:0 auto;padding:24px 16px 48px}h1{font-size:22px;margin:0 0 4px}h2{font-size:16px;margin:28px 0 8px}
p{margin:0 0 12px;color:var(--soft)}.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin:16px 0}
.card{background:var(--paper);border:1px solid var(--line);border-radius:10px;padding:14px 16px}.card b{display:block;font-size:26px;line-height:1.2}
.card span{color:var(--soft)}.wrap{overflow-x:auto;background:var(--paper);border:1px solid var(--line);border-radius:10px}
table{border-collapse:collapse;width:100%;font-size:14px}th,td{text-align:left;padding:8px 12px;border-bottom:1px solid var(--line);vertical-align:top}
th{color:var(--soft);font-weight:600;white-space:nowrap}tr:last-child td{border-bottom:0}code{font:13px ui-monospace,monospace}
.good{color:var(--good)}.bad{color:var(--bad)}.wait{color:var(--wait)}a{color:inherit}`;

const GOOD = new Set(["verified", "applied", "on", "ready"]);
const BAD = new Set(["failed", "unverified", "interrupted", "denied", "stale", "expired"]);
const tone = (state: string): string => (GOOD.has(state) ? "good" : BAD.has(state) ? "bad" : "wait");

const table = (heads: readonly string[], rows: readonly (readonly string[])[], empty: string): string =>
  rows.length === 0
    ? `<p>${e(empty)}</p>`
    : `<div class="wrap"><table><thead><tr>${heads.map((h) => `<th scope="col">${e(h)}</th>`).join("")}</tr></thead><tbody>${rows
        .map((cells) => `<tr>${cells.map((c) => `<td>${c}</td>`).join("")}</tr>`)
        .join("")}</tbody></table></div>`;

export function renderStatusPage(facts: StatusFacts): string {
  const { counts, details } = facts;
  const card = (n: number, label: string): string => `<div class="card"><b>${n}</b><span>${e(label)}</span></div>`;
  const changes = details
    ? `<h2>Changes</h2>${table(
        ["Change", "Repository", "What", "Pull request", "State", "Updated"],
        details.changes.map((c) => [
          `<code>${e(c.planId)}</code>`,
          e(c.repository),
          e(c.title),
          c.pullRequest ? e(c.pullRequest) : "",
          `<span class="${tone(c.state)}">${e(c.state)}</span>`,
          e(c.updated),
        ]),
        "No change yet: the first push of a repository with the App installed starts it.",
      )}<h2>History</h2>${table(
        ["When", "Change", "From", "To", "By", "Surface", "Digest"],
        details.history.map((h) => [
          e(h.at),
          `<code>${e(h.planId)}</code>`,
          e(h.from),
          `<span class="${tone(h.to)}">${e(h.to)}</span>`,
          e(h.by),
          e(h.surface),
          `<code>${e(h.digest.slice(0, 12))}</code>`,
        ]),
        "Nothing has happened yet.",
      )}`
    : '<p><a href="/history">Sign in</a> with the status password (DRACO_STATUS_PASSWORD) to see repositories, changes and history.</p>';
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Draco</title><style>${STYLE}</style></head><body><main>
<h1>Draco</h1><p>${facts.paused ? '<span class="bad">Paused: nothing will be approved or applied until /draco resume.</span>' : "Watching. What you saw is what is applied."}</p>
<div class="cards">${card(counts.repositories, "repositories")}${card(counts.openFindings, "open findings")}${card(counts.openChanges, "open changes")}${card(
    facts.queue.reduce((n, q) => n + q.waiting, 0),
    "jobs waiting",
  )}</div>
${changes}
<h2>Queues</h2>${table(
    ["Job", "Waiting", "Failed for good"],
    facts.queue.map((q) => [e(q.name), String(q.waiting), q.failed > 0 ? `<span class="bad">${q.failed}</span>` : "0"]),
    "No queue yet.",
  )}
<h2>Channels</h2>${table(
    ["Channel", "State"],
    facts.channels.map((c) => [e(c.name), `<span class="${tone(c.state)}">${e(c.state)}</span>`]),
    "",
  )}
</main></body></html>`;
}
