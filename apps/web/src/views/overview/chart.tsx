'use client';
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { bitRate } from '@/lib/format';

export type Series = { times: number[]; values: number[][] };
const HEIGHT = 180;
/** The time axis shows at least this much, so that it is calm from the first value on. */
const SHORTEST_SECONDS = 120;

const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
/** Resolves light-dark() for the canvas, which does not know it. */
function resolved(name: string): string {
  const probe = document.createElement('span');
  probe.style.color = colour(name);
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

/** Bits per second in and out over time. */
export function Throughput({ series }: { series: Series }) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const axis = {
      stroke: resolved('--muted'),
      grid: { stroke: resolved('--line'), width: 1 },
      ticks: { show: false },
    };
    const made = new uPlot(
      {
        width: element.clientWidth,
        height: HEIGHT,
        legend: { show: false },
        cursor: { show: false },
        scales: {
          x: { range: (_, min, max) => [Math.min(min, max - SHORTEST_SECONDS), max] },
          y: { range: (_, __, max) => [0, Math.max(max, 1000)] },
        },
        axes: [axis, { ...axis, size: 80, values: (_, ticks) => ticks.map((tick) => bitRate(tick / 8)) }],
        series: [
          {},
          { label: 'In', stroke: resolved('--accent'), width: 1.5 },
          { label: 'Out', stroke: resolved('--nat'), width: 1.5, dash: [6, 3] },
        ],
      },
      [[], [], []],
      element,
    );
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
    };
  }, []);
  useEffect(() => {
    plot.current?.setData([series.times, ...series.values] as uPlot.AlignedData);
  }, [series]);
  return <div ref={host} role="img" aria-label="Throughput over time" />;
}
