import { account, audit, invitation, passwords, people, providers, roles, setup } from "./access";
import { common } from "./common";
import { fraud } from "./fraud";
import { explore } from "./explore";
import { health } from "./health";
import { imports } from "./imports";
import { kocs } from "./kocs";
import { lights, working } from "./lights";
import { network } from "./network";
import { campaigns, organisation, settings, signin, today } from "./pages";
import { persons } from "./people";
import { reach } from "./reach";
import { shell } from "./shell";
import { sources } from "./sources";
import { stability } from "./stability";
import { studies } from "./studies";
import { system } from "./system";

export const zh = { common, shell, signin, setup, passwords, invitation, today, campaigns, network, kocs, explore, fraud, organisation, settings, account, audit, people, persons, sources, system, roles, providers, reach, studies, lights, working, stability, health, imports };
