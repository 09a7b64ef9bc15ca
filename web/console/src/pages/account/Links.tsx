import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Flex, Popconfirm, type ButtonProps } from "antd";
import { useTranslation } from "react-i18next";
import { beginLink, listDoors, listLinks, unlink } from "@/api/access";
import { useFormats } from "@/app/format";
import { Panel } from "@/app/parts/PageLayout";
import { useRefusal } from "@/app/parts/refusal";
import { LoadingState, ProblemState } from "@/app/parts/states";
import { keys } from "@/app/queries";

/** The accounts elsewhere by which one may sign in; nothing where the brand has set up none. */
export function Links() {
  const { t } = useTranslation();
  const format = useFormats();
  const refusal = useRefusal();
  const { message } = App.useApp();
  const cache = useQueryClient();
  const doors = useQuery({ queryKey: keys.doors, queryFn: listDoors });
  const links = useQuery({ queryKey: keys.links, queryFn: listLinks, enabled: (doors.data?.length ?? 0) > 0 });
  const link = useMutation({
    mutationFn: (provider: string) => beginLink(provider, "/account"),
    onSuccess: (url) => window.location.assign(url),
    onError: (error) => void message.error(refusal(error)),
  });
  const end = useMutation({
    mutationFn: unlink,
    onError: (error) => void message.error(refusal(error)),
    onSettled: () => cache.invalidateQueries({ queryKey: keys.links }),
  });
  if (!doors.data?.length) return null;
  return (
    <Panel title={t("account.links")}>
      <p style={{ margin: "0 0 12px", color: "var(--text-secondary)" }}>{t("account.linksHint")}</p>
      {links.error && !links.data ? <ProblemState error={links.error} onRetry={() => void links.refetch()} /> : null}
      {links.isPending && <LoadingState rows={1} />}
      {links.data && doors.data.map(({ id, name }) => {
        const there = links.data.find(({ provider }) => provider === id);
        return (
          <Flex key={id} align="center" justify="space-between" gap={12} style={{ padding: "8px 0" }} data-testid="link-row">
            <span><strong style={{ fontWeight: 600 }}>{name}</strong> <small style={{ color: "var(--text-secondary)" }}>{there ? [there.label, t("account.linked", { time: format.moment(there.linked_at) })].filter(Boolean).join(" · ") : t("account.noLinks")}</small></span>
            {there ? (
              <Popconfirm title={t("account.unlinkAsk", { name })} okText={t("account.unlink")} cancelText={t("common.action.cancel")} okButtonProps={{ danger: true, "data-testid": "unlink-yes" } as ButtonProps}
                onConfirm={() => end.mutateAsync(id).catch(() => undefined)}>
                <Button size="small" danger type="text" data-testid="unlink">{t("account.unlink")}</Button>
              </Popconfirm>
            ) : (
              <Button size="small" loading={link.isPending && link.variables === id} onClick={() => link.mutate(id)} data-testid="link">{t("account.link", { name })}</Button>
            )}
          </Flex>
        );
      })}
    </Panel>
  );
}
