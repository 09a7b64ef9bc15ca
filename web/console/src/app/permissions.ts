import { useSession } from "./queries";

/** What a person may do, as the API's operations call it. */
export type Permission = "manage_campaigns" | "start_spreads" | "manage_keys" | "manage_staff" | "manage_organisation" | "manage_roles" | "manage_sign_in" | "read_audit" | "read_facts" | "import_facts" | "read_network" | "read_organisation" | "read_campaigns" | "read_system" | "reveal_personal" | "manage_privacy" | "manage_identity" | "review_fraud" | "manage_segments" | "tag_people" | "plan_reach" | "do_reach" | "manage_reminders" | "see_ledger" | "give_points" | "read_shop" | "manage_shop";

/** Whether the signed-in person may; what they may not is not offered (the server refuses it anyway). */
export function useMay(): (permission: Permission) => boolean {
  const session = useSession();
  return (permission) => session.data?.permissions.includes(permission) ?? false;
}
