import type { ReactNode } from "react";

export interface BadgeProps {
  tone?: "info" | "success" | "warning" | "danger";
  children: ReactNode;
}

export function Badge({ tone = "info", children }: BadgeProps) {
  return (
    <span
      style={{
        padding: "var(--spacing-1) var(--spacing-2)",
        font: "var(--text-caption)",
        letterSpacing: "var(--text-caption-letter-spacing)",
        color: `var(--color-feedback-${tone}-text)`,
        background: `var(--color-feedback-${tone}-background)`,
        borderRadius: "var(--radius-full)",
      }}
    >
      {children}
    </span>
  );
}

export default Badge;
