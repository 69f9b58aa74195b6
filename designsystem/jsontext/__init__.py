"""JSON text whose every key and value knows where it stands, so that problems point and edits change only what they must."""
