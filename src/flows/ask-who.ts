/** Asks GitHub, at this moment, what a person is to a repository. Never cached, never read from a payload. */
import type { Repo } from "../adapters/github/types.ts";
import type { Policy } from "../core/approve/policy.ts";
import { teamsOf, type Who } from "../core/approve/who.ts";
import type { Deps } from "./deps.ts";

export async function askWho(deps: Pick<Deps, "github">, repo: Repo, policy: Policy, login: string): Promise<Who> {
  const permission = await deps.github.permissionOf(repo, login);
  const teams: string[] = [];
  for (const team of teamsOf(policy)) if (await deps.github.isTeamMember(repo, team, login)) teams.push(team);
  return { login, permission, teams };
}
