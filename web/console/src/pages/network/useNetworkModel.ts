import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { readPicture } from "@/api/network";
import { keys, useCascade } from "@/app/queries";
import { pictureReceived } from "@/network/measure";
import { buildModel, type NetworkModel } from "@/network/model";
import { decodePicture } from "@/network/picture/decode";

/** Picture and cascade of a campaign (or of one root's part), joined. */
export function useNetworkModel(campaign: string, root: string | null) {
  const { t } = useTranslation();
  const unknown = t("common.unknownStore");
  const cascade = useCascade(campaign);
  const picture = useQuery({
    queryKey: keys.picture(campaign, root),
    queryFn: async () => {
      const bytes = await readPicture(campaign, root);
      const people = bytes.byteLength >= 8 ? new DataView(bytes).getUint32(4, true) : 0;
      pictureReceived(people);
      return decodePicture(bytes);
    },
    // A new picture would move the camera under people's hands; they ask for it with "refresh".
    staleTime: Infinity,
    refetchOnWindowFocus: false,
    structuralSharing: false,
  });
  // The roots and names do not change with every count: rebuild only with the picture, or with the list of roots.
  const rootsKey = cascade.data?.roots.map((each) => each.person).sort().join();
  const model = useMemo<NetworkModel | null>(
    () => (picture.data && cascade.data ? buildModel(picture.data, cascade.data, unknown) : null),
    [picture.data, rootsKey, unknown],
  );
  return { model, cascade, picture };
}
