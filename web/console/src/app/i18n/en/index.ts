import { common } from "./common";
import { network } from "./network";
import { campaigns, organisation, settings, signin, today } from "./pages";
import { shell } from "./shell";

export const en = { common, shell, signin, today, campaigns, network, organisation, settings };
