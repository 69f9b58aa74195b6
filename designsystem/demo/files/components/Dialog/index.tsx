import { useEffect, useRef, type ReactNode } from "react";
import { Button, type ButtonProps } from "../Button";

export interface DialogProps {
  open?: boolean;
  title: string;
  size?: "sm" | "md" | "lg";
  actions?: { label: string; variant?: ButtonProps["variant"]; onClick?: () => void }[];
  onClose?: () => void;
  children?: ReactNode;
}

const width = { sm: "24rem", md: "32rem", lg: "48rem" };

export function Dialog({ open = false, title, size = "md", actions = [], onClose, children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open) element.current?.showModal();
    else element.current?.close();
  }, [open]);
  return (
    <dialog
      ref={element}
      onClose={onClose}
      style={{
        width: width[size],
        padding: "var(--spacing-6)",
        border: "none",
        borderRadius: "var(--radius-xl)",
        boxShadow: "var(--shadow-lg)",
      }}
    >
      <h2 style={{ font: "var(--text-heading-md)" }}>{title}</h2>
      {children}
      <footer style={{ display: "flex", justifyContent: "flex-end", gap: "var(--spacing-2)" }}>
        {actions.map(({ label, ...action }) => (
          <Button key={label} {...action}>
            {label}
          </Button>
        ))}
      </footer>
    </dialog>
  );
}

export default Dialog;
