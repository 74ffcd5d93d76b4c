/** What the App is installed on, who may do what there, and the log of deliveries. */
import { stringsOf } from "./identity.ts";
import type { Octokits } from "./octokit.ts";
import { ifThere, translated } from "./translate.ts";
import type { Delivery, Installation, Permission, Repo, RepositoryFacts } from "./types.ts";

export async function installations(octokits: Octokits): Promise<Installation[]> {
  const octokit = await octokits.asApp();
  const found = await translated("list the installations", () =>
    octokit.paginate(octokit.rest.apps.listInstallations, { per_page: 100 }),
  );
  return found.map((one) => ({
    id: one.id,
    accountLogin: loginOf(one.account),
    accountType: one.target_type,
    suspended: one.suspended_at !== null && one.suspended_at !== undefined,
    permissions: stringsOf(one.permissions),
    events: one.events,
  }));
}

/** An enterprise account has a slug instead of a login. */
const loginOf = (account: { login?: string; slug?: string } | null): string => account?.login ?? account?.slug ?? "";

interface RawRepository {
  readonly id: number;
  readonly name: string;
  readonly private: boolean;
  readonly default_branch: string;
  readonly archived: boolean;
  readonly owner: { readonly login: string };
}

const factsOf = (installationId: number, raw: RawRepository): RepositoryFacts => ({
  installationId,
  id: raw.id,
  owner: raw.owner.login,
  name: raw.name,
  private: raw.private,
  defaultBranch: raw.default_branch,
  archived: raw.archived,
});

export async function repositories(octokits: Octokits, installationId: number): Promise<RepositoryFacts[] | undefined> {
  const octokit = await octokits.as(installationId);
  const found = await ifThere("list the repositories of an installation", () =>
    octokit.paginate(octokit.rest.apps.listReposAccessibleToInstallation, { per_page: 100 }),
  );
  return found?.map((raw) => factsOf(installationId, raw));
}

export async function repository(
  octokits: Octokits,
  installationId: number,
  owner: string,
  name: string,
): Promise<RepositoryFacts> {
  const octokit = await octokits.as(installationId);
  const { data } = await translated(`read ${owner}/${name}`, () => octokit.rest.repos.get({ owner, repo: name }));
  return factsOf(installationId, data);
}

const PERMISSIONS: Readonly<Record<string, Permission>> = {
  admin: "admin",
  maintain: "maintain",
  write: "write",
  push: "write",
  triage: "triage",
  read: "read",
  pull: "read",
};

/** A role of the organisation's own counts as the basic one that GitHub says it inherits from. */
export async function permissionOf(octokits: Octokits, repo: Repo, login: string): Promise<Permission> {
  const octokit = await octokits.as(repo.installationId);
  const data = await ifThere(`ask what ${login} may do`, async () => {
    const answer = await octokit.rest.repos.getCollaboratorPermissionLevel({
      owner: repo.owner,
      repo: repo.name,
      username: login,
      headers: { "cache-control": "no-cache" },
    });
    return answer.data;
  });
  if (!data) return "none";
  return PERMISSIONS[data.role_name] ?? PERMISSIONS[data.permission] ?? "none";
}

export async function deliveries(octokits: Octokits, most: number): Promise<Delivery[] | undefined> {
  const octokit = await octokits.asApp();
  return ifThere("list the deliveries", async () => {
    const found: Delivery[] = [];
    const pages = octokit.paginate.iterator(octokit.rest.apps.listWebhookDeliveries, { per_page: 100 });
    for await (const page of pages) {
      for (const one of page.data) {
        found.push({
          id: one.id,
          guid: one.guid,
          event: one.event,
          ...(one.action && { action: one.action }),
          statusCode: one.status_code,
          redelivery: one.redelivery,
          at: one.delivered_at,
        });
      }
      if (found.length >= most) break;
    }
    return found.slice(0, most);
  });
}

export async function redeliver(octokits: Octokits, deliveryId: number): Promise<void> {
  const octokit = await octokits.asApp();
  await translated("ask for a delivery again", async () => {
    await octokit.rest.apps.redeliverWebhookDelivery({ delivery_id: deliveryId });
  });
}
