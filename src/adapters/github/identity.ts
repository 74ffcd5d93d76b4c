/** Who we are on this GitHub: asked once, since an App's slug hardly ever changes. */
import type { Octokits } from "./octokit.ts";
import { translated } from "./translate.ts";
import type { AppFacts, Person } from "./types.ts";

export interface Authored {
  readonly user: { readonly login?: string; readonly type?: string } | null;
  readonly performed_via_github_app?: { readonly id?: number } | null | undefined;
}

export interface Identity {
  facts(): Promise<AppFacts>;
  /** "draco-acme[bot]" */
  botLogin(): Promise<string>;
  /** True where this App wrote it, by GitHub's word: a login that ends in [bot] cannot be registered by a person. */
  wrote(thing: Authored): Promise<boolean>;
}

export function identityOf(octokits: Octokits): Identity {
  let asked: Promise<AppFacts> | undefined;
  const facts = () => {
    asked ??= askApp(octokits).catch((error: unknown) => {
      asked = undefined;
      throw error;
    });
    return asked;
  };
  return {
    facts,
    botLogin: async () => `${(await facts()).slug}[bot]`,
    async wrote(thing) {
      const { id, slug } = await facts();
      if (thing.performed_via_github_app?.id !== undefined && thing.performed_via_github_app.id !== id) return false;
      return thing.user?.login === `${slug}[bot]`;
    },
  };
}

export async function askApp(octokits: Octokits): Promise<AppFacts> {
  const octokit = await octokits.asApp();
  const data = await translated("ask who this App is", async () => (await octokit.rest.apps.getAuthenticated()).data);
  if (!data?.slug) throw new TypeError("GitHub named no App");
  return {
    id: data.id,
    slug: data.slug,
    name: data.name,
    permissions: stringsOf(data.permissions),
    events: data.events ?? [],
  };
}

export const stringsOf = (record: object): Record<string, string> =>
  Object.fromEntries(Object.entries(record).filter((entry): entry is [string, string] => typeof entry[1] === "string"));

export const personOf = (user: { id: number; login: string; type: string } | null | undefined): Person => ({
  id: user?.id ?? 0,
  login: user?.login ?? "ghost",
  bot: user?.type === "Bot" || (user?.login.endsWith("[bot]") ?? false),
});
