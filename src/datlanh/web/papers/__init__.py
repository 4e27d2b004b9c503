"""Papers: documents of an area, the printed map, and the page that confirms a code."""
