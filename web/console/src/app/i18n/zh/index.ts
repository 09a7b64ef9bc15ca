import { account, audit, invitation, passwords, people, providers, roles, setup } from "./access";
import { common } from "./common";
import { network } from "./network";
import { campaigns, organisation, settings, signin, today } from "./pages";
import { persons } from "./people";
import { reach } from "./reach";
import { shell } from "./shell";
import { sources } from "./sources";
import { system } from "./system";

export const zh = { common, shell, signin, setup, passwords, invitation, today, campaigns, network, organisation, settings, account, audit, people, persons, sources, system, roles, providers, reach };
