/** People of the demo, acting on the emulated GitHub as they would on the real one: with their own token, over HTTP. */
import type { Relay } from "./github-relay.ts";

export interface Person {
  readonly login: string;
  /** Calls the API as this person. Throws where the answer is not 2xx. */
  api<T = unknown>(method: string, path: string, body?: object): Promise<T>;
  /** Commits files (null removes one) on a branch and pushes it; a new branch starts at `from`. Returns the commit. */
  push(push: {
    readonly message: string;
    readonly files: { readonly [path: string]: string | null };
    readonly branch?: string;
    readonly from?: string;
  }): Promise<string>;
  openPullRequest(pull: { readonly branch: string; readonly title: string; readonly body?: string }): Promise<number>;
  /** Returns the SHA of the merge commit. */
  merge(number: number): Promise<string>;
  close(number: number): Promise<void>;
  comment(issue: number, body: string): Promise<number>;
  review(number: number, event: "APPROVE" | "REQUEST_CHANGES" | "COMMENT", body?: string): Promise<number>;
  /** A button of a check run: emulate has none, so the signed event is made here. */
  press(checkRun: number, identifier: string): Promise<void>;
  rerequest(checkRun: number): Promise<void>;
}

export interface Place {
  readonly baseUrl: string;
  readonly owner: string;
  readonly repo: string;
  readonly installationId: number;
  readonly relay: Relay;
}

interface Sha {
  readonly sha: string;
}

export function personOn(place: Place, login: string, token: string): Person {
  const at = `/repos/${place.owner}/${place.repo}`;
  async function api<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(place.baseUrl + path, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body && { "content-type": "application/json" }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${login}: ${method} ${path} answered ${response.status} ${text}`);
    return (text === "" ? undefined : JSON.parse(text)) as T;
  }
  const tipOf = async (branch: string): Promise<string | undefined> => {
    const refs = await api<{ ref: string; object: Sha }[]>("GET", `${at}/git/matching-refs/heads/${branch}`);
    return refs.find((ref) => ref.ref === `refs/heads/${branch}`)?.object.sha;
  };
  const write = async (message: string, parent: string, extra: readonly string[], tree: readonly object[]) => {
    const base = await api<{ tree: Sha }>("GET", `${at}/git/commits/${parent}`);
    const written = await api<Sha>("POST", `${at}/git/trees`, { base_tree: base.tree.sha, tree });
    const commit = { message, tree: written.sha, parents: [parent, ...extra] };
    return (await api<Sha>("POST", `${at}/git/commits`, commit)).sha;
  };

  return {
    login,
    api,
    async push({ message, files, branch = "main", from = "main" }) {
      const tip = await tipOf(branch);
      const parent = tip ?? (await tipOf(from));
      if (parent === undefined) throw new Error(`there is no branch ${from}`);
      const tree = Object.entries(files).map(([path, content]) => ({
        path,
        mode: "100644",
        type: "blob",
        ...(content === null ? { sha: null } : { content }),
      }));
      const sha = await write(message, parent, [], tree);
      if (tip === undefined) await api("POST", `${at}/git/refs`, { ref: `refs/heads/${branch}`, sha });
      else await api("PATCH", `${at}/git/refs/heads/${branch}`, { sha });
      return sha;
    },
    async openPullRequest({ branch, title, body = "" }) {
      const made = await api<{ number: number }>("POST", `${at}/pulls`, { head: branch, base: "main", title, body });
      return made.number;
    },
    async merge(number) {
      const pull = await api<{ head: { ref: string; sha: string }; base: { ref: string; sha: string } }>(
        "GET",
        `${at}/pulls/${number}`,
      );
      const head = (await tipOf(pull.head.ref)) ?? pull.head.sha;
      const base = (await tipOf(pull.base.ref)) ?? pull.base.sha;
      const gained = await changes(api, at, base, head);
      // Brings emulate's record of the base up to date: it keeps the one of the day the pull request was opened.
      if (base !== pull.base.sha) await api("PATCH", `${at}/pulls/${number}`, { base: pull.base.ref });
      const merged = await api<Sha>("PUT", `${at}/pulls/${number}/merge`, {});
      if (base === pull.base.sha && head === pull.head.sha) return merged.sha;
      // emulate merges by taking the head's tree as recorded, so whatever main had gained meanwhile is put back here.
      const correct = await write(`Merge #${number} upon the present ${pull.base.ref}`, base, [merged.sha], gained);
      await api("PATCH", `${at}/git/refs/heads/${pull.base.ref}`, { sha: correct });
      return correct;
    },
    async close(number) {
      await api("PATCH", `${at}/pulls/${number}`, { state: "closed" });
    },
    async comment(issue, body) {
      return (await api<{ id: number }>("POST", `${at}/issues/${issue}/comments`, { body })).id;
    },
    async review(number, event, body = "") {
      return (await api<{ id: number }>("POST", `${at}/pulls/${number}/reviews`, { event, body })).id;
    },
    async press(checkRun, identifier) {
      const [run, pulls, repository, sender] = await Promise.all([
        api<{ head_sha: string }>("GET", `${at}/check-runs/${checkRun}`),
        api<{ number: number; head: Sha & { ref: string }; base: Sha & { ref: string } }[]>("GET", `${at}/pulls`),
        api<object>("GET", at),
        api<object>("GET", `/users/${login}`),
      ]);
      await place.relay.send("check_run", {
        action: "requested_action",
        requested_action: { identifier },
        // GitHub names the open pull requests of the commit; emulate names none.
        check_run: { ...run, pull_requests: pulls.filter((pull) => pull.head.sha === run.head_sha) },
        repository,
        sender,
        installation: { id: place.installationId },
      });
    },
    async rerequest(checkRun) {
      await api("POST", `${at}/check-runs/${checkRun}/rerequest`);
    },
  };
}

/** What a branch changes since it left the base, as entries of a tree. */
async function changes(api: Person["api"], at: string, base: string, head: string): Promise<object[]> {
  const compared = await api<{
    files: { filename: string; previous_filename?: string; status: string; sha: string }[];
  }>("GET", `${at}/compare/${base}...${head}`);
  return compared.files.flatMap((file) => {
    const entry = { path: file.filename, mode: "100644", type: "blob" };
    const gone = { mode: "100644", type: "blob", sha: null };
    if (file.status === "removed") return [{ ...entry, sha: null }];
    if (file.status === "renamed")
      return [
        { ...entry, sha: file.sha },
        { ...gone, path: file.previous_filename },
      ];
    return [{ ...entry, sha: file.sha }];
  });
}
