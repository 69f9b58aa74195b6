"""Design tokens in the W3C Design Tokens Format Module 2025.10: parse, check, resolve, edit in place, compare."""
