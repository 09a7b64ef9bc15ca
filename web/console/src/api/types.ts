import type { components } from "./schema";

/** The API's words as the console calls them; the shapes are generated from `openapi.json` (`npm run gen`). */
type Words = components["schemas"];

export type Role = Words["Role"];
export type NewRole = Words["NewRole"];
export type PermissionWords = Words["Permission"];
export type Provider = Words["Provider"];
export type NewProvider = Words["NewProvider"];
export type ProviderChange = Words["ProviderChange"];
export type SignInDoor = Words["SignInDoor"];
export type SignInLink = Words["SignInLink"];
export type StaffMember = Words["Staff"];
export type Session = Words["Session"];
export type Unit = Words["Unit"];
export type ApiKey = Words["Key"];
export type NewApiKey = Words["KeyIssued"];
export type SessionItem = Words["SessionItem"];
export type Invitation = Words["Invitation"];
export type InvitationIssued = Words["InvitationIssued"];
export type InvitationWelcome = Words["InvitationWelcome"];
export type NewInvitation = Words["NewInvitation"];
export type StaffChange = Words["StaffChange"];
export type AuditEntry = Words["AuditEntry"];
export type FactRow = Words["FactRow"];
export type RejectedRow = Words["Rejected"];
export type VolumeRow = Words["VolumeRow"];
export type Campaign = Words["CampaignRow"];
export type NewCampaign = Words["NewCampaign"];
export type Circle = Words["CircleRow"];
export type CascadeRoot = Words["RootRow"];
export type Cascade = Words["CascadeView"];
export type KocTerm = Words["TermRow"];
export type Koc = Words["KocRow"];
export type KocList = Words["KocList"];
export type PersonBrief = Words["Brief"];
export type PersonInCampaign = Words["PersonInCampaign"];
export type PersonNetwork = Words["PersonNetwork"];
export type PathHop = Words["HopView"];
export type ReachPath = Words["PathView"];
export type ReachPaths = Words["PathList"];
export type ReachStart = Words["StartRow"];
export type ReachTask = Words["TaskView"];
export type ReachTaskChange = Words["ReachTaskChange"];
export type NewReachTask = Words["NewTask"];
export type ReachAnswered = Words["Answered"];
export type NewReachPlan = Words["NewPlan"];
export type BulkPlan = Words["BulkView"];
export type PersonList = Words["PersonList"];
export type PersonRow = Words["PersonRow"];
export type PersonDetail = Words["Person"];
export type PersonIdentity = Words["Identity"];
export type TimelineItem = Words["TimelineItem"];

/** Many people have told no name; their id stands for it. */
export const nameOf = (who: { person: string; name?: string | null }): string => who.name || who.person;
