import { useId } from "react";

/** The mark: a lamp whose beam finds people. */
export function BrandMark({ size = 26 }: { size?: number }) {
  const beam = useId();
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" style={{ flex: "none" }}>
      <defs>
        <linearGradient id={beam} x1="9" y1="23" x2="29" y2="5" gradientUnits="userSpaceOnUse">
          <stop stopColor="#F5A524" />
          <stop offset="1" stopColor="#F5A524" stopOpacity="0.05" />
        </linearGradient>
      </defs>
      <rect width="32" height="32" rx="8" fill="#0B1220" stroke="rgba(255,255,255,.12)" />
      <path d="M9.2 22.8 16 2h12a3 3 0 0 1 3 3v10.5Z" fill={`url(#${beam})`} />
      <circle cx="9" cy="23" r="4" fill="#F5A524" />
      <circle cx="20" cy="14.5" r="1.6" fill="#fff" />
      <circle cx="25" cy="8" r="1.3" fill="#fff" />
      <circle cx="25.5" cy="14" r="1.1" fill="#fff" />
    </svg>
  );
}
