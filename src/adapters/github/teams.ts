/** Is somebody an active member of a team? Asked at this moment; needs the permission members: read. */
import { NotFound } from "../errors.ts";
import type { Octokits } from "./octokit.ts";
import { translated } from "./translate.ts";
import type { Repo } from "./types.ts";

/** @param team "org/slug". False for teams and people that are not there, or not for Draco to see. */
export async function isTeamMember(octokits: Octokits, repo: Repo, team: string, login: string): Promise<boolean> {
  const [org = "", slug = ""] = team.split("/");
  const octokit = await octokits.as(repo.installationId);
  try {
    const { data } = await translated(`ask whether ${login} is in ${team}`, () =>
      octokit.rest.teams.getMembershipForUserInOrg({ org, team_slug: slug, username: login }),
    );
    return data.state === "active";
  } catch (error) {
    if (error instanceof NotFound) return false;
    throw error;
  }
}
