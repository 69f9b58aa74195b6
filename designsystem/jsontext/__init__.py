"""JSON text whose every key and value knows where it stands: problems point, edits change only what they must."""
