import type { ReactNode } from "react";

export interface AlertProps {
  tone?: "info" | "success" | "warning" | "danger";
  title: string;
  dismissible?: boolean;
  onDismiss?: () => void;
  children?: ReactNode;
}

export function Alert({ tone = "info", title, dismissible = false, onDismiss, children }: AlertProps) {
  return (
    <div
      role={tone === "danger" ? "alert" : "status"}
      style={{
        padding: "var(--spacing-4)",
        color: `var(--color-feedback-${tone}-text)`,
        background: `var(--color-feedback-${tone}-background)`,
        border: `1px solid var(--color-feedback-${tone}-border)`,
        borderRadius: "var(--radius-md)",
      }}
    >
      <strong style={{ font: "var(--text-label)" }}>{title}</strong>
      {children}
      {dismissible && (
        <button type="button" aria-label="Close" onClick={onDismiss}>
          ×
        </button>
      )}
    </div>
  );
}

export default Alert;
