import { Modal } from "antd";
import { useRef, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useBlocker } from "react-router";

/** Asks before what was written is lost. `leave` is called when it was saved: whoever goes then is not asked. */
export function useLeaveGuard(isChanged: boolean): { guard: ReactNode; leave: () => void } {
  const { t } = useTranslation();
  const free = useRef(false);
  const blocker = useBlocker(({ currentLocation, nextLocation }) => isChanged && !free.current && currentLocation.pathname !== nextLocation.pathname);
  const guard = (
    <Modal open={blocker.state === "blocked"} title={t("segments.form.leave")} okText={t("segments.form.leaveYes")} cancelText={t("segments.form.stay")} okButtonProps={{ danger: true }}
      onOk={() => blocker.proceed?.()} onCancel={() => blocker.reset?.()} data-testid="leave-guard">
      <p>{t("segments.form.leaveDetail")}</p>
    </Modal>
  );
  return { guard, leave: () => { free.current = true; } };
}
