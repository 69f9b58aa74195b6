import type { ButtonHTMLAttributes } from "react";

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  variant?: "primary" | "secondary" | "danger";
  size?: "sm" | "md" | "lg";
  loading?: boolean;
}

const padding = { sm: "var(--spacing-3)", md: "var(--spacing-4)", lg: "var(--spacing-6)" };

export function Button({ variant = "primary", size = "md", loading = false, disabled, style, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      aria-busy={loading}
      disabled={disabled || loading}
      style={{
        height: `var(--size-control-${size})`,
        paddingInline: padding[size],
        font: "var(--text-label)",
        color: `var(--color-action-${variant}-text)`,
        background: `var(--color-action-${variant}-background)`,
        border: variant === "secondary" ? "var(--border-strong)" : "none",
        borderRadius: "var(--radius-md)",
        transition: "background var(--motion-transition-hover)",
        opacity: disabled ? "var(--opacity-disabled)" : undefined,
        ...style,
      }}
      {...rest}
    />
  );
}

export default Button;
