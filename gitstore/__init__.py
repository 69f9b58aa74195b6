"""What git does: bare repositories, trees, commits, references, history, packs and the smart-HTTP wire."""
