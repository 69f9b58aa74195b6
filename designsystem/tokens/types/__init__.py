"""The value shapes of the thirteen token types (DTCG Format §8 and §9, Color Module §4), one module per family."""
