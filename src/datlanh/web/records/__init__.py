"""Records of every kind but areas and released land: lists, pages, columns."""
