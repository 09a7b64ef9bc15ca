import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use, type ECharts, type EChartsCoreOption } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";
import { COLOURS, FONT_STACK } from "../theme/tokens";
import type { ThemeName } from "../theme/palette";

use([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

/** Axis, tooltip and text colours every chart shares. */
export function chartBase(theme: ThemeName) {
  const c = COLOURS[theme];
  const axis = {
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: { color: c.textSecondary, fontSize: 12 },
    splitLine: { lineStyle: { color: c.border, opacity: 0.7 } },
  };
  return {
    axis,
    text: { fontFamily: FONT_STACK, color: c.text },
    tooltip: {
      backgroundColor: c.raised,
      borderColor: c.border,
      textStyle: { color: c.text, fontSize: 12, fontFamily: FONT_STACK },
      extraCssText: "border-radius:8px;box-shadow:0 6px 24px rgba(0,0,0,.18);",
      confine: true,
    },
  };
}

export function Chart(props: {
  option: EChartsCoreOption;
  height: number | string;
  label: string;
  onClick?: (dataIndex: number, seriesName: string) => void;
}) {
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts | null>(null);
  const onClick = useRef(props.onClick);
  useEffect(() => {
    onClick.current = props.onClick;
  });

  useEffect(() => {
    if (!host.current) return;
    const made = init(host.current, null, { renderer: "canvas" });
    chart.current = made;
    made.on("click", (event) => onClick.current?.(event.dataIndex, event.seriesName ?? ""));
    const resized = new ResizeObserver(() => made.resize());
    resized.observe(host.current);
    return () => {
      resized.disconnect();
      made.dispose();
      chart.current = null;
    };
  }, []);

  useEffect(() => {
    chart.current?.setOption(props.option, { notMerge: true });
  }, [props.option]);

  return <div ref={host} role="img" aria-label={props.label} style={{ height: props.height, width: "100%" }} />;
}
