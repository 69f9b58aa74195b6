"""The DTCG Resolver Module 2025.10: sets and modifiers of tokens, and the one permutation that inputs ask for."""
