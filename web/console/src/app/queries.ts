import { QueryClient, useQuery } from "@tanstack/react-query";
import { listRoles } from "@/api/access";
import { listCampaigns } from "@/api/campaigns";
import type { RingFilters } from "@/api/fraud";
import type { EgoQuery } from "@/api/explore";
import type { BoardFilters, Threshold } from "@/api/kocs";
import { listKocs, readCascade, readPerson } from "@/api/network";
import type { PeopleFilters } from "@/api/people";
import { ApiError } from "@/api/problem";
import type { TaskFilters } from "@/api/reach";
import { currentSession } from "@/api/session";

/** Where answers are kept, so that pages share them. */
export const keys = {
  session: ["session"] as const,
  setup: ["setup"] as const,
  sessions: ["sessions"] as const,
  invitations: ["invitations"] as const,
  units: ["units"] as const,
  staff: ["staff"] as const,
  roles: ["roles"] as const,
  permissions: ["permissions"] as const,
  doors: ["doors"] as const,
  links: ["links"] as const,
  providers: ["providers"] as const,
  campaigns: ["campaigns"] as const,
  cascade: (campaign: string) => ["cascade", campaign] as const,
  kocs: (campaign: string, root: string | null, limit: number) => ["kocs", campaign, root, limit] as const,
  board: (filters: BoardFilters, threshold: Threshold | null) => ["board", filters, threshold] as const,
  ego: (query: EgoQuery | null) => ["ego", query] as const,
  compare: (campaigns: readonly string[]) => ["compare", campaigns] as const,
  picture: (campaign: string, root: string | null) => ["picture", campaign, root] as const,
  person: (person: string) => ["person", person] as const,
  people: (filters: PeopleFilters, limit: number) => ["people", filters, limit] as const,
  personDetail: (person: string) => ["personDetail", person] as const,
  consents: (person: string) => ["consents", person] as const,
  timeline: (person: string, event: string | null) => ["timeline", person, event] as const,
  rings: (filters: RingFilters) => ["rings", filters] as const,
  ring: (ring: string) => ["ring", ring] as const,
  routes: (from: string, to: string, avoid: string) => ["routes", from, to, avoid] as const,
  starts: ["starts"] as const,
  tasks: (filters: TaskFilters) => ["tasks", filters] as const,
  plan: (plan: string) => ["plan", plan] as const,
};

/** Refusals are answers; only silence and the server's own faults are worth asking again. */
const worthRetrying = (failures: number, error: unknown): boolean =>
  failures < 2 && !(error instanceof ApiError && error.status >= 400 && error.status < 500);

export const makeQueryClient = (): QueryClient =>
  new QueryClient({
    defaultOptions: {
      queries: { staleTime: 15_000, retry: worthRetrying, refetchOnWindowFocus: true },
      mutations: { retry: false },
    },
  });

export const useSession = () => useQuery({ queryKey: keys.session, queryFn: currentSession, staleTime: 300_000 });

export const useRoles = () => useQuery({ queryKey: keys.roles, queryFn: listRoles });

export const useCampaigns = () => useQuery({ queryKey: keys.campaigns, queryFn: listCampaigns });

export const useCascade = (campaign: string | null) =>
  useQuery({
    queryKey: keys.cascade(campaign ?? ""),
    queryFn: () => readCascade(campaign ?? ""),
    enabled: campaign !== null,
  });

export const useKocs = (campaign: string | null, root: string | null, limit: number) =>
  useQuery({
    queryKey: keys.kocs(campaign ?? "", root, limit),
    queryFn: () => listKocs(campaign ?? "", root, limit),
    enabled: campaign !== null,
  });

export const usePerson = (person: string | null) =>
  useQuery({
    queryKey: keys.person(person ?? ""),
    queryFn: () => readPerson(person ?? ""),
    enabled: person !== null,
    staleTime: 60_000,
  });
