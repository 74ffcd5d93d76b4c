/** Who somebody is: their id, and whether they are an active member of a team. Asked at this moment; needs the permission members: read. */
import { NotFound } from "../errors.ts";
import { installations } from "./installations.ts";
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

/** GitHub's id of a user, by login; undefined where there is none. */
export async function userId(octokits: Octokits, login: string): Promise<number | undefined> {
  const [first] = await installations(octokits);
  if (!first) return undefined;
  const octokit = await octokits.as(first.id);
  try {
    return (await translated(`look up ${login}`, () => octokit.rest.users.getByUsername({ username: login }))).data.id;
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
}
