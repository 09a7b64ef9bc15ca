import { CameraOutlined, CompressOutlined, FullscreenExitOutlined, FullscreenOutlined, ZoomInOutlined, ZoomOutOutlined } from "@ant-design/icons";
import { Button, Tooltip } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Stage } from "@/network/stage/stage";
import styles from "./NetworkPage.module.css";

export function Tools({ stage, onExport, right }: { stage: Stage | null; onExport: () => void; right: number }) {
  const { t } = useTranslation();
  const [full, setFull] = useState(false);
  useEffect(() => {
    const changed = (): void => setFull(document.fullscreenElement !== null);
    document.addEventListener("fullscreenchange", changed);
    return () => document.removeEventListener("fullscreenchange", changed);
  }, []);
  const toggleFull = (): void => {
    void (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen());
  };
  const tools = [
    { id: "zoom-in", label: t("network.tools.zoomIn"), icon: <ZoomInOutlined />, run: () => stage?.zoom(1.6) },
    { id: "zoom-out", label: t("network.tools.zoomOut"), icon: <ZoomOutOutlined />, run: () => stage?.zoom(1 / 1.6) },
    { id: "fit", label: `${t("network.tools.fit")} (f)`, icon: <CompressOutlined />, run: () => stage?.fit() },
    { id: "full", label: full ? t("network.tools.leaveFull") : t("network.tools.full"), icon: full ? <FullscreenExitOutlined /> : <FullscreenOutlined />, run: toggleFull },
    { id: "png", label: t("network.tools.png"), icon: <CameraOutlined />, run: onExport },
  ];
  return (
    <div className={`${styles.panel} ${styles.tools}`} style={{ right }}>
      {tools.map((tool) => (
        <Tooltip key={tool.id} title={tool.label} placement="left">
          <Button type="text" icon={tool.icon} onClick={tool.run} aria-label={tool.label} data-testid={`tool-${tool.id}`} />
        </Tooltip>
      ))}
    </div>
  );
}
