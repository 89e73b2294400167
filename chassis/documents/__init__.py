"""Documents that are printed: declared by services, drawn by typst, numbered and kept as they were issued."""
