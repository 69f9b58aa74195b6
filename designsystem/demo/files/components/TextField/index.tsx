import { useId, type InputHTMLAttributes } from "react";

export interface TextFieldProps extends InputHTMLAttributes<HTMLInputElement> {
  label: string;
  hint?: string;
  error?: string;
}

export function TextField({ label, hint, error, ...rest }: TextFieldProps) {
  const id = useId();
  const note = error ?? hint;
  return (
    <div style={{ display: "grid", gap: "var(--spacing-1)" }}>
      <label htmlFor={id} style={{ font: "var(--text-label)", color: "var(--color-text-default)" }}>
        {label}
      </label>
      <input
        id={id}
        aria-invalid={error !== undefined}
        aria-describedby={note ? `${id}-note` : undefined}
        style={{
          height: "var(--size-control-md)",
          paddingInline: "var(--spacing-3)",
          font: "var(--text-body-md)",
          border: error ? "1px solid var(--color-feedback-danger-border)" : "var(--border-strong)",
          borderRadius: "var(--radius-sm)",
        }}
        {...rest}
      />
      {note && (
        <span
          id={`${id}-note`}
          style={{
            font: "var(--text-caption)",
            color: error ? "var(--color-feedback-danger-text)" : "var(--color-text-muted)",
          }}
        >
          {note}
        </span>
      )}
    </div>
  );
}

export default TextField;
