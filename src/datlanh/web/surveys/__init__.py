"""Survey boxes on pages: a survey's boxes, and the areas that may be proposed from them."""
