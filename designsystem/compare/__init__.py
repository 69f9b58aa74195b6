"""What changed between two states of a design system, as tokens and components, and what that asks of a version."""
