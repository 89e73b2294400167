"""Files and spreadsheets: what they are, what they may be, how they are read and written."""
