/** Draco as a Probot application: every event goes to one flow, which turns it into jobs. */
import type { ApplicationFunction } from "probot";
import type { Deps } from "../flows/deps.ts";
import { handleEvent } from "../flows/process-delivery.ts";
import { object } from "../flows/route-delivery.ts";

export const dracoApp =
  (deps: Deps): ApplicationFunction =>
  (app) => {
    app.onAny(async ({ id, name, payload }) => handleEvent(deps, { guid: id, name, payload: object(payload) }));
  };
