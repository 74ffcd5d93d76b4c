/** The servers that tests talk to: the very ones of the demo. */
export {
  freePort,
  type GitHubSeed,
  type GitHubWorld,
  type Login,
  startGitHub,
  startTwilio,
  type TwilioWorld,
} from "../../demo/emulators.ts";
export type { Relay, RelayedDelivery } from "../../demo/github-relay.ts";
export type { Person } from "../../demo/people.ts";
