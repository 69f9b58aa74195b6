import type { ReactNode } from "react";

export interface CardProps {
  elevation?: "flat" | "raised" | "floating";
  padding?: "none" | "md" | "lg";
  children: ReactNode;
}

const shadow = { flat: "none", raised: "var(--shadow-sm)", floating: "var(--shadow-lg)" };
const space = { none: "var(--spacing-0)", md: "var(--spacing-4)", lg: "var(--spacing-8)" };

export function Card({ elevation = "flat", padding = "md", children }: CardProps) {
  return (
    <section
      style={{
        padding: space[padding],
        background: "var(--color-background-default)",
        border: elevation === "flat" ? "var(--border-default)" : "none",
        borderRadius: "var(--radius-lg)",
        boxShadow: shadow[elevation],
      }}
    >
      {children}
    </section>
  );
}

export default Card;
