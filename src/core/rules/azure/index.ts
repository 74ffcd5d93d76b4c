/** Every rule for Azure. A service's file exports its rules and nothing else, so that adding one touches one file. */
import type { Rule } from "../rule.ts";
import * as analytics from "./analytics.ts";
import * as appService from "./app-service.ts";
import * as container from "./container.ts";
import * as dataStore from "./data-store.ts";
import * as databaseServer from "./database-server.ts";
import * as defender from "./defender.ts";
import * as keyVault from "./key-vault.ts";
import * as kubernetesCluster from "./kubernetes-cluster.ts";
import * as messaging from "./messaging.ts";
import * as network from "./network.ts";
import * as networkSecurityGroup from "./network-security-group.ts";
import * as platform from "./platform.ts";
import * as privateEndpoint from "./private-endpoint.ts";
import * as sqlServer from "./sql-server.ts";
import * as storage from "./storage.ts";
import * as storageProtection from "./storage-protection.ts";
import * as virtualMachine from "./virtual-machine.ts";
import * as webApp from "./web-app.ts";
import * as webFirewall from "./web-firewall.ts";

type Service = { readonly [name: string]: Rule };

const SERVICES: readonly Service[] = [
  analytics,
  appService,
  container,
  dataStore,
  databaseServer,
  defender,
  keyVault,
  kubernetesCluster,
  messaging,
  network,
  networkSecurityGroup,
  platform,
  privateEndpoint,
  sqlServer,
  storage,
  storageProtection,
  virtualMachine,
  webApp,
  webFirewall,
];

export const azureRules: readonly Rule[] = SERVICES.flatMap((service) => Object.values(service));
