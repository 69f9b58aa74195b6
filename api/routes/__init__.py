"""One router per noun; ``api.app`` lists them."""
