import { useQuery } from "@tanstack/react-query";
import { listStaff } from "@/api/organisation";
import { useMay } from "@/app/permissions";
import { keys } from "@/app/queries";

const STAFF = "staff:";

/** What to call somebody who did something, told as `staff:<id>`; null when it was a key, or is not for these eyes. */
export function useWhose(): (by: string | null | undefined) => string | null {
  const may = useMay();
  const staff = useQuery({ queryKey: keys.staff, queryFn: listStaff, enabled: may("read_organisation"), staleTime: 60_000 });
  return (by) => (by?.startsWith(STAFF) ? (staff.data?.find(({ id }) => id === by.slice(STAFF.length))?.name ?? null) : null);
}
